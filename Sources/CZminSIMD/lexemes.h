// The part of the lexeme automaton that all kernels share.
#ifndef CZMIN_LEXEMES_H
#define CZMIN_LEXEMES_H

#include "CZminSIMD.h"

/// A lexeme or expectation that no valid document reaches.
enum { REJECTED = 0xFF };

/// The lexeme after the first byte of a UTF-8 sequence.
static inline uint8_t utf8_lead(uint8_t byte) {
  if (byte < 0xC2) return REJECTED;
  if (byte < 0xE0) return ZMIN_TAIL1;
  if (byte < 0xF0) return byte == 0xE0 ? ZMIN_TAIL2_E0 : byte == 0xED ? ZMIN_TAIL2_ED : ZMIN_TAIL2;
  if (byte < 0xF5) return byte == 0xF0 ? ZMIN_TAIL3_F0 : byte == 0xF4 ? ZMIN_TAIL3_F4 : ZMIN_TAIL3;
  return REJECTED;
}

#endif
