// The seams of a window: from the exact state to what the stages carry, and back.
//
// Before a window stands whatever makes the stages behave as if the document had gone before it: up to two skeleton
// characters, a UTF-8 lead, a few carries. After it everything that is still open is checked at once, and the state is
// read from the last characters. The stages have refused all that no following byte could make good, except what
// boxes.h leaves to the next character: here only the ends that can be are given a state.
#ifndef CZMIN_SEAMS_H
#define CZMIN_SEAMS_H

#include "lexemes.h"
#include "skeleton.h"

/// Two skeleton characters that allow what a state allows.
typedef struct {
  uint8_t two_before, before;
  uint8_t consumed;  // how many of them are elements that the nesting has seen
} skeleton_history;

/// Scalars: the true last two, as far as they matter. 5 is a digit that leads, 0 one that ends a number.
static const skeleton_history history_in_scalar[ZMIN_STRING] = {
    [ZMIN_MINUS] = {':', '-', 0}, [ZMIN_ZERO] = {':', '0', 0}, [ZMIN_INTEGER] = {':', '5', 0},
    [ZMIN_POINT] = {'5', '.', 0}, [ZMIN_FRACTION] = {'.', '5', 0},
    [ZMIN_EXPONENT] = {'5', 'e', 0}, [ZMIN_EXPONENT_SIGN] = {'e', '-', 0}, [ZMIN_EXPONENT_DIGITS] = {'5', '5', 0},
    [ZMIN_T] = {':', 't', 0}, [ZMIN_TR] = {'t', 'r', 0}, [ZMIN_TRU] = {'r', 'u', 0},
    [ZMIN_F] = {':', 'f', 0}, [ZMIN_FA] = {'f', 'a', 0}, [ZMIN_FAL] = {'a', 'l', 0}, [ZMIN_FALS] = {'l', 's', 0},
    [ZMIN_N] = {':', 'n', 0}, [ZMIN_NU] = {'n', 'u', 0}, [ZMIN_NUL] = {'u', 'l', 0},
    [ZMIN_LITERAL_END] = {'u', 'e', 0},
};

/// Between tokens. A colon stands for any place where just a value may come. The comma before a key is not consumed: it
/// will claim an object, rightly, if a key does come.
static const skeleton_history history_between[ZMIN_SLICE_EXPECTATION_COUNT] = {
    [ZMIN_EXPECT_START] = {':', ':', 0}, [ZMIN_EXPECT_VALUE] = {':', ':', 0},
    [ZMIN_EXPECT_FIRST_ELEMENT] = {':', '[', 1}, [ZMIN_EXPECT_FIRST_KEY] = {':', '{', 1},
    [ZMIN_EXPECT_KEY] = {':', ',', 0}, [ZMIN_EXPECT_COLON] = {'{', '"', 1},
    [ZMIN_EXPECT_AFTER_MEMBER] = {':', '}', 1}, [ZMIN_EXPECT_AFTER_ELEMENT] = {':', '}', 1},
    [ZMIN_EXPECT_END] = {':', '}', 1}, [ZMIN_EXPECT_AFTER_VALUE] = {':', '}', 1},
    [ZMIN_EXPECT_AFTER_COMMA] = {':', ',', 0}, [ZMIN_EXPECT_AFTER_STRING] = {',', '"', 0},
};

STAGE_INLINE skeleton_history history_before(const zmin_state *state, const zmin_format format) {
  if (state->lexeme >= ZMIN_STRING) {
    // A string that is a key needs a colon after it; any other is like a value after a colon.
    bool key = state->expectation == ZMIN_EXPECT_COLON;
    return history_between[key ? ZMIN_EXPECT_FIRST_KEY : ZMIN_EXPECT_VALUE];
  }
  if (state->lexeme != ZMIN_BETWEEN) return history_in_scalar[state->lexeme];
  if (format == ZMIN_NDJSON && state->expectation == ZMIN_EXPECT_START) return (skeleton_history){':', '\n', 1};
  return history_between[state->expectation];
}

/// What stage 3 carries into the window; writes the history before the dense buffers.
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

/// Where in a string the window ends; `end` is past its last raw byte.
STAGE_INLINE uint8_t lexeme_in_string(const scan_state *scan, const uint8_t *end) {
  if (ends_escaping(scan)) return ZMIN_ESCAPE;
  if (scan->hex) return (uint8_t)(ZMIN_HEX1 + 1 - count_bits(scan->hex));
  uint8_t last = end[-1], before = end[-2], two_before = end[-3];
  if (last >= 0xC0) return utf8_lead(last);
  if (last >= 0x80 && before >= 0xE0) return before < 0xF0 ? ZMIN_TAIL1 : ZMIN_TAIL2;
  if (last >= 0x80 && before >= 0x80 && two_before >= 0xF0) return ZMIN_TAIL1;
  return ZMIN_STRING;
}

/// What is expected after a string, by what stands before it.
STAGE_INLINE uint8_t expectation_after_string(zmin_nesting *nesting, const zmin_format format, uint8_t before) {
  switch (before) {
    case '{': return ZMIN_EXPECT_COLON;
    case ',':
      switch (nesting_after_comma(nesting)) {
        case ZMIN_EXPECT_KEY: return ZMIN_EXPECT_COLON;
        case ZMIN_EXPECT_VALUE: return ZMIN_EXPECT_AFTER_ELEMENT;
        default: return ZMIN_EXPECT_AFTER_STRING;
      }
    case '[': case ':': return (uint8_t)nesting_after_value(nesting);
    case '\n': return format == ZMIN_NDJSON ? ZMIN_EXPECT_END : REJECTED;
    default: return REJECTED;
  }
}

/// What is expected between tokens, after any character that is no part of a scalar.
STAGE_INLINE uint8_t expectation_between(
    zmin_nesting *nesting, const zmin_format format, uint8_t last, uint8_t before) {
  switch (last) {
    case '{': return ZMIN_EXPECT_FIRST_KEY;
    case '[': return ZMIN_EXPECT_FIRST_ELEMENT;
    case ':': return ZMIN_EXPECT_VALUE;
    case ',': return (uint8_t)nesting_after_comma(nesting);
    case '"': return expectation_after_string(nesting, format, before);
    case '\n':
      if (format == ZMIN_NDJSON) return ZMIN_EXPECT_START;
      return (uint8_t)nesting_after_value(nesting);
    default: return (uint8_t)nesting_after_value(nesting);
  }
}

/// Which part of a scalar, or none, the last character is, by what stands before it.
STAGE_INLINE uint8_t lexeme_of_scalar(uint8_t last, uint8_t before, bool in_fraction, bool in_exponent) {
  bool after_digit = before >= '0' && before <= '9';
  switch (last) {
    case '}': case ']': return before == 't' ? REJECTED : ZMIN_BETWEEN;
    case '{': case '[': case ':': case ',': case '"': case ' ': case '\t': case '\n': case '\r': return ZMIN_BETWEEN;
    case '-': return (before | 0x20) == 'e' ? ZMIN_EXPONENT_SIGN : ZMIN_MINUS;
    case '+': return ZMIN_EXPONENT_SIGN;
    case '.': return ZMIN_POINT;
    case '0':
      if (!after_digit && !in_fraction && !in_exponent) return ZMIN_ZERO;
      break;
    case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9': break;
    case 'E': return ZMIN_EXPONENT;
    case 'e': return after_digit ? ZMIN_EXPONENT : before == 'u' || before == 's' ? ZMIN_LITERAL_END : REJECTED;
    case 't': return ZMIN_T;
    case 'r': return before == 't' ? ZMIN_TR : REJECTED;
    case 'u': return before == 'r' ? ZMIN_TRU : before == 'n' ? ZMIN_NU : REJECTED;
    case 'f': return ZMIN_F;
    case 'a': return before == 'f' ? ZMIN_FA : REJECTED;
    case 's': return before == 'l' ? ZMIN_FALS : REJECTED;
    case 'n': return ZMIN_N;
    case 'l':
      return before == 'a' ? ZMIN_FAL : before == 'u' ? ZMIN_NUL : before == 'l' ? ZMIN_LITERAL_END : REJECTED;
    default: return REJECTED;
  }
  return in_exponent ? ZMIN_EXPONENT_DIGITS : in_fraction ? ZMIN_FRACTION : ZMIN_INTEGER;
}

/// Checks all that is still open at the window's end, and gives the state there. `left` characters and `elements` wait
/// in the buffers; `end` is past the last raw byte. False: not the beginning of a document.
STAGE_INLINE bool settle(
    zmin_state *state, const zmin_format format, workspace *workspace, const scan_state *scan,
    skeleton_scan *skeleton, size_t left, const uint8_t *end) {
  const uint8_t *characters = workspace->skeleton.bytes + LOOK_BEHIND + left;
  uint8_t last = characters[-1], before = characters[-2];
  bool untouched = left == 0 && !skeleton->begun;
  // A comma has no claim yet if nothing or only a string follows it.
  size_t unclaimed = last == ',' ? 1 : last == '"' && before == ',' ? 2 : 0;
  check_skeleton_end(skeleton, format, workspace, left, unclaimed);
  uint8_t *elements = workspace->elements.bytes + LOOK_BEHIND;
  size_t count = (size_t)(skeleton->elements - elements);
  nesting_note_rise(&state->nesting, count);
  skeleton->errors |= apply_elements(state, format, workspace, count);
  if (skeleton->errors != 0) return false;
  if (unclaimed != 0 && !nesting_narrow(&state->nesting, ZMIN_IN_CONTAINER)) return false;

  if (scan->in_string) {
    if (!untouched || state->lexeme < ZMIN_STRING) {
      state->expectation = expectation_after_string(&state->nesting, format, last);
    }
    state->lexeme = lexeme_in_string(scan, end);
  } else if (!untouched) {
    // The runs' ends are marked after the last character if they go on.
    bool in_fraction = (skeleton->fraction.ends >> left & 1) != 0;
    bool in_exponent = (skeleton->exponent.ends >> left & 1) != 0;
    state->lexeme = lexeme_of_scalar(last, before, in_fraction, in_exponent);
    state->expectation = state->lexeme == ZMIN_BETWEEN
        ? expectation_between(&state->nesting, format, last, before) : (uint8_t)nesting_after_value(&state->nesting);
  }
  return state->lexeme != REJECTED && state->expectation != REJECTED;
}

#endif
