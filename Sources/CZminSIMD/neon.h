// The instruction layer of stages.h for NEON, which every aarch64 CPU has.
#ifndef CZMIN_NEON_H
#define CZMIN_NEON_H

#if defined(__aarch64__)

#include <arm_neon.h>

#include "block_codes.h"
#include "stages.h"

#define STAGE_TARGET
#define STAGE_INLINE INLINE

typedef uint8x16x4_t bytes64;
typedef uint8x16_t bytes16;

/// One instruction for each quarter.
#define QUARTERS(of, a, b) \
  ((bytes64){{of((a).val[0], (b).val[0]), of((a).val[1], (b).val[1]), \
              of((a).val[2], (b).val[2]), of((a).val[3], (b).val[3])}})
#define EACH(of, a) ((bytes64){{of((a).val[0]), of((a).val[1]), of((a).val[2]), of((a).val[3])}})

STAGE_INLINE bytes16 load_16(const uint8_t *from) { return vld1q_u8(from); }
STAGE_INLINE bytes64 load_bytes(const uint8_t *from) {
  return (bytes64){{vld1q_u8(from), vld1q_u8(from + 16), vld1q_u8(from + 32), vld1q_u8(from + 48)}};
}
STAGE_INLINE bytes16 last_16(bytes64 bytes) { return bytes.val[3]; }

STAGE_INLINE void store_bytes(uint8_t *to, bytes64 bytes) {
  for (int i = 0; i < 4; i++) vst1q_u8(to + 16 * i, bytes.val[i]);
}

STAGE_INLINE bytes64 repeat_byte(uint8_t byte) {
  uint8x16_t repeated = vdupq_n_u8(byte);
  return (bytes64){{repeated, repeated, repeated, repeated}};
}

STAGE_INLINE bytes64 both(bytes64 a, bytes64 b) { return QUARTERS(vandq_u8, a, b); }
STAGE_INLINE bytes64 either(bytes64 a, bytes64 b) { return QUARTERS(vorrq_u8, a, b); }
STAGE_INLINE bytes64 differing(bytes64 a, bytes64 b) { return QUARTERS(veorq_u8, a, b); }
STAGE_INLINE bytes64 equal(bytes64 a, bytes64 b) { return QUARTERS(vceqq_u8, a, b); }
STAGE_INLINE bytes64 lesser(bytes64 a, bytes64 b) { return QUARTERS(vminq_u8, a, b); }
STAGE_INLINE bytes64 subtract(bytes64 a, bytes64 b) { return QUARTERS(vsubq_u8, a, b); }
STAGE_INLINE bytes64 subtract_to_zero(bytes64 a, bytes64 b) { return QUARTERS(vqsubq_u8, a, b); }

#define SHIFTED_4(quarter) vshrq_n_u8(quarter, 4)
STAGE_INLINE bytes64 upper_halves(bytes64 bytes) { return EACH(SHIFTED_4, bytes); }

/// The entries at the indices, 0 for an index of 16 or more.
STAGE_INLINE bytes64 look_up_16(const uint8_t *table, bytes64 indices) {
  uint8x16_t entries = vld1q_u8(table);
#define ENTRY_16(quarter) vqtbl1q_u8(entries, quarter)
  return EACH(ENTRY_16, indices);
}

/// The entries at the lower halves of bytes, 0 for bytes past ASCII.
STAGE_INLINE bytes64 by_lower_half(const uint8_t *table, bytes64 bytes) {
  return look_up_16(table, both(bytes, repeat_byte(0x8F)));
}

/// The bits of bytes that are all ones or all zeros. Each byte keeps the bit of its index within eight, and three sums
/// of neighbours merge each eight:
///
///   bytes      FF 00 FF FF 00 00 00 FF
///   kept       01 00 04 08 00 00 00 80
///   sums       01 0C 00 80   0D 80   8D
STAGE_INLINE uint64_t mask_bits(bytes64 bytes) {
  static const uint8_t bits[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t bit = vld1q_u8(bits);
  uint8x16_t first = vpaddq_u8(vandq_u8(bytes.val[0], bit), vandq_u8(bytes.val[1], bit));
  uint8x16_t second = vpaddq_u8(vandq_u8(bytes.val[2], bit), vandq_u8(bytes.val[3], bit));
  uint8x16_t all = vpaddq_u8(first, second);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

/// The highest bit of each byte.
STAGE_INLINE uint64_t sign_bits(bytes64 bytes) {
#define IS_NEGATIVE(quarter) vcltzq_s8(vreinterpretq_s8_u8(quarter))
  return mask_bits(EACH(IS_NEGATIVE, bytes));
}

STAGE_INLINE uint64_t any_bits(bytes64 bytes, uint8_t bits) {
  return mask_bits(QUARTERS(vtstq_u8, bytes, repeat_byte(bits)));
}

STAGE_INLINE uint64_t bit_plane(bytes64 bytes, int bit) { return any_bits(bytes, (uint8_t)(1 << bit)); }

/// The bytes `distance`, a constant, before each byte. `before` holds the bytes before the first.
#define preceding(bytes, before, distance) \
  ((bytes64){{vextq_u8((before), (bytes).val[0], 16 - (distance)), \
              vextq_u8((bytes).val[0], (bytes).val[1], 16 - (distance)), \
              vextq_u8((bytes).val[1], (bytes).val[2], 16 - (distance)), \
              vextq_u8((bytes).val[2], (bytes).val[3], 16 - (distance))}})

STAGE_INLINE void shuffle_8(const uint8_t *from, const uint8_t *shuffle, uint8_t *to) {
  uint8x8_t bytes = vld1_u8(from);
  vst1_u8(to, vqtbl1_u8(vcombine_u8(bytes, bytes), vld1_u8(shuffle)));
}

/// Packs bit by bit, for lack of an instruction. Few elements are left after the passes.
STAGE_INLINE uint64_t bits_under(uint64_t bits, uint64_t mask) {
  uint64_t under = 0;
  for (uint64_t bit = 1; mask != 0; mask &= mask - 1, bit <<= 1) {
    if (bits & mask & -mask) under |= bit;
  }
  return under;
}

/// Doubling steps. The carry-less product is an extension that not every aarch64 CPU has.
STAGE_INLINE uint64_t exclusive_or_below(uint64_t bits) {
  for (int step = 1; step < 64; step *= 2) bits ^= bits << step;
  return bits;
}

/// Looks up codes below 32 in a table of 32.
STAGE_INLINE bytes64 look_up(const uint8_t *table, bytes64 codes) {
  uint8x16x2_t entries = {{vld1q_u8(table), vld1q_u8(table + 16)}};
#define ENTRY_32(quarter) vqtbl2q_u8(entries, quarter)
  return EACH(ENTRY_32, codes);
}

/// The codes of 64 characters. An index selects from one of the two tables, or from neither.
STAGE_INLINE bytes64 codes_of(const uint8_t *characters) {
  bytes64 lower_table = load_bytes(code_of), upper_table = load_bytes(code_of + 64), indices = load_bytes(characters);
#define ENTRY_64_LOWER(quarter) vqtbl4q_u8(lower_table, quarter)
#define ENTRY_64_UPPER(quarter) vqtbl4q_u8(upper_table, quarter)
  bytes64 lower = EACH(ENTRY_64_LOWER, indices);
  bytes64 in_upper = differing(indices, repeat_byte(0x40));
  return either(lower, EACH(ENTRY_64_UPPER, in_upper));
}

#include "blocks.h"

#endif
#endif
