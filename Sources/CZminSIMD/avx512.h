// The instruction layer of stages.h for AVX-512 with VBMI2 and GFNI.
#ifndef CZMIN_AVX512_H
#define CZMIN_AVX512_H

#if defined(__x86_64__)

#include <immintrin.h>

#include "bytesets.h"
#include "stages.h"

// No CPU check requires prfchw: a CPU without it executes prefetchw as a no-op.
#define STAGE_FEATURES \
  "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,avx512cd,bmi,bmi2,lzcnt,popcnt,pclmul,vpclmulqdq," \
  "gfni,prfchw"
#define STAGE_TARGET __attribute__((target(STAGE_FEATURES)))
#define STAGE_INLINE __attribute__((target(STAGE_FEATURES), always_inline)) static inline

enum {
  BLOCKS = 8,  // blocks of a group, whose masks fill one register
  GROUP = BLOCK * BLOCKS,
};
_Static_assert(SUB_BLOCK % GROUP == 0, "only the last group of a window may be short");

/// The masks of a group, one lane of 64 bits per block.
typedef struct {
  uint64_t output[BLOCKS];
  uint64_t skeleton[BLOCKS];
  uint64_t past_ascii[BLOCKS];
} __attribute__((aligned(64))) group_masks;

/// The memory of one call. There are two sets of masks: the next group's masks are made before this group's are used.
typedef struct {
  group_masks masks[2];
  dense_buffer skeleton;
  dense_buffer elements, remaining_elements;
  dense_buffer past_ascii;
  number_planes numbers;
} workspace;

typedef __m512i bytes64;

STAGE_INLINE bytes64 load_bytes(const uint8_t *from) { return _mm512_loadu_si512(from); }
STAGE_INLINE void store_bytes(uint8_t *to, bytes64 bytes) { _mm512_storeu_si512(to, bytes); }
STAGE_INLINE bytes64 repeat_byte(uint8_t byte) { return _mm512_set1_epi8((char)byte); }
STAGE_INLINE bytes64 both(bytes64 a, bytes64 b) { return _mm512_and_si512(a, b); }
STAGE_INLINE bytes64 either(bytes64 a, bytes64 b) { return _mm512_or_si512(a, b); }
STAGE_INLINE bytes64 differing(bytes64 a, bytes64 b) { return _mm512_xor_si512(a, b); }
STAGE_INLINE bytes64 all_three(bytes64 a, bytes64 b, bytes64 c) { return _mm512_ternarylogic_epi64(a, b, c, 0x80); }
STAGE_INLINE bytes64 subtract_to_zero(bytes64 a, bytes64 b) { return _mm512_subs_epu8(a, b); }
STAGE_INLINE bytes64 lower_halves(bytes64 bytes) { return both(bytes, repeat_byte(15)); }
STAGE_INLINE bytes64 upper_halves(bytes64 bytes) { return both(_mm512_srli_epi16(bytes, 4), repeat_byte(15)); }

STAGE_INLINE bytes64 look_up_16(const uint8_t *table, bytes64 halves) {
  __m128i entries = _mm_load_si128((const __m128i *)(const void *)table);
  return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(entries), halves);
}

STAGE_INLINE uint64_t zero_bytes(bytes64 bytes) { return _mm512_testn_epi8_mask(bytes, bytes); }
STAGE_INLINE uint64_t any_bits(bytes64 bytes, uint8_t bits) { return _mm512_test_epi8_mask(bytes, repeat_byte(bits)); }
STAGE_INLINE uint64_t bit_plane(bytes64 bytes, unsigned bit) { return any_bits(bytes, (uint8_t)(1U << bit)); }
STAGE_INLINE uint64_t equal_bytes(bytes64 bytes, uint8_t byte) {
  return _mm512_cmpeq_epi8_mask(bytes, repeat_byte(byte));
}

STAGE_INLINE void pack_bytes(bytes64 bytes, uint64_t mask, uint8_t **to) {
  store_bytes(*to, _mm512_maskz_compress_epi8(mask, bytes));
  *to += _mm_popcnt_u64(mask);
}

STAGE_INLINE uint64_t bits_under(uint64_t bits, uint64_t mask) { return _pext_u64(bits, mask); }

// The codes are the characters themselves. A look-up folds them to six bits: the lower five bits, and whether the two
// above differ. No two skeleton characters fold to the same index, and stage 1 has refused all others. On Intel, a
// look-up by six bits is one operation. One by seven bits is three, two of them on the busiest port.
#define TABLE_WIDTH 64
#define FOLDED_1(entry, at) entry(at) | entry(((at) ^ 0x20) + 64)
#define FOLDED_4(entry, at) \
  FOLDED_1(entry, at), FOLDED_1(entry, (at) + 1), FOLDED_1(entry, (at) + 2), FOLDED_1(entry, (at) + 3)
#define FOLDED_16(entry, at) \
  FOLDED_4(entry, at), FOLDED_4(entry, (at) + 4), FOLDED_4(entry, (at) + 8), FOLDED_4(entry, (at) + 12)
#define TABLE_OF(entry) {FOLDED_16(entry, 0), FOLDED_16(entry, 16), FOLDED_16(entry, 32), FOLDED_16(entry, 48)}
#define CODE_OF(character) ((uint8_t)(character))

STAGE_INLINE bytes64 look_up(const uint8_t *table, bytes64 codes) {
  // One row per result bit, lowest first, as the set of bits that it is the sum of.
  const __m512i fold = _mm512_set1_epi64(0x0102040810600000LL);
  return _mm512_permutexvar_epi8(_mm512_gf2p8affine_epi64_epi8(codes, fold, 0), _mm512_load_si512(table));
}

STAGE_INLINE const uint8_t *encode(const workspace *workspace, size_t count) {
  (void)count;
  return workspace->skeleton.bytes + LOOK_BEHIND;
}

STAGE_INLINE uint64_t digit_codes(bytes64 codes) {
  return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(codes, repeat_byte('0')), repeat_byte(10));
}

/// The lanes moved up by one, with the last lane of `before` at the bottom.
STAGE_INLINE __m512i lanes_before(__m512i lanes, __m512i before) { return _mm512_alignr_epi64(lanes, before, 7); }

STAGE_INLINE uint64_t last_lane(__m512i lanes) {
  return (uint64_t)_mm_extract_epi64(_mm512_extracti64x2_epi64(lanes, 3), 1);
}

/// Adds two masks of `lanes` lanes as numbers, with the carry of the previous sum, and stores the new carry. Carries
/// between lanes come from a sum with one bit per lane: a lane of all ones propagates a carry.
STAGE_INLINE __m512i add_lanes(__m512i a, __m512i b, unsigned lanes, uint64_t *carry) {
  __m512i sum = _mm512_add_epi64(a, b);
  unsigned generate = _mm512_cmplt_epu64_mask(sum, a);
  unsigned propagate = _mm512_cmpeq_epi64_mask(sum, _mm512_set1_epi64(-1));
  unsigned carries = ((generate << 1 | (unsigned)*carry) + propagate) ^ propagate;
  *carry = carries >> lanes & 1;
  return _mm512_mask_sub_epi64(sum, (__mmask8)carries, sum, _mm512_set1_epi64(-1));
}

/// Shifts a mask of 512 bits up by one. The last bit of `before`, the group before, comes in.
STAGE_INLINE __m512i shift_in(__m512i mask, __m512i before) {
  return _mm512_or_si512(_mm512_add_epi64(mask, mask), _mm512_srli_epi64(lanes_before(mask, before), 63));
}

#endif
#endif
