// Minifying without checks in plain C: the three-state machine that defines the result for every engine.
#include "words.h"

#include "CZminSIMD.h"

enum { OUTSIDE = ZMIN_STATE_OUTSIDE, IN_STRING = ZMIN_STATE_STRING, ESCAPED = ZMIN_STATE_ESCAPED };

size_t zmin_raw_portable(
    zmin_raw_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, void *workspace) {
  (void)workspace;
  const uint8_t *end = in + n;
  uint8_t *start = out, string_state = state->string_state;
  // In json no LF is kept, as if no byte had been kept before it.
  const uint8_t counts = format == ZMIN_NDJSON;
  uint8_t kept = counts & state->kept_since_lf;
  while (in < end) {
    if (string_state == IN_STRING) {
      // In place, output may lag behind input by less than eight bytes, so only whole words are stored.
      while (end - in >= 8) {
        uint64_t word = load_word(in);
        if (bytes_equal(word, '"') | bytes_equal(word, '\\')) break;
        store_word(out, word);
        in += 8;
        out += 8;
        kept = counts;
      }
      if (in == end) break;
    }
    uint8_t byte = *in++;
    switch (string_state) {
      case OUTSIDE:
        switch (byte) {
          case '\n':
            if (!kept) continue;
            *out++ = byte;
            kept = 0;
            continue;
          case ' ': case '\t': case '\r': continue;
          case '"': string_state = IN_STRING; break;
          default: break;
        }
        break;
      case IN_STRING:
        if (byte == '"') string_state = OUTSIDE;
        if (byte == '\\') string_state = ESCAPED;
        break;
      default: string_state = IN_STRING; break;
    }
    *out++ = byte;
    kept = counts;
  }
  state->string_state = string_state;
  if (counts) state->kept_since_lf = kept;
  return (size_t)(out - start);
}
