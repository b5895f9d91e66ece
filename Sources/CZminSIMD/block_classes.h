// The classes of 64 bytes as masks, by comparisons and by look-ups with half a byte:
//
//   text           { " k e y " :   1 . 5 }
//   quote          . 1 . . . 1 . . . . . .
//   whitespace     . . . . . . . 1 . . . .
//   scalar         . . 1 1 1 . . . 1 1 1 .
//
// A table of 16 holds at each lower half the one character of the class with that half. A byte belongs to the class if
// it equals its entry.
#ifndef CZMIN_BLOCK_CLASSES_H
#define CZMIN_BLOCK_CLASSES_H

#include "stages.h"

typedef struct {
  uint64_t quote, backslash, whitespace, lf, scalar, control, past_ascii;
} block_planes;

typedef struct {
  uint64_t escapable, u, hex;
} escape_planes;

/// Each whitespace character at its lower half.
static const uint8_t whitespace_by_half[16] __attribute__((aligned(16))) = {
    [' ' & 15] = ' ', ['\t' & 15] = '\t', ['\n' & 15] = '\n', ['\r' & 15] = '\r'};

/// Each of { } : , at its lower half. [ and ] differ from { and } in bit 5 only, so bytes are compared with that bit
/// set.
static const uint8_t punctuation_by_half[16] __attribute__((aligned(16))) = {
    ['{' & 15] = '{', ['}' & 15] = '}', [':' & 15] = ':', [',' & 15] = ','};

/// The characters allowed after a backslash. A lower half has a bit for each upper half that completes such a
/// character.
static const uint8_t escapable_by_lower[16] __attribute__((aligned(16))) = {
    [2] = 1 | 4 | 8, [4] = 8, [5] = 8, [6] = 4, [12] = 2, [14] = 4, [15] = 1};
static const uint8_t escapable_by_upper[16] __attribute__((aligned(16))) = {[2] = 1, [5] = 2, [6] = 4, [7] = 8};

/// Selects the bytes from `first` to `first + count - 1`, as bytes of all ones.
STAGE_INLINE bytes64 in_range(bytes64 bytes, uint8_t first, uint8_t count) {
  bytes64 offset = subtract(bytes, repeat_byte(first));
  return equal(offset, lesser(offset, repeat_byte((uint8_t)(count - 1))));
}

/// Computes the class masks. FF and SUB count as punctuation by the table, which only means that they are not part of a
/// scalar. They are refused elsewhere.
STAGE_INLINE block_planes classify(bytes64 bytes) {
  bytes64 whitespace = equal(bytes, by_lower_half(whitespace_by_half, bytes));
  bytes64 punctuation = equal(either(bytes, repeat_byte(0x20)), by_lower_half(punctuation_by_half, bytes));
  bytes64 quote = equal(bytes, repeat_byte('"'));
  return (block_planes){
      .quote = mask_bits(quote), .backslash = equal_bytes(bytes, '\\'), .whitespace = mask_bits(whitespace),
      .lf = equal_bytes(bytes, '\n'), .scalar = ~mask_bits(either(either(whitespace, punctuation), quote)),
      .control = mask_bits(in_range(bytes, 0, 0x20)), .past_ascii = sign_bits(bytes)};
}

/// Computes the masks needed after a backslash.
STAGE_INLINE escape_planes classify_escapes(bytes64 bytes) {
  bytes64 escapable =
      both(by_lower_half(escapable_by_lower, bytes), look_up_16(escapable_by_upper, upper_halves(bytes)));
  bytes64 letters = in_range(either(bytes, repeat_byte(0x20)), 'a', 6);
  return (escape_planes){
      .escapable = ~zero_bytes(escapable), .u = equal_bytes(bytes, 'u'),
      .hex = mask_bits(either(in_range(bytes, '0', 10), letters))};
}

#endif
