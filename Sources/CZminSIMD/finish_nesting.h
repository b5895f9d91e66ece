// Stage 4 for elements found elsewhere than on this CPU.
#ifndef CZMIN_FINISH_NESTING_H
#define CZMIN_FINISH_NESTING_H

#include "elements.h"

STAGE_INLINE bool nest_elements(
    zmin_state *state, zmin_format format, const uint8_t *elements, size_t count, workspace *workspace) {
  uint64_t errors = 0;
  for (size_t at = 0; at < count; at += SUB_BLOCK) {
    size_t some = count - at < SUB_BLOCK ? count - at : SUB_BLOCK;
    memcpy(workspace->elements.bytes + LOOK_BEHIND, elements + at, some);
    nesting_note_depth(&state->nesting, some);
    errors |= apply_elements(state, format == ZMIN_NDJSON ? ZMIN_NDJSON : ZMIN_JSON, workspace, some);
  }
  return errors == 0;
}

#endif
