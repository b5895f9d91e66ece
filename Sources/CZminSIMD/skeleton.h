// Stage 3: the skeleton, what stands outside strings: punctuation, scalars, one quote a string, whitespace where it
// ends a scalar, and in ndjson the LFs that are kept.
//
//   text          { " k e y " :   1 . 5 e 3 , " k 2 " : t r u e }
//   skeleton      { " : 1 . 5 e 3 , " : t r u e }
//
// What may follow what is in trigrams.h. What three characters cannot tell is the order of '.' and exponent within a
// number, which is in numbers.h, and nesting, for which brackets and commas are passed on as elements. A comma says
// what it claims to stand in, which is known two characters later: an object if a string and a colon follow, else an
// array.
#ifndef CZMIN_SKELETON_H
#define CZMIN_SKELETON_H

#include "trigrams.h"
#include "numbers.h"
#include "stages.h"

typedef struct {
  number_run fraction, exponent;
  uint64_t errors;
  uint8_t *elements;  // where the next one goes
  bool begun;         // any block has been done
} skeleton_scan;

/// Passes on the elements under the mask. Their classes come from two characters back, `claims` from here.
STAGE_INLINE void emit_elements(
    skeleton_scan *scan, const zmin_format format, bytes64 classes, bytes64 claims, uint64_t mask) {
  const uint8_t marks = ELEMENT_MARK | (format == ZMIN_NDJSON ? BOUNDARY_MARK : 0);
  uint64_t elements = any_bits(classes, marks) & mask;
  pack_bytes(either(classes, both(claims, repeat_byte(ELEMENT_OBJECT))), elements, &scan->elements);
}

/// Takes the characters that no box allows. Returns those that are right nevertheless: a digit after a 0 after the
/// minus of an exponent, since the boxes cannot tell that minus from a number's: 1e-05, but not -05.
__attribute__((noinline)) STAGE_TARGET static uint64_t after_exponent_zero(const uint8_t *at, uint64_t outside) {
  bytes64 here = load_bytes(at), three_before = load_bytes(at - 3);
  uint64_t exponent = equal_bytes(three_before, CODE_OF('e')) | equal_bytes(three_before, CODE_OF('E'));
  uint64_t zero = equal_bytes(load_bytes(at - 2), CODE_OF('-')) & equal_bytes(load_bytes(at - 1), CODE_OF('0'));
  return outside & exponent & zero & digit_codes(here);
}

/// Checks 64 characters, those in `valid`, and passes on the elements in `emitted`, which is two characters behind.
/// Where points, exponents and digits are goes to `numbers`, as this `block`.
///
/// The second eight boxes are for strings and literals. Among numbers the first eight say that all is right, mostly of
/// many blocks in a row; then there is no claim either, since the colon is in none of them.
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

/// Checks what is in the buffer by whole blocks, and moves the rest, with its history, to the front. Returns how much
/// is left.
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

/// Checks the last `count` characters, less than a block, and passes on all elements but the last `unclaimed`
/// characters'. What follows them is filled with what can claim nothing.
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
