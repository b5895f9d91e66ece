// From a state to the skeleton characters that stand for it, and back from the last characters to a state:
//
//   state                           history      allows next
//   in an array, before a value     : [          a value or ]
//   after a value                   : }          , } ]
//   in a number, after 12.          5 .          a digit
//   after a key                     { "          :
#ifndef CZMIN_EXPECTATIONS_H
#define CZMIN_EXPECTATIONS_H

#include "lexemes.h"
#include "nesting.h"

/// Two skeleton characters that allow the same continuations as a state.
typedef struct {
  uint8_t two_before, before;
  uint8_t consumed;  // the number of them that are elements known to the nesting
} skeleton_history;

/// In a scalar: its last two characters, as far as they matter. 5 is a leading digit, 0 a number's first and only
/// digit.
static const skeleton_history history_in_scalar[ZMIN_STRING] = {
    [ZMIN_MINUS] = {':', '-', 0}, [ZMIN_ZERO] = {':', '0', 0}, [ZMIN_INTEGER] = {':', '5', 0},
    [ZMIN_POINT] = {'5', '.', 0}, [ZMIN_FRACTION] = {'.', '5', 0},
    [ZMIN_EXPONENT] = {'5', 'e', 0}, [ZMIN_EXPONENT_SIGN] = {'e', '-', 0}, [ZMIN_EXPONENT_DIGITS] = {'5', '5', 0},
    [ZMIN_T] = {':', 't', 0}, [ZMIN_TR] = {'t', 'r', 0}, [ZMIN_TRU] = {'r', 'u', 0},
    [ZMIN_F] = {':', 'f', 0}, [ZMIN_FA] = {'f', 'a', 0}, [ZMIN_FAL] = {'a', 'l', 0}, [ZMIN_FALS] = {'l', 's', 0},
    [ZMIN_N] = {':', 'n', 0}, [ZMIN_NU] = {'n', 'u', 0}, [ZMIN_NUL] = {'u', 'l', 0},
    [ZMIN_LITERAL_END] = {'u', 'e', 0},
};

/// Between tokens. A colon allows any value and nothing else. The comma before a key is not consumed: as an element it
/// will require an object, which is right if a key follows.
static const skeleton_history history_between[ZMIN_SLICE_EXPECTATION_COUNT] = {
    [ZMIN_EXPECT_START] = {':', ':', 0}, [ZMIN_EXPECT_VALUE] = {':', ':', 0},
    [ZMIN_EXPECT_FIRST_ELEMENT] = {':', '[', 1}, [ZMIN_EXPECT_FIRST_KEY] = {':', '{', 1},
    [ZMIN_EXPECT_KEY] = {':', ',', 0}, [ZMIN_EXPECT_COLON] = {'{', '"', 1},
    [ZMIN_EXPECT_AFTER_MEMBER] = {':', '}', 1}, [ZMIN_EXPECT_AFTER_ELEMENT] = {':', '}', 1},
    [ZMIN_EXPECT_END] = {':', '}', 1}, [ZMIN_EXPECT_AFTER_VALUE] = {':', '}', 1},
    [ZMIN_EXPECT_AFTER_COMMA] = {':', ',', 0}, [ZMIN_EXPECT_AFTER_STRING] = {',', '"', 0},
};

static inline skeleton_history history_before(const zmin_state *state, const zmin_format format) {
  if (state->lexeme >= ZMIN_STRING) {
    // After a key only a colon is allowed. Any other string continues like a value after a colon.
    bool key = state->expectation == ZMIN_EXPECT_COLON;
    return history_between[key ? ZMIN_EXPECT_FIRST_KEY : ZMIN_EXPECT_VALUE];
  }
  if (state->lexeme != ZMIN_BETWEEN) return history_in_scalar[state->lexeme];
  if (format == ZMIN_NDJSON && state->expectation == ZMIN_EXPECT_START) return (skeleton_history){':', '\n', 1};
  return history_between[state->expectation];
}

/// The expectation after a string, given the character before it.
static inline uint8_t expectation_after_string(zmin_nesting *nesting, const zmin_format format, uint8_t before) {
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

/// The expectation between tokens, given a last character that is not part of a scalar.
static inline uint8_t expectation_between(
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

/// The lexeme at the last character, given the one before it and the number runs that it belongs to.
static inline uint8_t lexeme_of_scalar(uint8_t last, uint8_t before, bool in_fraction, bool in_exponent) {
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

#endif
