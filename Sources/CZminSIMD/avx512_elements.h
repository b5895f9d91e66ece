// Stage 4: nesting, over the elements: brackets, commas with the kind of container that they claim to stand in, and in
// ndjson boundaries, which stand in nothing.
//
// 64 elements are taken as masks of one bit each. A round looks at neighbours, refuses those that do not agree, and
// takes out what is settled: a bracket and the one that closes it, a comma after an opener or before a closer.
// Then pext closes the gaps, and new neighbours meet.
//
//   text             [ { , [ ] } , { } , ] ]
//   opens            1 1 . 1 . . . 1 . . . .
//   closes           . . . . 1 1 . . 1 . 1 1
//   object           . 1 1 . . 1 . 1 1 . . .      for the commas: as claimed
//   settled          . . 1 1 1 . . 1 1 1 . .
//   after a round    [ { } , ] ]
//
// What is left after a few rounds is closers, then at most one comma or boundary, then openers; it is compared in bulk
// with the bits of the open containers. Rarely more rounds or single steps are needed.
#ifndef CZMIN_AVX512_ELEMENTS_H
#define CZMIN_AVX512_ELEMENTS_H

#include "avx512.h"
#include "avx512_skeleton.h"

#if defined(__x86_64__)

enum {
  FIRST_ROUNDS = 3,   // what ordinary documents need
  OTHER_ROUNDS = 8,   // then element by element
};

/// Up to 64 elements, the first lowest.
typedef struct {
  uint64_t opens, closes, object, boundary;
  uint64_t all;      // as many bits as there are elements
  uint64_t settled;  // what the last round took out
} element_masks;

AVX512_INLINE element_masks load_elements(const zmin_format format, const uint8_t *elements, uint64_t valid) {
  __m512i codes = _mm512_loadu_si512(elements);
  uint64_t commas = _mm512_test_epi8_mask(codes, _mm512_set1_epi8(ELEMENT_COMMA)) & valid;
  element_masks masks = {.all = valid, .settled = valid};
  masks.closes = _mm512_test_epi8_mask(codes, _mm512_set1_epi8(ELEMENT_CLOSER)) & valid;
  masks.object = _mm512_test_epi8_mask(codes, _mm512_set1_epi8(ELEMENT_OBJECT)) & valid;
  if (format == ZMIN_NDJSON) masks.boundary = _mm512_test_epi8_mask(codes, _mm512_set1_epi8(ELEMENT_BOUNDARY)) & valid;
  masks.opens = valid & ~(masks.closes | commas | masks.boundary);
  return masks;
}

/// One round. Returns the errors. `commas` below are neither bracket nor boundary.
AVX512_INLINE uint64_t settle_neighbours(element_masks *masks, const zmin_format format) {
  uint64_t opens = masks->opens, closes = masks->closes, object = masks->object;
  uint64_t inside = masks->all;
  if (format == ZMIN_NDJSON) inside &= ~masks->boundary;
  // What a container's content may stand after, and before, at the level of its commas.
  uint64_t opens_or_comma = inside & ~closes, comma_or_closes = inside & ~opens;
  uint64_t commas = opens_or_comma & comma_or_closes;
  uint64_t pairs = opens & closes >> 1;
  uint64_t errors = opens_or_comma & comma_or_closes >> 1 & (object ^ object >> 1);
  // A comma straight after a pair may be held against what stands before the pair.
  uint64_t beyond_pair = pairs << 2 & commas & opens_or_comma << 3;
  errors |= beyond_pair & (object ^ object << 3);
  uint64_t settled = pairs | pairs << 1 | beyond_pair | (commas & (opens_or_comma << 1 | closes >> 1));
  if (format == ZMIN_NDJSON) {
    uint64_t boundary = masks->boundary;
    errors |= (opens_or_comma & boundary >> 1) | (boundary & comma_or_closes >> 1);
    settled |= boundary & boundary << 1;
  }
  masks->settled = settled;
  uint64_t left = masks->all & ~settled;
  if (format == ZMIN_NDJSON) masks->boundary = _pext_u64(masks->boundary, left);
  masks->opens = _pext_u64(opens, left);
  masks->closes = _pext_u64(closes, left);
  masks->object = _pext_u64(object, left);
  masks->all = first_bits((size_t)_mm_popcnt_u64(left));
  return errors;
}

/// The elements one by one, with the bound on depth. Returns 1 if one is wrong.
__attribute__((noinline)) AVX512 static uint64_t step_elements(zmin_state *state, element_masks masks) {
  zmin_nesting *nesting = &state->nesting;
  for (uint64_t bit = 1; bit & masks.all; bit <<= 1) {
    bool object = (masks.object & bit) != 0;
    bool right;
    if (masks.opens & bit) {
      right = nesting_push(nesting, state->depth_max, object);
    } else if (masks.closes & bit) {
      right = nesting_pop(nesting, object);
    } else if (masks.boundary & bit) {
      right = !nesting_refill(nesting);
    } else {
      right = nesting_refill(nesting) && (nesting->top & 1) == object;
    }
    if (!right) return 1;
  }
  return 0;
}

/// Holds what the rounds have left against the open containers: closers, one comma or boundary at most, openers.
/// Bits of `top` are innermost first, and the closers meet them in that order; openers go in reversed.
AVX512_INLINE uint64_t apply_rest(zmin_state *state, const element_masks *masks) {
  zmin_nesting *nesting = &state->nesting;
  unsigned all = (unsigned)_mm_popcnt_u64(masks->all);
  unsigned closes = (unsigned)_mm_popcnt_u64(masks->closes), opens = (unsigned)_mm_popcnt_u64(masks->opens);
  unsigned boundaries = (unsigned)_mm_popcnt_u64(masks->boundary), commas = all - closes - opens - boundaries;
  unsigned levels = (unsigned)(ZMIN_TOP_LEVELS - _lzcnt_u64(nesting->top));
  bool fits = closes + commas <= levels && levels - closes + opens <= ZMIN_TOP_LEVELS;
  if (UNLIKELY(masks->settled != 0 || !fits)) return step_elements(state, *masks);
  uint64_t top = nesting->top;
  uint64_t errors = (masks->object ^ top) & first_bits(closes);
  top >>= closes;
  errors |= (masks->object >> closes ^ top) & commas;
  errors |= boundaries & (nesting->count != 0 || top != 1);
  if (opens != 0) {
    uint64_t opened = masks->object >> (all - opens);
    top = top << opens | __builtin_bitreverse64(opened) >> (64 - opens);
  }
  nesting->top = top;
  return errors;
}

/// Applies 64 elements, or the last few, whichever way is right. Returns 0 if nothing is wrong.
AVX512_INLINE uint64_t apply_elements(
    zmin_state *state, const zmin_format format, const uint8_t *elements, uint64_t valid) {
  element_masks masks = load_elements(format, elements, valid);
  if (UNLIKELY(nesting_depth(&state->nesting) + BLOCK > state->depth_max)) return step_elements(state, masks);
  uint64_t errors = 0;
  for (int round = 0; round < FIRST_ROUNDS + OTHER_ROUNDS && masks.settled != 0; round++) {
    errors |= settle_neighbours(&masks, format);
  }
  return errors | apply_rest(state, &masks);
}

/// Applies what is in the buffer, 128 elements at a time as two registers whose rounds run side by side, and moves the
/// rest to the front. Returns how many are left; `errors` gathers.
AVX512_INLINE size_t apply_whole_elements(
    zmin_state *state, const zmin_format format, dense_buffer *buffer, size_t count, uint64_t *errors) {
  uint8_t *elements = buffer->bytes + LOOK_BEHIND;
  uint64_t found = 0;
  size_t at = 0;
  for (; at + 2 * BLOCK <= count; at += 2 * BLOCK) {
    if (UNLIKELY(nesting_depth(&state->nesting) + 2 * BLOCK > state->depth_max)) {
      found |= apply_elements(state, format, elements + at, ~0ULL);
      found |= apply_elements(state, format, elements + at + BLOCK, ~0ULL);
      continue;
    }
    element_masks first = load_elements(format, elements + at, ~0ULL), second = load_elements(format, elements + at + BLOCK, ~0ULL);
#pragma clang loop unroll(full)
    for (int round = 0; round < FIRST_ROUNDS; round++) {
      found |= settle_neighbours(&first, format);
      found |= settle_neighbours(&second, format);
    }
    for (int round = 0; round < OTHER_ROUNDS && (first.settled | second.settled) != 0; round++) {
      found |= settle_neighbours(&first, format);
      found |= settle_neighbours(&second, format);
    }
    found |= apply_rest(state, &first);
    found |= apply_rest(state, &second);
  }
  if (at != 0) {
    __m512i rest = _mm512_loadu_si512(elements + at), more = _mm512_loadu_si512(elements + at + BLOCK);
    _mm512_storeu_si512(elements, rest);
    _mm512_storeu_si512(elements + BLOCK, more);
  }
  *errors |= found;
  return count - at;
}

#endif
#endif
