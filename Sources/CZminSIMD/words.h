// Eight bytes in one register. A marked byte has its highest bit set. Only the lowest mark of a result is exact, since
// a borrow or carry may run on above it. No caller needs more.
#ifndef CZMIN_WORDS_H
#define CZMIN_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte in memory must be the lowest");

static inline uint64_t load_word(const uint8_t *from) {
  uint64_t word;
  memcpy(&word, from, sizeof word);
  return word;
}

static inline void store_word(uint8_t *to, uint64_t word) { memcpy(to, &word, sizeof word); }

/// The byte repeated eight times.
static inline uint64_t repeat(uint8_t byte) { return byte * 0x0101010101010101U; }

static inline uint64_t high_bits(uint64_t word) { return word & repeat(0x80); }

/// Marks the bytes below `bound`, which is at most 0x80.
static inline uint64_t bytes_below(uint64_t word, uint8_t bound) { return high_bits((word - repeat(bound)) & ~word); }

static inline uint64_t bytes_equal(uint64_t word, uint8_t byte) { return bytes_below(word ^ repeat(byte), 1); }

/// Marks the special bytes inside a string: quotes, backslashes, control characters, bytes past ASCII.
static inline uint64_t string_specials(uint64_t word) {
  return bytes_equal(word, '"') | bytes_equal(word, '\\') | bytes_below(word, 0x20) | high_bits(word);
}

/// Marks bytes that are not decimal digits. The exclusive or maps digits to 0...9, and adding 0x76 takes 10 to 0x80.
static inline uint64_t non_digits(uint64_t word) {
  uint64_t value = word ^ repeat('0');
  return high_bits((value + repeat(0x76)) | value);
}

/// The index of the lowest marked byte.
static inline size_t first_byte(uint64_t marks) { return (size_t)__builtin_ctzll(marks) / 8; }

#endif
