// Stage 5: UTF-8, over the bytes past ASCII laid side by side, each run with the ASCII byte that follows it.
//
// John Keiser and Daniel Lemire, "Validating UTF-8 in less than one instruction per byte" (2020): three look-ups, by
// the high and low half of the byte before and the high half of this byte, each give the errors that are still
// possible; what all three agree on is an error. That covers every fault of two adjacent bytes, and says where a
// second or third continuation byte stands in place of a lead: those must be exactly where a lead of three or four
// bytes stands two or three before.
#ifndef CZMIN_AVX512_UTF8_H
#define CZMIN_AVX512_UTF8_H

#include "avx512.h"

#if defined(__x86_64__)

enum {
  TOO_SHORT = 1 << 0,      // a lead, then no continuation
  TOO_LONG = 1 << 1,       // ASCII, then a continuation
  OVERLONG_3 = 1 << 2,     // E0 80...9F
  TOO_LARGE = 1 << 3,      // F4 90 and up, F5 and up
  SURROGATE = 1 << 4,      // ED A0...BF
  OVERLONG_2 = 1 << 5,     // C0, C1
  OVERLONG_4 = 1 << 6,     // F0 80...8F; with TOO_LARGE also F5 and up before 80...8F
  TWO_TAILS = 1 << 7,      // a continuation after a continuation: right or wrong by what stands before
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

AVX512_INLINE __m512i broadcast_table(const uint8_t *table) {
  return _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)(const void *)table));
}

/// Marks the errors among 64 bytes, which have three bytes of history before them.
AVX512_INLINE uint64_t utf8_errors(const uint8_t *bytes) {
  const __m512i low_half = _mm512_set1_epi8(15);
  __m512i here = _mm512_loadu_si512(bytes), before = _mm512_loadu_si512(bytes - 1);
  __m512i two_before = _mm512_loadu_si512(bytes - 2), three_before = _mm512_loadu_si512(bytes - 3);
  __m512i by_high_before = _mm512_shuffle_epi8(
      broadcast_table(utf8_by_high_before), _mm512_and_si512(_mm512_srli_epi16(before, 4), low_half));
  __m512i by_low_before = _mm512_shuffle_epi8(broadcast_table(utf8_by_low_before), _mm512_and_si512(before, low_half));
  __m512i by_high = _mm512_shuffle_epi8(
      broadcast_table(utf8_by_high), _mm512_and_si512(_mm512_srli_epi16(here, 4), low_half));
  __m512i possible = _mm512_ternarylogic_epi64(by_high_before, by_low_before, by_high, 0x80);
  // The sign bit is set where a lead of three stands two before, or a lead of four three before.
  __m512i tails = _mm512_or_si512(
      _mm512_subs_epu8(two_before, _mm512_set1_epi8(0xE0 - 0x80)),
      _mm512_subs_epu8(three_before, _mm512_set1_epi8(0xF0 - 0x80)));
  __m512i errors = _mm512_ternarylogic_epi64(tails, _mm512_set1_epi8((char)0x80), possible, 0x6A);  // (a & b) ^ c
  return _mm512_test_epi8_mask(errors, errors);
}

/// Checks the first `count` bytes of the buffer and keeps their last three as history. What they leave open, the next
/// bytes must answer. Returns 0 if nothing is wrong.
AVX512_INLINE uint64_t check_utf8(dense_buffer *buffer, size_t count) {
  uint8_t *bytes = buffer->bytes + LOOK_BEHIND;
  uint64_t errors = 0;
  for (size_t at = 0; at < count; at += BLOCK) errors |= utf8_errors(bytes + at) & first_bits(count - at);
  memmove(bytes - 4, bytes + count - 4, 4);
  return errors;
}

#endif
#endif
