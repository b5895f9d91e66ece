// Stage 3: the skeleton, the bytes outside strings: punctuation, scalars, one quote per string, whitespace only where
// it ends a scalar, and in ndjson the kept LFs.
//
//   text          { " k e y " :   1 . 5 e 3 , " k 2 " : t r u e }
//   skeleton      { " : 1 . 5 e 3 , " : t r u e }
//   elements      {                 , (in an object)            }
//
// trigrams.h checks each character against the two before it. Two rules need more than three characters: the order of
// '.' and exponent within a number (numbers.h), and nesting, for which brackets and commas are emitted as elements. The
// kind of a comma's container is known two characters later: an object if a string and a colon follow, else an array.
#ifndef CZMIN_SKELETON_H
#define CZMIN_SKELETON_H

#include "trigrams.h"
#include "numbers.h"
#include "stages.h"

typedef struct {
  number_run fraction, exponent;
  uint64_t errors;
  uint8_t *elements;  // the end of the elements
  bool begun;         // true after the first block
} skeleton_scan;

/// Emits the elements under the mask. `classes` are those of two characters back, `claims` of the current character.
STAGE_INLINE void emit_elements(
    skeleton_scan *scan, const zmin_format format, bytes64 classes, bytes64 claims, uint64_t mask) {
  const uint8_t marks = ELEMENT_MARK | (format == ZMIN_NDJSON ? BOUNDARY_MARK : 0);
  uint64_t elements = any_bits(classes, marks) & mask;
  pack_bytes(either(classes, both(claims, repeat_byte(ELEMENT_OBJECT))), elements, &scan->elements);
}

/// Returns those of the characters `outside` all boxes that are legal: a digit after e-0. The boxes cannot distinguish
/// this minus from that of a number: 1e-05 is valid, -05 is not.
__attribute__((noinline)) STAGE_TARGET static uint64_t after_exponent_zero(const uint8_t *at, uint64_t outside) {
  bytes64 here = load_bytes(at), three_before = load_bytes(at - 3);
  uint64_t exponent = equal_bytes(three_before, CODE_OF('e')) | equal_bytes(three_before, CODE_OF('E'));
  uint64_t zero = equal_bytes(load_bytes(at - 2), CODE_OF('-')) & equal_bytes(load_bytes(at - 1), CODE_OF('0'));
  return outside & exponent & zero & digit_codes(here);
}

/// Checks the `valid` ones of 64 characters, and emits the elements under `emitted`, which lags two characters behind.
/// Stores the points, exponents and digits as `block` of `numbers`.
///
/// The second eight boxes are for strings and literals. Among numbers the first eight often suffice for many blocks in
/// a row. No comma claims an object then, which is right: the first eight contain no colon.
STAGE_INLINE void check_block(
    skeleton_scan *scan, const zmin_format format, const uint8_t *at, uint64_t valid, uint64_t emitted,
    number_planes *numbers, size_t block) {
  const trigram_tables *tables = format == ZMIN_NDJSON ? &ndjson_trigrams : &json_trigrams;
  bytes64 here = load_bytes(at), before = load_bytes(at - 1), two_before = load_bytes(at - 2);
  bytes64 classes = look_up(tables->two_before[0], two_before);
  bytes64 low = all_three(
      either(classes, repeat_byte(BOXES_AFTER_ANY)), look_up(tables->before[0], before),
      look_up(tables->here[0], here));
  bytes64 high = repeat_byte(0);
  numbers->points[block] = bit_plane(low, BOX_POINT) & valid;
  numbers->exponents[block] = bit_plane(low, BOX_EXPONENT) & valid;
  numbers->digits[block] = any_bits(low, BOXES_DIGIT) & valid;
  uint64_t outside = zero_bytes(low) & valid;
  if (outside != 0) {
    high = all_three(
        look_up(tables->two_before[1], two_before), look_up(tables->before[1], before),
        look_up(tables->here[1], here));
    outside &= zero_bytes(high);
    if (UNLIKELY(outside != 0)) {
      uint64_t right = after_exponent_zero(at, outside);
      scan->errors |= outside ^ right;
      numbers->digits[block] |= right;
    }
  }
  emit_elements(scan, format, classes, high, emitted);
  scan->begun = true;
}

/// Checks the whole blocks in the buffer, and moves the rest, with its history, to the front. Returns the length of the
/// rest.
STAGE_INLINE size_t check_skeleton(
    skeleton_scan *scan, const zmin_format format, workspace *workspace, size_t count, upcoming_lines upcoming) {
  uint8_t *characters = workspace->skeleton.bytes + LOOK_BEHIND;
  size_t at = 0, whole = count - count % BLOCK;
  const uint8_t *codes = encode(workspace, whole);
  skeleton_scan local = *scan;
  for (; at < whole; at += BLOCK) {
    fetch_line(&upcoming, at);
    check_block(&local, format, codes + at, ~0ULL, ~0ULL, &workspace->numbers, at / BLOCK);
  }
  local.errors |= follow_blocks(&local.fraction, &local.exponent, &workspace->numbers, whole / BLOCK);
  *scan = local;
  if (at != 0) {
    bytes64 rest = load_bytes(characters + at);
    memcpy(characters - 16, characters + at - 16, 16);
    store_bytes(characters, rest);
  }
  return count - at;
}

/// Checks the last `count` characters, fewer than a block, and emits all elements except those of the last `unclaimed`
/// characters. The block is padded with spaces, which claim nothing.
STAGE_INLINE void check_skeleton_end(
    skeleton_scan *scan, const zmin_format format, workspace *workspace, size_t count, size_t unclaimed) {
  uint8_t *characters = workspace->skeleton.bytes + LOOK_BEHIND;
  memset(characters + count, ' ', 2 * BLOCK);
  const uint8_t *codes = encode(workspace, 2 * BLOCK);
  size_t emitted = count + 2 - unclaimed;
  number_planes *numbers = &workspace->numbers;
  check_block(scan, format, codes, first_bits(count), first_bits(emitted), numbers, 0);
  scan->errors |= follow_block(&scan->fraction, &scan->exponent, numbers, 0);
  if (emitted > BLOCK) {
    bytes64 classes = look_up(element_of, load_bytes(codes + BLOCK - 2));
    emit_elements(scan, format, classes, repeat_byte(0), first_bits(emitted - BLOCK));
  }
}

#endif
