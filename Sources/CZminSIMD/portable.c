// The checking kernel in plain C: a pushdown automaton for all formats and CPUs. Vector kernels use it for input
// shorter than their unit.
//
//                take_between                    run_string, run_scalar
//   ZMIN_BETWEEN --first byte of a token--> lexeme --end of the token--> ZMIN_BETWEEN
//
// Steps of a byte at a time would be slow. Before each step a fast path takes what usually comes: whole words of text,
// digits or spaces, UTF-8 sequences, escapes, literals. It takes only what is complete, and leaves errors and the end
// of input to the steps.
#include "bytesets.h"
#include "lexemes.h"
#include "nesting.h"
#include "portable_utf8.h"
#include "words.h"

/// The range of a UTF-8 continuation byte, and the lexeme after it.
typedef struct {
  uint8_t low, high, next;
} tail_rule;

static const tail_rule tail_rules[ZMIN_LEXEME_COUNT] = {
    [ZMIN_TAIL1] = {0x80, 0xBF, ZMIN_STRING},
    [ZMIN_TAIL2] = {0x80, 0xBF, ZMIN_TAIL1},
    [ZMIN_TAIL2_E0] = {0xA0, 0xBF, ZMIN_TAIL1},
    [ZMIN_TAIL2_ED] = {0x80, 0x9F, ZMIN_TAIL1},
    [ZMIN_TAIL3] = {0x80, 0xBF, ZMIN_TAIL2},
    [ZMIN_TAIL3_F0] = {0x90, 0xBF, ZMIN_TAIL2},
    [ZMIN_TAIL3_F4] = {0x80, 0x8F, ZMIN_TAIL2},
};

/// Classes of bytes.
enum { IS_HEXADECIMAL = 1, IS_DELIMITER = 2, IS_ESCAPABLE = 4 };
#define TRAITS_OF(c) \
  (uint8_t)((IS_IN(c, "0123456789abcdefABCDEF") ? IS_HEXADECIMAL : 0) | \
            (IS_IN(c, " \t\n\r{}[]:,\"") ? IS_DELIMITER : 0) | (IS_IN(c, "\"\\/bfnrt") ? IS_ESCAPABLE : 0))
/// Bytes past ASCII have no class.
static const uint8_t traits[256] = ASCII_TABLE(TRAITS_OF);

static inline bool is_digit(uint8_t byte) { return (uint8_t)(byte - '0') <= 9; }

static inline bool is_hexadecimal(uint8_t byte) { return (traits[byte] & IS_HEXADECIMAL) != 0; }

/// The lexeme after the first byte of a scalar.
static inline uint8_t scalar_start(uint8_t byte) {
  switch (byte) {
    case '-': return ZMIN_MINUS;
    case '0': return ZMIN_ZERO;
    case 't': return ZMIN_T;
    case 'f': return ZMIN_F;
    case 'n': return ZMIN_N;
    default: return is_digit(byte) ? ZMIN_INTEGER : REJECTED;
  }
}

/// The lexeme after another byte of a scalar. ZMIN_BETWEEN if the byte is a delimiter after a complete scalar.
static inline uint8_t scalar_step(uint8_t lexeme, uint8_t byte) {
  switch (byte) {
    case ' ': case '\t': case '\n': case '\r': case ',': case ':': case '"': case '{': case '}': case '[': case ']':
      switch (lexeme) {
        case ZMIN_ZERO: case ZMIN_INTEGER: case ZMIN_FRACTION: case ZMIN_EXPONENT_DIGITS: case ZMIN_LITERAL_END:
          return ZMIN_BETWEEN;
        default: return REJECTED;
      }
    default: break;
  }
  bool digit = is_digit(byte), exponent = (byte | 0x20) == 'e';
  switch (lexeme) {
    case ZMIN_MINUS: return byte == '0' ? ZMIN_ZERO : digit ? ZMIN_INTEGER : REJECTED;
    case ZMIN_ZERO: return byte == '.' ? ZMIN_POINT : exponent ? ZMIN_EXPONENT : REJECTED;
    case ZMIN_INTEGER: return digit ? ZMIN_INTEGER : byte == '.' ? ZMIN_POINT : exponent ? ZMIN_EXPONENT : REJECTED;
    case ZMIN_POINT: return digit ? ZMIN_FRACTION : REJECTED;
    case ZMIN_FRACTION: return digit ? ZMIN_FRACTION : exponent ? ZMIN_EXPONENT : REJECTED;
    case ZMIN_EXPONENT:
      return digit ? ZMIN_EXPONENT_DIGITS : byte == '+' || byte == '-' ? ZMIN_EXPONENT_SIGN : REJECTED;
    case ZMIN_EXPONENT_SIGN: case ZMIN_EXPONENT_DIGITS: return digit ? ZMIN_EXPONENT_DIGITS : REJECTED;
    case ZMIN_T: return byte == 'r' ? ZMIN_TR : REJECTED;
    case ZMIN_TR: return byte == 'u' ? ZMIN_TRU : REJECTED;
    case ZMIN_F: return byte == 'a' ? ZMIN_FA : REJECTED;
    case ZMIN_FA: return byte == 'l' ? ZMIN_FAL : REJECTED;
    case ZMIN_FAL: return byte == 's' ? ZMIN_FALS : REJECTED;
    case ZMIN_N: return byte == 'u' ? ZMIN_NU : REJECTED;
    case ZMIN_NU: return byte == 'l' ? ZMIN_NUL : REJECTED;
    case ZMIN_TRU: case ZMIN_FALS: return byte == 'e' ? ZMIN_LITERAL_END : REJECTED;
    case ZMIN_NUL: return byte == 'l' ? ZMIN_LITERAL_END : REJECTED;
    default: return REJECTED;
  }
}

/// The lexeme after another byte inside a string. ZMIN_BETWEEN after its closing quote.
static inline uint8_t string_step(uint8_t lexeme, uint8_t byte) {
  switch (lexeme) {
    case ZMIN_STRING:
      if (byte == '"') return ZMIN_BETWEEN;
      if (byte == '\\') return ZMIN_ESCAPE;
      if (byte < 0x20) return REJECTED;
      return byte < 0x80 ? ZMIN_STRING : utf8_lead(byte);
    case ZMIN_ESCAPE:
      switch (byte) {
        case 'u': return ZMIN_HEX4;
        case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': return ZMIN_STRING;
        default: return REJECTED;
      }
    case ZMIN_HEX4: case ZMIN_HEX3: case ZMIN_HEX2:
      return is_hexadecimal(byte) ? (uint8_t)(lexeme + 1) : REJECTED;
    case ZMIN_HEX1: return is_hexadecimal(byte) ? ZMIN_STRING : REJECTED;
    default: {
      tail_rule rule = tail_rules[lexeme];
      return rule.low <= byte && byte <= rule.high ? rule.next : REJECTED;
    }
  }
}

/// Copies a whole escape. Returns false if it is invalid or may be cut by the end of input.
static inline bool take_escape(cursor *at) {
  const uint8_t *in = at->in;
  if (at->end - in < 8) return false;
  size_t length = 2;
  if (!(traits[in[1]] & IS_ESCAPABLE)) {
    if (in[1] != 'u' || !(traits[in[2]] & traits[in[3]] & traits[in[4]] & traits[in[5]] & IS_HEXADECIMAL)) return false;
    length = 6;
  }
  take_of_word(at, load_word(in), length);
  return true;
}

/// Copies the text of a string by words. Returns true after the closing quote, false where a step is needed.
static inline bool take_text(cursor *at) {
  while (at->end - at->in >= 8) {
    uint64_t word = load_word(at->in);
    uint64_t special = string_specials(word);
    if (!special) {
      take_of_word(at, word, 8);
      continue;
    }
    take_of_word(at, word, first_byte(special));
    uint8_t byte = *at->in;
    if (byte == '"') {
      *at->out++ = byte;
      at->in++;
      return true;
    }
    if (!(byte == '\\' ? take_escape(at) : byte >= 0x80 && take_sequences(at))) return false;
  }
  return false;
}

/// Copies a string up to its end or the end of input. Returns the lexeme there.
static inline uint8_t run_string(cursor *at, uint8_t lexeme) {
  while (at->in < at->end) {
    if (lexeme == ZMIN_STRING) {
      if (take_text(at)) return ZMIN_BETWEEN;
      if (at->in == at->end) break;
    }
    uint8_t byte = *at->in;
    lexeme = string_step(lexeme, byte);
    if (lexeme == REJECTED) return REJECTED;
    *at->out++ = byte;
    at->in++;
    if (lexeme == ZMIN_BETWEEN) break;
  }
  return lexeme;
}

static inline void run_digits(cursor *at) {
  while (at->end - at->in >= 8) {
    uint64_t word = load_word(at->in);
    uint64_t others = non_digits(word);
    take_of_word(at, word, others ? first_byte(others) : 8);
    if (others) return;
  }
  while (at->in < at->end && is_digit(*at->in)) *at->out++ = *at->in++;
}

/// Copies the rest of a literal if it is complete and right. Returns the lexeme after it.
static inline uint8_t take_literal(cursor *at, uint8_t lexeme) {
  if (at->end - at->in < 8) return lexeme;
  const char *rest = lexeme == ZMIN_T ? "rue" : lexeme == ZMIN_N ? "ull" : "alse";
  size_t length = lexeme == ZMIN_F ? 4 : 3;
  if (memcmp(at->in, rest, 3) != 0 || at->in[length - 1] != (uint8_t)rest[length - 1]) return lexeme;
  take_of_word(at, load_word(at->in), length);
  return ZMIN_LITERAL_END;
}

/// Copies a scalar up to the delimiter after it or the end of input. Returns the lexeme there.
static inline uint8_t run_scalar(cursor *at, uint8_t lexeme) {
  if (lexeme == ZMIN_T || lexeme == ZMIN_F || lexeme == ZMIN_N) lexeme = take_literal(at, lexeme);
  while (at->in < at->end) {
    if (lexeme == ZMIN_INTEGER || lexeme == ZMIN_FRACTION || lexeme == ZMIN_EXPONENT_DIGITS) {
      run_digits(at);
      if (at->in == at->end) break;
      if (traits[*at->in] & IS_DELIMITER) return ZMIN_BETWEEN;
      if (lexeme == ZMIN_INTEGER && *at->in == '.' && at->end - at->in >= 8 && is_digit(at->in[1])) {
        take_of_word(at, load_word(at->in), 2);
        lexeme = ZMIN_FRACTION;
        continue;
      }
    }
    uint8_t byte = *at->in;
    lexeme = scalar_step(lexeme, byte);
    if (lexeme == REJECTED || lexeme == ZMIN_BETWEEN) break;
    *at->out++ = byte;
    at->in++;
  }
  return lexeme;
}

/// Skips spaces, which come in long runs before the first token of a line.
static inline void skip_spaces(cursor *at) {
  while (at->end - at->in >= 8) {
    uint64_t others = load_word(at->in) ^ repeat(' ');
    if (others) {
      at->in += first_byte(others);
      return;
    }
    at->in += 8;
  }
  while (at->in < at->end && *at->in == ' ') at->in++;
}

/// Takes the usual separator: a colon and a space after a key, a comma after any other string or scalar.
static inline void take_separator(zmin_state *state, cursor *at) {
  if (at->end - at->in < 2) return;
  if (state->expectation == ZMIN_EXPECT_COLON) {
    if (*at->in != ':') return;
    *at->out++ = ':';
    at->in += 1 + (at->in[1] == ' ');
    state->expectation = ZMIN_EXPECT_VALUE;
  } else if (*at->in == ',' && state->expectation < ZMIN_EXPECT_END) {
    *at->out++ = ',';
    at->in++;
    state->expectation = state->expectation == ZMIN_EXPECT_AFTER_MEMBER ? ZMIN_EXPECT_KEY : ZMIN_EXPECT_VALUE;
  }
}

/// Resolves an expectation that only slices have, given the next byte. AFTER_COMMA before a string stays. Returns false
/// if the byte cannot come here.
static bool resolve_expectation(zmin_state *state, zmin_format format, uint8_t byte) {
  zmin_nesting *nesting = &state->nesting;
  bool ends_record = format == ZMIN_NDJSON && byte == '\n';
  if ((byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n') && !ends_record) return true;
  switch (state->expectation) {
    case ZMIN_EXPECT_AFTER_STRING:
      state->expectation = byte == ':' ? ZMIN_EXPECT_COLON : ZMIN_EXPECT_AFTER_ELEMENT;
      return nesting_narrow(nesting, byte == ':' ? ZMIN_IN_OBJECT : ZMIN_IN_ARRAY);
    case ZMIN_EXPECT_AFTER_COMMA:
      if (byte == '"') return true;
      state->expectation = ZMIN_EXPECT_VALUE;
      return nesting_narrow(nesting, ZMIN_IN_ARRAY);
    default:  // ZMIN_EXPECT_AFTER_VALUE
      switch (byte) {
        case ',': if (!nesting_narrow(nesting, ZMIN_IN_CONTAINER)) return false; break;
        case '}': if (!nesting_narrow(nesting, ZMIN_IN_OBJECT)) return false; break;
        case ']': if (!nesting_narrow(nesting, ZMIN_IN_ARRAY)) return false; break;
        case ':': return false;
        default:
          if (!ends_record && format != ZMIN_CONCAT) return false;
          if (!nesting_narrow(nesting, ZMIN_IN_NOTHING)) return false;
      }
      state->expectation = (uint8_t)nesting_after_value(nesting);
      return true;
  }
}

/// Takes whitespace or the first byte of a token. Returns false if it cannot come here.
static inline bool take_between(zmin_state *state, const zmin_format format, cursor *at) {
  uint8_t byte = *at->in++;
  if (state->expectation >= ZMIN_EXPECTATION_COUNT && !resolve_expectation(state, format, byte)) return false;
  uint8_t expectation = state->expectation;
  switch (byte) {
    case ' ':
      skip_spaces(at);
      return true;
    case '\t': case '\r': return true;
    case '\n':
      if (format == ZMIN_NDJSON && expectation != ZMIN_EXPECT_START) {
        if (expectation != ZMIN_EXPECT_END) return false;
        state->expectation = ZMIN_EXPECT_START;
        *at->out++ = byte;
      }
      skip_spaces(at);
      return true;
    case ':':
      if (expectation != ZMIN_EXPECT_COLON) return false;
      state->expectation = ZMIN_EXPECT_VALUE;
      break;
    case ',':
      if (expectation == ZMIN_EXPECT_AFTER_MEMBER) {
        state->expectation = ZMIN_EXPECT_KEY;
      } else if (expectation == ZMIN_EXPECT_AFTER_ELEMENT) {
        state->expectation = ZMIN_EXPECT_VALUE;
      } else if (expectation == ZMIN_EXPECT_AFTER_VALUE) {
        state->expectation = ZMIN_EXPECT_AFTER_COMMA;
      } else {
        return false;
      }
      break;
    case '}':
      if (expectation != ZMIN_EXPECT_FIRST_KEY && expectation != ZMIN_EXPECT_AFTER_MEMBER) return false;
      if (!nesting_pop(&state->nesting, true)) return false;
      state->expectation = (uint8_t)nesting_after_value(&state->nesting);
      break;
    case ']':
      if (expectation != ZMIN_EXPECT_FIRST_ELEMENT && expectation != ZMIN_EXPECT_AFTER_ELEMENT) return false;
      if (!nesting_pop(&state->nesting, false)) return false;
      state->expectation = (uint8_t)nesting_after_value(&state->nesting);
      break;
    default:
      if (expectation == ZMIN_EXPECT_FIRST_KEY || expectation == ZMIN_EXPECT_KEY) {
        if (byte != '"') return false;
        state->expectation = ZMIN_EXPECT_COLON;
        state->lexeme = ZMIN_STRING;
        break;
      }
      if (expectation == ZMIN_EXPECT_AFTER_COMMA) {
        state->expectation = ZMIN_EXPECT_AFTER_STRING;
        state->lexeme = ZMIN_STRING;
        break;
      }
      if (expectation == ZMIN_EXPECT_END && format == ZMIN_CONCAT) {
        *at->out++ = '\n';
      } else if (expectation > ZMIN_EXPECT_FIRST_ELEMENT) {
        return false;
      }
      if (byte == '{' || byte == '[') {
        if (!nesting_push(&state->nesting, state->depth_max, byte == '{')) return false;
        state->expectation = byte == '{' ? ZMIN_EXPECT_FIRST_KEY : ZMIN_EXPECT_FIRST_ELEMENT;
        break;
      }
      state->expectation = (uint8_t)nesting_after_value(&state->nesting);
      state->lexeme = byte == '"' ? ZMIN_STRING : scalar_start(byte);
      if (state->lexeme == REJECTED) return false;
      break;
  }
  *at->out++ = byte;
  return true;
}

/// Runs the automaton. `format` is a constant wherever this is inlined.
__attribute__((always_inline)) static inline bool check(zmin_state *state, const zmin_format format, cursor *at) {
  while (at->in < at->end) {
    if (state->lexeme == ZMIN_BETWEEN) {
      if (!take_between(state, format, at)) return false;
      if (state->lexeme == ZMIN_BETWEEN) continue;
    }
    if (state->lexeme >= ZMIN_STRING) {
      state->lexeme = run_string(at, state->lexeme);
    } else {
      state->lexeme = run_scalar(at, state->lexeme);
    }
    if (state->lexeme == REJECTED) return false;
    if (state->lexeme == ZMIN_BETWEEN) take_separator(state, at);
  }
  return true;
}

bool zmin_check_portable(
    zmin_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, size_t *written,
    void *workspace) {
  (void)workspace;
  cursor at = {in, in + n, out};
  zmin_state local = *state;
  bool clean = false;
  switch (format) {
    case ZMIN_JSON: clean = check(&local, ZMIN_JSON, &at); break;
    case ZMIN_NDJSON: clean = check(&local, ZMIN_NDJSON, &at); break;
    case ZMIN_CONCAT: clean = check(&local, ZMIN_CONCAT, &at); break;
  }
  nesting_refill(&local.nesting);
  *state = local;
  *written = (size_t)(at.out - out);
  return clean;
}
