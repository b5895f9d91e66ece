// The instruction layer of stages.h for AVX2 with BMI2 and PCLMULQDQ.
#ifndef CZMIN_AVX2_H
#define CZMIN_AVX2_H

#if defined(__x86_64__)

#include <immintrin.h>

#include "block_codes.h"
#include "stages.h"

#define STAGE_FEATURES "avx2,bmi,bmi2,lzcnt,popcnt,pclmul,prfchw"
#define STAGE_TARGET __attribute__((target(STAGE_FEATURES)))
#define STAGE_INLINE __attribute__((target(STAGE_FEATURES), always_inline)) static inline

typedef struct {
  __m256i low, high;
} bytes64;

typedef __m128i bytes16;

/// One instruction for each half.
#define TWICE(of, a, b) ((bytes64){of((a).low, (b).low), of((a).high, (b).high)})

STAGE_INLINE __m256i load_32(const uint8_t *from) { return _mm256_loadu_si256((const __m256i *)(const void *)from); }
STAGE_INLINE bytes16 load_16(const uint8_t *from) { return _mm_loadu_si128((const __m128i *)(const void *)from); }
STAGE_INLINE bytes64 load_bytes(const uint8_t *from) { return (bytes64){load_32(from), load_32(from + 32)}; }
STAGE_INLINE bytes16 last_16(bytes64 bytes) { return _mm256_extracti128_si256(bytes.high, 1); }

STAGE_INLINE void store_bytes(uint8_t *to, bytes64 bytes) {
  _mm256_storeu_si256((__m256i *)(void *)to, bytes.low);
  _mm256_storeu_si256((__m256i *)(void *)(to + 32), bytes.high);
}

STAGE_INLINE bytes64 repeat_byte(uint8_t byte) {
  __m256i repeated = _mm256_set1_epi8((char)byte);
  return (bytes64){repeated, repeated};
}

STAGE_INLINE bytes64 both(bytes64 a, bytes64 b) { return TWICE(_mm256_and_si256, a, b); }
STAGE_INLINE bytes64 either(bytes64 a, bytes64 b) { return TWICE(_mm256_or_si256, a, b); }
STAGE_INLINE bytes64 differing(bytes64 a, bytes64 b) { return TWICE(_mm256_xor_si256, a, b); }
STAGE_INLINE bytes64 equal(bytes64 a, bytes64 b) { return TWICE(_mm256_cmpeq_epi8, a, b); }
STAGE_INLINE bytes64 lesser(bytes64 a, bytes64 b) { return TWICE(_mm256_min_epu8, a, b); }
STAGE_INLINE bytes64 subtract(bytes64 a, bytes64 b) { return TWICE(_mm256_sub_epi8, a, b); }
STAGE_INLINE bytes64 subtract_to_zero(bytes64 a, bytes64 b) { return TWICE(_mm256_subs_epu8, a, b); }
STAGE_INLINE bytes64 upper_halves(bytes64 bytes) {
  bytes64 shifted = {_mm256_srli_epi16(bytes.low, 4), _mm256_srli_epi16(bytes.high, 4)};
  return both(shifted, repeat_byte(15));
}

/// The entries at the lower halves of the indices, 0 for an index with its highest bit set.
STAGE_INLINE bytes64 look_up_16(const uint8_t *table, bytes64 indices) {
  __m256i entries = _mm256_broadcastsi128_si256(load_16(table));
  return (bytes64){_mm256_shuffle_epi8(entries, indices.low), _mm256_shuffle_epi8(entries, indices.high)};
}

/// The entries at the lower halves of bytes, 0 for bytes past ASCII.
STAGE_INLINE bytes64 by_lower_half(const uint8_t *table, bytes64 bytes) { return look_up_16(table, bytes); }

/// The highest bit of each byte.
STAGE_INLINE uint64_t sign_bits(bytes64 bytes) {
  return (uint32_t)_mm256_movemask_epi8(bytes.low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(bytes.high) << 32;
}

/// The bits of bytes that are all ones or all zeros.
STAGE_INLINE uint64_t mask_bits(bytes64 bytes) { return sign_bits(bytes); }

STAGE_INLINE uint64_t any_bits(bytes64 bytes, uint8_t bits) {
  return ~mask_bits(equal(both(bytes, repeat_byte(bits)), repeat_byte(0)));
}

/// One bit of each byte. The shift may carry other bits in, but only below it.
STAGE_INLINE uint64_t bit_plane(bytes64 bytes, int bit) {
  return sign_bits((bytes64){_mm256_slli_epi16(bytes.low, 7 - bit), _mm256_slli_epi16(bytes.high, 7 - bit)});
}

/// The bytes `distance`, a constant, before each byte. `before` holds the bytes before the first.
#define preceding(bytes, before, distance) \
  ((bytes64){ \
      _mm256_alignr_epi8( \
          (bytes).low, _mm256_inserti128_si256( \
              _mm256_castsi128_si256(before), _mm256_castsi256_si128((bytes).low), 1), 16 - (distance)), \
      _mm256_alignr_epi8( \
          (bytes).high, _mm256_permute2x128_si256((bytes).low, (bytes).high, 0x21), 16 - (distance))})

STAGE_INLINE void shuffle_8(const uint8_t *from, const uint8_t *shuffle, uint8_t *to) {
  __m128i indices = _mm_loadl_epi64((const __m128i *)(const void *)shuffle);
  __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)from);
  _mm_storel_epi64((__m128i *)(void *)to, _mm_shuffle_epi8(bytes, indices));
}

STAGE_INLINE uint64_t bits_under(uint64_t bits, uint64_t mask) { return _pext_u64(bits, mask); }

/// A carry-less product with all ones.
STAGE_INLINE uint64_t exclusive_or_below(uint64_t bits) {
  __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8(-1), 0);
  return (uint64_t)_mm_cvtsi128_si64(product);
}

/// Looks up codes below 32. An index that belongs to the other half of the table gets its highest bit set.
STAGE_INLINE bytes64 look_up(const uint8_t *table, bytes64 codes) {
  bytes64 lower = look_up_16(table, TWICE(_mm256_add_epi8, codes, repeat_byte(0x70)));
  bytes64 upper = look_up_16(table + 16, subtract(codes, repeat_byte(16)));
  return either(lower, upper);
}

STAGE_INLINE __m256i choose(__m256i if_clear, __m256i if_set, __m256i by_sign) {
  return _mm256_blendv_epi8(if_clear, if_set, by_sign);
}

/// The codes of 32 characters: a look-up in each of eight tables of 16, then a choice by each of the upper three bits.
STAGE_INLINE __m256i encode_32(__m256i characters) {
  __m256i row[8];
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) {
    row[i] = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(load_16(code_of + 16 * i)), characters);
  }
  __m256i bit4 = _mm256_slli_epi16(characters, 3), bit5 = _mm256_slli_epi16(characters, 2);
  __m256i lower = choose(choose(row[0], row[1], bit4), choose(row[2], row[3], bit4), bit5);
  __m256i upper = choose(choose(row[4], row[5], bit4), choose(row[6], row[7], bit4), bit5);
  return choose(lower, upper, _mm256_slli_epi16(characters, 1));
}

STAGE_INLINE bytes64 codes_of(const uint8_t *characters) {
  return (bytes64){encode_32(load_32(characters)), encode_32(load_32(characters + 32))};
}

#include "blocks.h"

#endif
#endif
