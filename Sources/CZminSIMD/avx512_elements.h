// Stage 4: nesting, over the elements: brackets, commas with the kind of container that they claim to stand in, and in
// ndjson boundaries, which stand in nothing.
//
// First neighbours that agree are taken out, in a few passes over all elements with one look-up for each pair: a
// bracket and the one that closes it, a comma after an opener, after its like or before a closer.
//
//   text             [ { , [ ] } , { } , ] ]
//   after a pass     [ { } , ] ]
//   after another    [ ] ]
//   after another    ]
//
// What is left, little in ordinary documents, becomes masks of one bit an element. There the same is done in rounds of
// pext, which also refuse neighbours that do not agree, until closers, then at most one comma or boundary, then openers
// are left: they are compared in bulk with the bits of the open containers.
#ifndef CZMIN_AVX512_ELEMENTS_H
#define CZMIN_AVX512_ELEMENTS_H

#include "avx512.h"
#include "bytesets.h"

#if defined(__x86_64__)

/// What an element is: of its own container something may stand after an opener or a comma, and before a comma or a
/// closer. A boundary is an LF in ndjson. The marks set elements apart from other characters.
enum {
  ELEMENT_LEADS = 1,
  ELEMENT_TRAILS = 2,
  ELEMENT_OBJECT = 4,
  ELEMENT_MARK = 8,
  BOUNDARY_MARK = 16,

  ELEMENT_BOUNDARY = 0,
  ELEMENT_OPENER = ELEMENT_LEADS,
  ELEMENT_CLOSER = ELEMENT_TRAILS,
  ELEMENT_COMMA = ELEMENT_LEADS | ELEMENT_TRAILS,
  ELEMENT_NONE = ELEMENT_OBJECT,  // stands before the first and after the last
};

#define ELEMENT_OF(c) \
  (uint8_t)((IS_IN(c, "{[,") ? ELEMENT_LEADS : 0) | (IS_IN(c, "}],") ? ELEMENT_TRAILS : 0) | \
            (IS_IN(c, "{}") ? ELEMENT_OBJECT : 0) | (IS_IN(c, "{}[],") ? ELEMENT_MARK : 0) | \
            (IS_IN(c, "\n") ? BOUNDARY_MARK : 0))
static const uint8_t element_of[128] __attribute__((aligned(64))) = ASCII_TABLE(ELEMENT_OF);

/// What is settled when one element follows another: nothing, the first, the second, or both.
enum { SETTLED_FIRST = 1, SETTLED_SECOND = 2 };
#define SETTLED_INSIDE(first, second) \
  ((second) & ELEMENT_LEADS ? SETTLED_SECOND : (first) & ELEMENT_TRAILS ? SETTLED_FIRST : SETTLED_FIRST | SETTLED_SECOND)
#define SETTLED_PAIR(first, second) \
  (uint8_t)((first) & ELEMENT_LEADS && (second) & ELEMENT_TRAILS && (((first) ^ (second)) & ELEMENT_OBJECT) == 0 \
                ? SETTLED_INSIDE(first, second) \
                : (first) == ELEMENT_BOUNDARY && (second) == ELEMENT_BOUNDARY ? SETTLED_SECOND : 0)
/// By the first in the higher three bits and the second in the lower.
#define SETTLED_AT(index) SETTLED_PAIR((index) >> 3, (index) & 7)
static const uint8_t settled_pairs[64] __attribute__((aligned(64))) = {ENTRIES_64(SETTLED_AT, 0)};

/// Takes out what is settled by its neighbours. Returns how many are left.
AVX512_INLINE size_t settle_pairs(uint8_t *from, size_t count, uint8_t *to) {
  const __m512i table = _mm512_load_si512(settled_pairs), kind = _mm512_set1_epi8(7);
  uint8_t *end = to;
  from[-1] = ELEMENT_NONE;
  from[count] = ELEMENT_NONE;
  for (size_t at = 0; at < count; at += BLOCK) {
    __m512i here = _mm512_loadu_si512(from + at), after = _mm512_loadu_si512(from + at + 1);
    __m512i before = _mm512_slli_epi16(_mm512_loadu_si512(from + at - 1), 3), shifted = _mm512_slli_epi16(here, 3);
    // before | (here & 7): the look-up uses six bits.
    __m512i as_second = _mm512_permutexvar_epi8(_mm512_ternarylogic_epi64(before, here, kind, 0xF8), table);
    __m512i as_first = _mm512_permutexvar_epi8(_mm512_ternarylogic_epi64(shifted, after, kind, 0xF8), table);
    // (as_first & SETTLED_FIRST) | (as_second & SETTLED_SECOND)
    __m512i settled = _mm512_ternarylogic_epi64(as_first, as_second, _mm512_set1_epi8(SETTLED_FIRST), 0xE4);
    uint64_t left = _mm512_testn_epi8_mask(settled, _mm512_set1_epi8(SETTLED_FIRST | SETTLED_SECOND)) &
        first_bits(count - at);
    _mm512_storeu_si512(end, _mm512_maskz_compress_epi8(left, here));
    end += _mm_popcnt_u64(left);
  }
  return (size_t)(end - to);
}

/// Up to 64 elements, the first lowest.
typedef struct {
  uint64_t leads, trails, object, boundary;
} element_masks;

AVX512_INLINE element_masks load_elements(const zmin_format format, const uint8_t *elements, uint64_t valid) {
  __m512i codes = _mm512_maskz_mov_epi8(valid, _mm512_loadu_si512(elements));
  element_masks masks = {0, 0, 0, 0};
  masks.leads = _mm512_test_epi8_mask(codes, _mm512_set1_epi8(ELEMENT_LEADS));
  masks.trails = _mm512_test_epi8_mask(codes, _mm512_set1_epi8(ELEMENT_TRAILS));
  masks.object = _mm512_test_epi8_mask(codes, _mm512_set1_epi8(ELEMENT_OBJECT));
  if (format == ZMIN_NDJSON) masks.boundary = valid & ~(masks.leads | masks.trails);
  return masks;
}

/// One round. Returns the errors.
AVX512_INLINE uint64_t settle_round(element_masks *masks, const zmin_format format, uint64_t *settled) {
  uint64_t leads = masks->leads, trails = masks->trails, object = masks->object, boundary = masks->boundary;
  uint64_t commas = leads & trails, closers = trails & ~leads;
  uint64_t pairs = leads & ~trails & closers >> 1;
  uint64_t errors = leads & trails >> 1 & (object ^ object >> 1);
  *settled = pairs | pairs << 1 | (commas & (leads << 1 | closers >> 1));
  if (format == ZMIN_NDJSON) {
    errors |= (leads & boundary >> 1) | (boundary & trails >> 1);
    *settled |= boundary & boundary << 1;
  }
  uint64_t left = (leads | trails | boundary) & ~*settled;
  masks->leads = _pext_u64(leads, left);
  masks->trails = _pext_u64(trails, left);
  masks->object = _pext_u64(object, left);
  if (format == ZMIN_NDJSON) masks->boundary = _pext_u64(boundary, left);
  return errors;
}

/// The elements one by one, with the bound on depth. Returns 1 if one is wrong.
__attribute__((noinline)) AVX512 static uint64_t step_elements(zmin_state *state, element_masks masks) {
  zmin_nesting *nesting = &state->nesting;
  uint64_t all = masks.leads | masks.trails | masks.boundary;
  for (uint64_t bit = 1; bit & all; bit <<= 1) {
    bool object = (masks.object & bit) != 0;
    bool right;
    if (masks.boundary & bit) {
      right = !nesting_refill(nesting);
    } else if (!(masks.trails & bit)) {
      right = nesting_push(nesting, state->depth_max, object);
    } else if (!(masks.leads & bit)) {
      right = nesting_pop(nesting, object);
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
  unsigned commas = (unsigned)_mm_popcnt_u64(masks->leads & masks->trails);
  unsigned closers = (unsigned)_mm_popcnt_u64(masks->trails) - commas;
  unsigned openers = (unsigned)_mm_popcnt_u64(masks->leads) - commas;
  unsigned boundaries = (unsigned)_mm_popcnt_u64(masks->boundary);
  unsigned levels = (unsigned)(ZMIN_TOP_LEVELS - _lzcnt_u64(nesting->top));
  bool fits = closers + commas <= levels && levels - closers + openers <= ZMIN_TOP_LEVELS;
  if (UNLIKELY(!fits)) return step_elements(state, *masks);
  uint64_t top = nesting->top;
  uint64_t errors = (masks->object ^ top) & first_bits(closers);
  top >>= closers;
  errors |= (masks->object >> closers ^ top) & commas;
  errors |= boundaries & (nesting->count != 0 || top != 1);
  if (openers != 0) {
    uint64_t opened = masks->object >> (closers + commas + boundaries);
    top = top << openers | __builtin_bitreverse64(opened) >> (64 - openers);
  }
  nesting->top = top;
  return errors;
}

/// Applies up to 64 elements that cannot make the depth too much. Returns 0 if nothing is wrong.
AVX512_INLINE uint64_t apply_masks(zmin_state *state, const zmin_format format, element_masks masks) {
  uint64_t errors = 0, settled;
  do {
    errors |= settle_round(&masks, format, &settled);
  } while (settled != 0);
  return errors | apply_rest(state, &masks);
}

/// Applies all elements in the buffer. Returns 0 if nothing is wrong. The passes go to and fro between the buffers.
AVX512_INLINE uint64_t apply_elements(
    zmin_state *state, const zmin_format format, dense_buffer *buffer, size_t count, dense_buffer *spare) {
  uint8_t *elements = buffer->bytes + LOOK_BEHIND, *settled = spare->bytes + LOOK_BEHIND;
  if (LIKELY(state->depth_max - nesting_depth(&state->nesting) >= count)) {
    // Passes pay as long as each takes out a good part.
    for (size_t before = 2 * count; count > BLOCK && count < before - before / 8;) {
      before = count;
      count = settle_pairs(elements, count, settled);
      uint8_t *other = elements;
      elements = settled;
      settled = other;
    }
  }
  uint64_t errors = 0;
  for (size_t at = 0; at < count; at += BLOCK) {
    size_t some = count - at < BLOCK ? count - at : BLOCK;
    element_masks masks = load_elements(format, elements + at, first_bits(some));
    // As if all were openers: near the bound on depth it takes single steps to be exact.
    bool shallow = state->depth_max - nesting_depth(&state->nesting) >= some;
    errors |= LIKELY(shallow) ? apply_masks(state, format, masks) : step_elements(state, masks);
  }
  return errors;
}

#endif
#endif
