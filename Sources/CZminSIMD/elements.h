// Stage 4: nesting, over the elements: brackets, commas with the kind of their container, and in ndjson boundaries
// between records.
//
// Elements become masks of one bit each. Rounds remove matching neighbours: an opener and its closer, and a comma after
// an opener, after another comma or before a closer.
//
//   text             [ { , [ ] } , { } , ] ]
//   after a round    [ { } , ] ]
//   after another    [ ] ]
//   after another    ]
//
// A round also reports neighbours that contradict each other. What remains are closers, then at most one comma or
// boundary, then openers. They are compared in bulk with the bits of the open containers.
#ifndef CZMIN_ELEMENTS_H
#define CZMIN_ELEMENTS_H

#include "bytesets.h"
#include "stages.h"

/// The bits of an element (see ZMIN_ELEMENT_LEADS in CZminSIMD.h). Two marks distinguish elements from other
/// characters.
enum {
  ELEMENT_LEADS = ZMIN_ELEMENT_LEADS,
  ELEMENT_TRAILS = ZMIN_ELEMENT_TRAILS,
  ELEMENT_OBJECT = ZMIN_ELEMENT_OBJECT,
  ELEMENT_MARK = ZMIN_ELEMENT_MARK,
  BOUNDARY_MARK = ZMIN_ELEMENT_BOUNDARY,

  ELEMENT_BOUNDARY = 0,
  ELEMENT_OPENER = ELEMENT_LEADS,
  ELEMENT_CLOSER = ELEMENT_TRAILS,
  ELEMENT_COMMA = ELEMENT_LEADS | ELEMENT_TRAILS,
  ELEMENT_NONE = ELEMENT_OBJECT,  // a sentinel before the first and after the last
};

#define ELEMENT_OF(c) \
  (uint8_t)((IS_IN(c, "{[,") ? ELEMENT_LEADS : 0) | (IS_IN(c, "}],") ? ELEMENT_TRAILS : 0) | \
            (IS_IN(c, "{}") ? ELEMENT_OBJECT : 0) | (IS_IN(c, "{}[],") ? ELEMENT_MARK : 0) | \
            (IS_IN(c, "\n") ? BOUNDARY_MARK : 0))
static const uint8_t element_of[TABLE_WIDTH] __attribute__((aligned(64))) = TABLE_OF(ELEMENT_OF);

/// Up to 64 elements as masks, the first in the lowest bit.
typedef struct {
  uint64_t leads, trails, object, boundary;
} element_masks;

STAGE_INLINE element_masks load_elements(const zmin_format format, const uint8_t *elements, uint64_t valid) {
  bytes64 codes = load_bytes(elements);
  element_masks masks = {0, 0, 0, 0};
  masks.leads = any_bits(codes, ELEMENT_LEADS) & valid;
  masks.trails = any_bits(codes, ELEMENT_TRAILS) & valid;
  masks.object = any_bits(codes, ELEMENT_OBJECT) & valid;
  if (format == ZMIN_NDJSON) masks.boundary = valid & ~(masks.leads | masks.trails);
  return masks;
}

/// Removes matching neighbours once. Returns the errors.
STAGE_INLINE uint64_t cancel_round(element_masks *masks, const zmin_format format, uint64_t *cancelled) {
  uint64_t leads = masks->leads, trails = masks->trails, object = masks->object, boundary = masks->boundary;
  uint64_t commas = leads & trails, closers = trails & ~leads;
  uint64_t pairs = leads & ~trails & closers >> 1;
  uint64_t errors = leads & trails >> 1 & (object ^ object >> 1);
  *cancelled = pairs | pairs << 1 | (commas & (leads << 1 | closers >> 1));
  if (format == ZMIN_NDJSON) {
    errors |= (leads & boundary >> 1) | (boundary & trails >> 1);
    *cancelled |= boundary & boundary << 1;
  }
  uint64_t left = (leads | trails | boundary) & ~*cancelled;
  masks->leads = bits_under(leads, left);
  masks->trails = bits_under(trails, left);
  masks->object = bits_under(object, left);
  if (format == ZMIN_NDJSON) masks->boundary = bits_under(boundary, left);
  return errors;
}

/// Applies elements one by one with the depth limit. Returns 1 if one does not fit.
__attribute__((noinline)) STAGE_TARGET static uint64_t step_elements(zmin_state *state, element_masks masks) {
  zmin_nesting *nesting = &state->nesting;
  uint64_t all = masks.leads | masks.trails | masks.boundary;
  for (uint64_t bit = 1; bit & all; bit <<= 1) {
    bool object = (masks.object & bit) != 0;
    bool right;
    if (masks.boundary & bit) {
      right = nesting_narrow(nesting, ZMIN_IN_NOTHING);
    } else if (!(masks.trails & bit)) {
      right = nesting_push(nesting, state->depth_max, object);
    } else if (!(masks.leads & bit)) {
      right = nesting_pop(nesting, object);
    } else {
      right = nesting_narrow(nesting, object ? ZMIN_IN_OBJECT : ZMIN_IN_ARRAY);
    }
    if (!right) return 1;
  }
  return 0;
}

/// Applies the elements left by the rounds: closers, at most one comma or boundary, openers. Bits of `top` run from the
/// innermost level outwards, as closers do. Openers are reversed.
STAGE_INLINE uint64_t apply_rest(zmin_state *state, const element_masks *masks) {
  zmin_nesting *nesting = &state->nesting;
  unsigned commas = count_bits(masks->leads & masks->trails);
  unsigned closers = count_bits(masks->trails) - commas;
  unsigned openers = count_bits(masks->leads) - commas;
  unsigned boundaries = count_bits(masks->boundary);
  unsigned levels = (unsigned)(ZMIN_TOP_LEVELS - __builtin_clzll(nesting->open.top));
  bool fits = closers + commas <= levels && levels - closers + openers <= ZMIN_TOP_LEVELS;
  if (UNLIKELY(!fits)) return step_elements(state, *masks);
  uint64_t top = nesting->open.top;
  uint64_t errors = (masks->object ^ top) & first_bits(closers);
  top >>= closers;
  errors |= (masks->object >> closers ^ top) & commas;
  if (boundaries != 0) {
    errors |= nesting->open.count != 0 || top != 1 || !(nesting->base & ZMIN_IN_NOTHING);
    nesting->base = ZMIN_IN_NOTHING;
  }
  if (openers != 0) {
    uint64_t opened = masks->object >> (closers + commas + boundaries);
    top = top << openers | __builtin_bitreverse64(opened) >> (64 - openers);
  }
  nesting->open.top = top;
  return errors;
}

/// Applies up to 64 elements that cannot exceed the depth limit. Returns 0 if there is no error.
STAGE_INLINE uint64_t apply_masks(zmin_state *state, const zmin_format format, element_masks masks) {
  uint64_t errors = 0, cancelled;
  do {
    errors |= cancel_round(&masks, format, &cancelled);
  } while (cancelled != 0);
  return errors | apply_rest(state, &masks);
}

/// Applies `count` elements. Returns 0 if there is no error.
STAGE_INLINE uint64_t apply_blocks(zmin_state *state, const zmin_format format, const uint8_t *elements, size_t count) {
  uint64_t errors = 0;
  for (size_t at = 0; at < count; at += BLOCK) {
    size_t some = count - at < BLOCK ? count - at : BLOCK;
    element_masks masks = load_elements(format, elements + at, first_bits(some));
    // Counted as if all were openers. Near the depth limit single steps are exact.
    bool shallow = state->depth_max - nesting_depth(&state->nesting) >= some;
    errors |= LIKELY(shallow) ? apply_masks(state, format, masks) : step_elements(state, masks);
  }
  return errors;
}

#endif
