// Stage 5: UTF-8, after John Keiser and Daniel Lemire, "Validating UTF-8 in less than one instruction per byte" (2020).
//
// Three look-ups, by the high and low half of the byte before and the high half of this byte, each give a set of
// possible errors. An error that is in all three is real:
//
//   bytes                    C1 80
//   high half before   C     TOO_SHORT OVERLONG_2
//   low half before    1     TOO_SHORT OVERLONG_2 TOO_LONG TWO_TAILS
//   high half here     8               OVERLONG_2 TOO_LONG TWO_TAILS OVERLONG_3 OVERLONG_4
//   all three                          OVERLONG_2
//
// This finds every error of two adjacent bytes. It also marks second and third continuation bytes (TWO_TAILS). These
// must be exactly the bytes two after a lead of three or four, and three after a lead of four.
#ifndef CZMIN_UTF8_H
#define CZMIN_UTF8_H

#include "stages.h"

enum {
  TOO_SHORT = 1 << 0,      // a lead without a continuation after it
  TOO_LONG = 1 << 1,       // ASCII with a continuation after it
  OVERLONG_3 = 1 << 2,     // E0 80...9F
  TOO_LARGE = 1 << 3,      // F4 90 and up, F5 and up
  SURROGATE = 1 << 4,      // ED A0...BF
  OVERLONG_2 = 1 << 5,     // C0, C1
  OVERLONG_4 = 1 << 6,     // F0 80...8F; with TOO_LARGE also F5 and up before 80...8F
  TWO_TAILS = 1 << 7,      // two continuations: an error unless a lead of three or four comes before them
  ANY_LOW = TOO_SHORT | TOO_LONG | TWO_TAILS,  // errors that do not depend on a lead's low half
};

static const uint8_t utf8_by_high_before[16] __attribute__((aligned(16))) = {
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    TWO_TAILS, TWO_TAILS, TWO_TAILS, TWO_TAILS,
    TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4};
static const uint8_t utf8_by_low_before[16] __attribute__((aligned(16))) = {
    ANY_LOW | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, ANY_LOW | OVERLONG_2, ANY_LOW, ANY_LOW, ANY_LOW | TOO_LARGE,
    ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
    ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
    ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
    ANY_LOW | TOO_LARGE | OVERLONG_4 | SURROGATE, ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4};
static const uint8_t utf8_by_high[16] __attribute__((aligned(16))) = {
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    TOO_LONG | OVERLONG_2 | TWO_TAILS | OVERLONG_3 | OVERLONG_4,
    TOO_LONG | OVERLONG_2 | TWO_TAILS | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_TAILS | SURROGATE | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_TAILS | SURROGATE | TOO_LARGE,
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT};

/// A lead that requires the continuation bytes expected in a state.
static const uint8_t lead_before[ZMIN_LEXEME_COUNT] = {
    [ZMIN_TAIL1] = 0xC3, [ZMIN_TAIL2] = 0xE1, [ZMIN_TAIL2_E0] = 0xE0, [ZMIN_TAIL2_ED] = 0xED,
    [ZMIN_TAIL3] = 0xF1, [ZMIN_TAIL3_F0] = 0xF0, [ZMIN_TAIL3_F4] = 0xF4,
};

/// Marks the errors among 64 bytes, given the bytes one, two and three before each.
STAGE_INLINE bytes64 utf8_errors(bytes64 here, bytes64 before, bytes64 two_before, bytes64 three_before) {
  bytes64 possible = all_three(
      look_up_16(utf8_by_high_before, upper_halves(before)), look_up_16(utf8_by_low_before, lower_halves(before)),
      look_up_16(utf8_by_high, upper_halves(here)));
  // The sign bit is set two after a lead of three or four, and three after a lead of four.
  bytes64 tails = either(
      subtract_to_zero(two_before, repeat_byte(0xE0 - 0x80)), subtract_to_zero(three_before, repeat_byte(0xF0 - 0x80)));
  return differing(both(tails, repeat_byte(0x80)), possible);
}

#endif
