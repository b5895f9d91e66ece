// Operations shared by the kernels with short registers, AVX2 and NEON. Included at the end of avx2.h and neon.h.
//
// These CPUs have no instruction to pack bytes. Bytes are packed eight at a time, by a shuffle for each mask of eight
// bits:
//
//   bytes      a b c d e f g h
//   mask       . 1 1 . . 1 . .
//   shuffle    1 2 5 0 0 0 0 0      the indices of the set bits, then zeros
//   result     b c f a a a a a      the next store overwrites what follows the third byte
#ifndef CZMIN_BLOCKS_H
#define CZMIN_BLOCKS_H

#include "block_codes.h"
#include "bytesets.h"
#include "stages.h"

/// j if bit j is the i-th set bit of the mask, counted from 0, else 0.
#define BIT_AT(mask, i, j) \
  (((mask) >> (j) & 1) != 0 && __builtin_popcount((mask) & ((1 << (j)) - 1)) == (i) ? (j) : 0)
#define BYTE_AT(mask, i) \
  (BIT_AT(mask, i, 1) | BIT_AT(mask, i, 2) | BIT_AT(mask, i, 3) | BIT_AT(mask, i, 4) | BIT_AT(mask, i, 5) | \
   BIT_AT(mask, i, 6) | BIT_AT(mask, i, 7))
#define SHUFFLE_FOR(mask) \
  {BYTE_AT(mask, 0), BYTE_AT(mask, 1), BYTE_AT(mask, 2), BYTE_AT(mask, 3), \
   BYTE_AT(mask, 4), BYTE_AT(mask, 5), BYTE_AT(mask, 6), BYTE_AT(mask, 7)}

/// The indices of the set bits of each mask, lowest first.
static const uint8_t pack_shuffles[256][8] __attribute__((aligned(64))) = {
    ENTRIES_64(SHUFFLE_FOR, 0), ENTRIES_64(SHUFFLE_FOR, 64), ENTRIES_64(SHUFFLE_FOR, 128),
    ENTRIES_64(SHUFFLE_FOR, 192)};

/// The memory of one call.
typedef struct {
  dense_buffer skeleton, codes, elements;
  number_planes numbers;
} workspace;

STAGE_INLINE bytes64 all_three(bytes64 a, bytes64 b, bytes64 c) { return both(both(a, b), c); }
STAGE_INLINE bytes64 lower_halves(bytes64 bytes) { return both(bytes, repeat_byte(15)); }
STAGE_INLINE uint64_t zero_bytes(bytes64 bytes) { return mask_bits(equal(bytes, repeat_byte(0))); }
STAGE_INLINE uint64_t equal_bytes(bytes64 bytes, uint8_t byte) { return mask_bits(equal(bytes, repeat_byte(byte))); }

/// Packs 64 bytes. If `to` is not past `from`, no store goes past the end of the 64.
STAGE_INLINE void pack_from(const uint8_t *from, uint64_t mask, uint8_t **to) {
#pragma clang loop unroll(full)
  for (unsigned at = 0; at < BLOCK; at += 8) {
    uint8_t eight = (uint8_t)(mask >> at);
    shuffle_8(from + at, pack_shuffles[eight], *to);
    *to += count_bits(eight);
  }
}

STAGE_INLINE void pack_bytes(bytes64 bytes, uint64_t mask, uint8_t **to) {
  uint8_t copy[BLOCK] __attribute__((aligned(64)));
  store_bytes(copy, bytes);
  pack_from(copy, mask, to);
}

/// Computes the codes of the first `count` characters of the skeleton, whole blocks, and of the history before them.
STAGE_INLINE const uint8_t *encode(workspace *workspace, size_t count) {
  const uint8_t *characters = workspace->skeleton.bytes;
  uint8_t *codes = workspace->codes.bytes;
  for (size_t at = 0; at < LOOK_BEHIND + count; at += BLOCK) store_bytes(codes + at, codes_of(characters + at));
  return codes + LOOK_BEHIND;
}

STAGE_INLINE uint64_t digit_codes(bytes64 codes) {
  return equal_bytes(codes, CODE_0) | equal_bytes(codes, CODE_1_TO_9);
}

#endif
