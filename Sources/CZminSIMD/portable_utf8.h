// UTF-8 in plain C: whole sequences of two, three and four bytes, checked in one word.
//
// The first byte is the lowest. Under the masks each byte shows whether it is a lead or a continuation, and the bits
// that tell overlong forms, surrogates and what is past U+10FFFF:
//
//   bytes            E4 BD A0        1110xxxx 10xxxxxx 10xxxxxx
//   shape            F0 C0 C0        must be E0 80 80
//   lead and next    0F 20           neither 00 00, which is overlong, nor 0D 20, a surrogate
#ifndef CZMIN_PORTABLE_UTF8_H
#define CZMIN_PORTABLE_UTF8_H

#include "words.h"

/// The position in the input and in the output, and where the input ends.
typedef struct {
  const uint8_t *in;
  const uint8_t *end;
  uint8_t *out;
} cursor;

/// Takes the first `count` bytes of the word that stands at the input; what is written after them is written again.
static inline void take_of_word(cursor *at, uint64_t word, size_t count) {
  store_word(at->out, word);
  at->in += count;
  at->out += count;
}

/// Whether the word begins with a sequence of three.
static inline bool has_three(uint64_t word) {
  uint64_t telling = word & 0x200F;
  return (word & 0xC0C0F0) == 0x8080E0 && telling != 0 && telling != 0x200D;
}

/// Whether the word begins with a sequence of two; one of the lead's bits but the lowest is set, else it is overlong.
static inline bool has_two(uint64_t word) { return (word & 0xC0E0) == 0x80C0 && (word & 0x1E) != 0; }

/// Whether the word begins with a sequence of four: F0 before 90 and up, F1 to F3, F4 before what is below 90.
static inline bool has_four(uint64_t word) {
  uint64_t lead = word & 7;
  bool upper = (word & 0x3000) != 0;
  return (word & 0xC0C0C0F8) == 0x808080F0 && (lead == 0 ? upper : lead < 4 || (lead == 4 && !upper));
}

/// Takes sequences as long as there are any and the input has eight bytes. False: not even one.
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
