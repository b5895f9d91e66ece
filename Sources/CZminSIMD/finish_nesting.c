// The CPU's part for a slice whose skeleton was made and checked on a device.
#include "expectations.h"

zmin_history zmin_history_before(const zmin_state *state, zmin_format format) {
  skeleton_history history = history_before(state, format);
  return (zmin_history){{':', ':', history.two_before, history.before}, history.consumed != 0};
}

/// Applies one element. Returns false if it does not fit.
static bool nest(zmin_state *state, uint8_t element) {
  uint8_t container = element & ZMIN_ELEMENT_OBJECT ? ZMIN_IN_OBJECT : ZMIN_IN_ARRAY;
  bool object = container == ZMIN_IN_OBJECT;
  switch (element & (ZMIN_ELEMENT_LEADS | ZMIN_ELEMENT_TRAILS)) {
    case ZMIN_ELEMENT_LEADS: return nesting_push(&state->nesting, state->depth_max, object);
    case ZMIN_ELEMENT_TRAILS: return nesting_pop(&state->nesting, object);
    case 0: return nesting_narrow(&state->nesting, ZMIN_IN_NOTHING);
    default: return nesting_narrow(&state->nesting, container);
  }
}

bool zmin_nest_portable(
    zmin_state *state, zmin_format format, const uint8_t *elements, size_t count, void *workspace) {
  (void)format, (void)workspace;
  for (size_t at = 0; at < count; at++) {
    if (!nest(state, elements[at])) return false;
  }
  return true;
}

bool zmin_finish_nesting(zmin_state *state, zmin_format format, zmin_skeleton_end end) {
  bool in_string = end.in_string;
  if (end.unclaimed && !nesting_narrow(&state->nesting, ZMIN_IN_CONTAINER)) return false;
  if (end.is_empty && in_string == (state->lexeme >= ZMIN_STRING)) return true;
  if (in_string) {
    state->lexeme = ZMIN_STRING;
    state->expectation = expectation_after_string(&state->nesting, format, end.last);
  } else {
    // Positions within a scalar cannot be told apart here.
    if (lexeme_of_scalar(end.last, end.before, false, false) != ZMIN_BETWEEN) return false;
    state->lexeme = ZMIN_BETWEEN;
    state->expectation = expectation_between(&state->nesting, format, end.last, end.before);
  }
  return state->expectation != REJECTED;
}
