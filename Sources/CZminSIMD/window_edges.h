// The edges of a window: from the exact state to the state of the stages, and back.
//
//   state before         stands for it before the window
//   after {"a":1,        skeleton characters  : ,
//   in 12.               skeleton characters  5 .      and a carry in numbers.h
//   after C3             the lead C3 before the bytes past ASCII
//
// At the end of a window all open checks are completed, and the state is read from the last characters. The stages have
// already refused every end that no next byte could make valid, except for the cases that trigrams.h leaves to the next
// character. Those are refused here.
#ifndef CZMIN_WINDOW_EDGES_H
#define CZMIN_WINDOW_EDGES_H

#include "expectations.h"
#include "lexemes.h"
#include "skeleton.h"

/// Returns the stage 3 state at the start of a window, and writes the history before the dense buffers.
STAGE_INLINE skeleton_scan begin_skeleton(
    const zmin_state *state, const zmin_format format, workspace *workspace) {
  skeleton_history history = history_before(state, format);
  uint8_t *skeleton = workspace->skeleton.bytes + LOOK_BEHIND;
  skeleton[-3] = ':';
  skeleton[-2] = history.two_before;
  skeleton[-1] = history.before;
  skeleton_scan scan = {{0, 0, 0}, {0, 0, 0}, 0, workspace->elements.bytes + LOOK_BEHIND - history.consumed, false};
  scan.fraction.start = state->lexeme == ZMIN_POINT;
  scan.fraction.carry = state->lexeme == ZMIN_FRACTION;
  scan.exponent.start = state->lexeme == ZMIN_EXPONENT;
  scan.exponent.carry = state->lexeme == ZMIN_EXPONENT_SIGN || state->lexeme == ZMIN_EXPONENT_DIGITS;
  return scan;
}

/// The position within a string at the end of a window. `end` is past its last raw byte.
STAGE_INLINE uint8_t lexeme_in_string(const scan_state *scan, const uint8_t *end) {
  if (ends_escaping(scan)) return ZMIN_ESCAPE;
  if (scan->hex) return (uint8_t)(ZMIN_HEX1 + 1 - count_bits(scan->hex));
  uint8_t last = end[-1], before = end[-2], two_before = end[-3];
  if (last >= 0xC0) return utf8_lead(last);
  if (last >= 0x80 && before >= 0xE0) return before < 0xF0 ? ZMIN_TAIL1 : ZMIN_TAIL2;
  if (last >= 0x80 && before >= 0x80 && two_before >= 0xF0) return ZMIN_TAIL1;
  return ZMIN_STRING;
}

/// Completes the checks at the end of a window and sets the state. `left` characters, and the elements, are still in
/// their buffers. `end` is past the last raw byte. Returns false if the window is not the beginning of a document.
STAGE_INLINE bool finish_window(
    zmin_state *state, const zmin_format format, workspace *workspace, const scan_state *scan,
    skeleton_scan *skeleton, size_t left, const uint8_t *end) {
  const uint8_t *characters = workspace->skeleton.bytes + LOOK_BEHIND + left;
  uint8_t last = characters[-1], before = characters[-2];
  bool untouched = left == 0 && !skeleton->begun;
  // The kind of a comma's container is still unknown if only a string or nothing follows it.
  size_t unclaimed = last == ',' ? 1 : last == '"' && before == ',' ? 2 : 0;
  check_skeleton_end(skeleton, format, workspace, left, unclaimed);
  uint8_t *elements = workspace->elements.bytes + LOOK_BEHIND;
  size_t count = (size_t)(skeleton->elements - elements);
  nesting_note_depth(&state->nesting, count);
  skeleton->errors |= apply_elements(state, format, workspace, count);
  if (skeleton->errors != 0) return false;
  if (unclaimed != 0 && !nesting_narrow(&state->nesting, ZMIN_IN_CONTAINER)) return false;

  if (scan->in_string) {
    if (!untouched || state->lexeme < ZMIN_STRING) {
      state->expectation = expectation_after_string(&state->nesting, format, last);
    }
    state->lexeme = lexeme_in_string(scan, end);
  } else if (!untouched) {
    // A run that goes on has its end marked after the last character.
    bool in_fraction = (skeleton->fraction.ends >> left & 1) != 0;
    bool in_exponent = (skeleton->exponent.ends >> left & 1) != 0;
    state->lexeme = lexeme_of_scalar(last, before, in_fraction, in_exponent);
    state->expectation = state->lexeme == ZMIN_BETWEEN
        ? expectation_between(&state->nesting, format, last, before) : (uint8_t)nesting_after_value(&state->nesting);
  }
  return state->lexeme != REJECTED && state->expectation != REJECTED;
}

#endif
