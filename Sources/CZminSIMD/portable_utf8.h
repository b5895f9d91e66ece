// UTF-8 in plain C: whole sequences of two, three or four bytes, checked in one word.
//
// The first byte is the lowest. One mask tests that the bytes are a lead and continuations. Another selects the bits
// that show overlong forms, surrogates and code points past U+10FFFF:
//
//   bytes            E4 BD A0        1110xxxx 10xxxxxx 10xxxxxx
//   shape mask       F0 C0 C0        must give E0 80 80
//   value mask       0F 20           must not give 00 00 (overlong) or 0D 20 (a surrogate)
#ifndef CZMIN_PORTABLE_UTF8_H
#define CZMIN_PORTABLE_UTF8_H

#include "words.h"

/// The input from `in` to `end`, and the position in the output.
typedef struct {
  const uint8_t *in;
  const uint8_t *end;
  uint8_t *out;
} cursor;

/// Copies the first `count` bytes of the word at the input. The rest of the store is overwritten later.
static inline void take_of_word(cursor *at, uint64_t word, size_t count) {
  store_word(at->out, word);
  at->in += count;
  at->out += count;
}

/// True if the word begins with a sequence of three bytes.
static inline bool has_three(uint64_t word) {
  uint64_t telling = word & 0x200F;
  return (word & 0xC0C0F0) == 0x8080E0 && telling != 0 && telling != 0x200D;
}

/// True if the word begins with a sequence of two bytes. A lead without a bit above the lowest is overlong.
static inline bool has_two(uint64_t word) { return (word & 0xC0E0) == 0x80C0 && (word & 0x1E) != 0; }

/// True if the word begins with a sequence of four bytes: F0 90 and up, F1 to F3, F4 below 90.
static inline bool has_four(uint64_t word) {
  uint64_t lead = word & 7;
  bool upper = (word & 0x3000) != 0;
  return (word & 0xC0C0C0F8) == 0x808080F0 && (lead == 0 ? upper : lead < 4 || (lead == 4 && !upper));
}

/// Copies sequences while there are any and the input has eight bytes. Returns false if there was none.
static inline bool take_sequences(cursor *at) {
  const uint8_t *start = at->in;
  while (at->end - at->in >= 8) {
    uint64_t word = load_word(at->in);
    if (has_three(word)) {
      take_of_word(at, word, has_three(word >> 24) ? 6 : 3);
    } else if (has_two(word)) {
      take_of_word(at, word, !has_two(word >> 16) ? 2 : !has_two(word >> 32) ? 4 : 6);
    } else if (has_four(word)) {
      take_of_word(at, word, 4);
    } else {
      break;
    }
  }
  return at->in != start;
}

#endif
