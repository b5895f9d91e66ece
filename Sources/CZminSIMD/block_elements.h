// Stage 4 without passes before it.
#ifndef CZMIN_BLOCK_ELEMENTS_H
#define CZMIN_BLOCK_ELEMENTS_H

#include "elements.h"

/// Applies all elements in the buffer. Returns 0 if nothing is wrong.
STAGE_INLINE uint64_t apply_elements(
    zmin_state *state, const zmin_format format, workspace *workspace, size_t count) {
  return apply_blocks(state, format, workspace->elements.bytes + LOOK_BEHIND, count);
}

#endif
