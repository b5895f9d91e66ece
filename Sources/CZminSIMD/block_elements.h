// Before stage 4: passes that remove matching neighbours from the elements, by masks of a block and packing in place.
// In ordinary documents little is left for the rounds of elements.h.
#ifndef CZMIN_BLOCK_ELEMENTS_H
#define CZMIN_BLOCK_ELEMENTS_H

#include "elements.h"

/// Removes the elements that cancel against their neighbours, in place. Returns the number left. A sentinel that
/// matches nothing is written after the last element.
STAGE_INLINE size_t cancel_pass(const zmin_format format, uint8_t *elements, size_t count) {
  elements[count] = ELEMENT_NONE;
  uint8_t *end = elements;
  element_masks last = {0, 0, 0, 0};  // bit 63 is the last element of the block before
  uint64_t agreed = 0;                // 1 if that element matches the first of this block
  for (size_t at = 0; at < count; at += BLOCK) {
    uint64_t valid = first_bits(count - at);
    element_masks here = load_elements(format, elements + at, valid);
    uint8_t next = count - at > BLOCK ? elements[at + BLOCK] : ELEMENT_NONE;
    uint64_t leads_next = here.leads >> 1 | (uint64_t)(next & ELEMENT_LEADS) << 63;
    uint64_t trails_next = here.trails >> 1 | (uint64_t)(next & ELEMENT_TRAILS) << 62;
    uint64_t object_next = here.object >> 1 | (uint64_t)(next & ELEMENT_OBJECT) << 61;
    uint64_t agree = here.leads & trails_next & ~(here.object ^ object_next);
    // Of two matching neighbours, the first is removed unless it is followed by a comma. The second is removed if it is
    // a comma or follows an opener.
    uint64_t cancelled = agree & ~leads_next;
    cancelled |= (agree << 1 | agreed) & (here.leads | ~(here.trails << 1 | last.trails >> 63));
    if (format == ZMIN_NDJSON) cancelled |= here.boundary & (here.boundary << 1 | last.boundary >> 63);
    agreed = agree >> 63;
    last = here;
    pack_from(elements + at, valid & ~cancelled, &end);
  }
  return (size_t)(end - elements);
}

/// Applies all elements in the buffer. Returns 0 if there is no error.
STAGE_INLINE uint64_t apply_elements(
    zmin_state *state, const zmin_format format, workspace *workspace, size_t count) {
  uint8_t *elements = workspace->elements.bytes + LOOK_BEHIND;
  if (LIKELY(state->depth_max - nesting_depth(&state->nesting) >= count)) {
    // A pass pays if it removes at least an eighth.
    for (size_t before = 2 * count; count > BLOCK && count < before - before / 8;) {
      before = count;
      count = cancel_pass(format, elements, count);
    }
  }
  return apply_blocks(state, format, elements, count);
}

#endif
