// From a state to the skeleton characters that stand for it, and from the last skeleton characters back to a state.
#ifndef CZMIN_EXPECTATIONS_H
#define CZMIN_EXPECTATIONS_H

#include "lexemes.h"
#include "nesting.h"

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

static inline skeleton_history history_before(const zmin_state *state, const zmin_format format) {
  if (state->lexeme >= ZMIN_STRING) {
    // A string that is a key needs a colon after it; any other is like a value after a colon.
    bool key = state->expectation == ZMIN_EXPECT_COLON;
    return history_between[key ? ZMIN_EXPECT_FIRST_KEY : ZMIN_EXPECT_VALUE];
  }
  if (state->lexeme != ZMIN_BETWEEN) return history_in_scalar[state->lexeme];
  if (format == ZMIN_NDJSON && state->expectation == ZMIN_EXPECT_START) return (skeleton_history){':', '\n', 1};
  return history_between[state->expectation];
}

/// What is expected after a string, by what stands before it.
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

/// What is expected between tokens, after any character that is no part of a scalar.
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

/// Which part of a scalar, or none, the last character is, by what stands before it.
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
