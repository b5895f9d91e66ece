// Before stage 4: passes that remove matching neighbours from the elements, with one look-up per pair. In ordinary
// documents little is left for the rounds of elements.h.
#ifndef CZMIN_AVX512_ELEMENTS_H
#define CZMIN_AVX512_ELEMENTS_H

#include "avx512.h"
#include "elements.h"

#if defined(__x86_64__)

/// The elements of a pair that cancel: none, the first, the second, or both.
enum { CANCEL_FIRST = 1, CANCEL_SECOND = 2 };
#define CANCEL_MATCHING(first, second) \
  ((second) & ELEMENT_LEADS    ? CANCEL_SECOND \
   : (first) & ELEMENT_TRAILS ? CANCEL_FIRST \
                              : CANCEL_FIRST | CANCEL_SECOND)
#define CANCEL_PAIR(first, second) \
  (uint8_t)((first) & ELEMENT_LEADS && (second) & ELEMENT_TRAILS && (((first) ^ (second)) & ELEMENT_OBJECT) == 0 \
                ? CANCEL_MATCHING(first, second) \
                : (first) == ELEMENT_BOUNDARY && (second) == ELEMENT_BOUNDARY ? CANCEL_SECOND : 0)
/// Indexed by the first element in the upper three bits and the second in the lower three.
#define CANCEL_AT(index) CANCEL_PAIR((index) >> 3, (index) & 7)
static const uint8_t cancelled_pairs[64] __attribute__((aligned(64))) = {ENTRIES_64(CANCEL_AT, 0)};

/// The index of the byte before each byte of a register. The first comes from the end of the register before.
static const uint8_t one_up[64] __attribute__((aligned(64))) = {
#define ONE_UP(index) (uint8_t)((index) + 63)
    ENTRIES_64(ONE_UP, 0)};

/// Removes the elements that cancel against their neighbours. Returns the number left.
STAGE_INLINE size_t cancel_pairs(const uint8_t *from, size_t count, uint8_t *to) {
  const __m512i table = _mm512_load_si512(cancelled_pairs), kind = _mm512_set1_epi8(7);
  const __m512i none = _mm512_set1_epi8(ELEMENT_NONE), up = _mm512_load_si512(one_up);
  // Moves the lowest three bits of each byte up by three. The bits above are dropped.
  const __m512i higher = _mm512_set1_epi64(0x0000000102040810LL);
  __m512i last = none;
  uint8_t *end = to;
  for (size_t at = 0; at < count; at += BLOCK) {
    __m512i here = _mm512_loadu_si512(from + at);
    __m512i before = _mm512_permutex2var_epi8(last, up, here);
    __m512i after = _mm512_mask_loadu_epi8(none, first_bits(count - at - 1), from + at + 1);
    last = here;
    // The index: first element << 3 | second element & 7. The look-up uses six bits.
    __m512i as_second = _mm512_permutexvar_epi8(
        _mm512_ternarylogic_epi64(_mm512_gf2p8affine_epi64_epi8(before, higher, 0), here, kind, 0xF8), table);
    __m512i as_first = _mm512_permutexvar_epi8(
        _mm512_ternarylogic_epi64(_mm512_gf2p8affine_epi64_epi8(here, higher, 0), after, kind, 0xF8), table);
    // (as_first & CANCEL_FIRST) | (as_second & CANCEL_SECOND)
    __m512i cancelled = _mm512_ternarylogic_epi64(as_first, as_second, _mm512_set1_epi8(CANCEL_FIRST), 0xE4);
    uint64_t left = _mm512_testn_epi8_mask(cancelled, cancelled) & first_bits(count - at);
    _mm512_storeu_si512(end, _mm512_maskz_compress_epi8(left, here));
    end += _mm_popcnt_u64(left);
  }
  return (size_t)(end - to);
}

/// Applies elements that cannot exceed the depth limit. Returns 0 if there is no error. Passes alternate between two
/// buffers.
STAGE_INLINE uint64_t apply_shallow(
    zmin_state *state, const zmin_format format, workspace *workspace, uint8_t *elements, size_t count) {
  uint8_t *to = workspace->remaining_elements.bytes + LOOK_BEHIND, *next = workspace->elements.bytes + LOOK_BEHIND;
  // A pass pays if it removes at least an eighth.
  for (size_t before = 2 * count; count > BLOCK && count < before - before / 8;) {
    before = count;
    count = cancel_pairs(elements, count, to);
    elements = to;
    to = next;
    next = elements;
  }
  return apply_blocks(state, format, elements, count);
}

enum {
  // Fewer elements get no passes. A second pass overwrites the elements after those of the first, which must be read
  // before.
  PASSED_AT_ONCE = 8 * BLOCK,
};
_Static_assert(PASSED_AT_ONCE / 8 >= BLOCK, "a pass removes enough for the excess of a store");

/// Applies all elements in the buffer, at most as many at once as the depth limit allows openers. Returns 0 if there is
/// no error.
STAGE_INLINE uint64_t apply_elements(
    zmin_state *state, const zmin_format format, workspace *workspace, size_t count) {
  uint8_t *elements = workspace->elements.bytes + LOOK_BEHIND;
  uint64_t errors = 0;
  while (count != 0) {
    size_t room = state->depth_max - nesting_depth(&state->nesting);
    size_t some = count < room ? count : room;
    if (UNLIKELY(some < count && some < PASSED_AT_ONCE)) {
      return errors | apply_blocks(state, format, elements, count);
    }
    errors |= apply_shallow(state, format, workspace, elements, some);
    elements += some;
    count -= some;
  }
  return errors;
}

#endif
#endif
