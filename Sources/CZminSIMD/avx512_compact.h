// Stage 2: packs the bytes under the masks into three buffers.
//
//   text          { " k " :   1 }
//   output mask   1 1 1 1 1 . 1 1      ->  { " k " : 1 }
//   skeleton mask 1 . . 1 1 . 1 1      ->  { " : 1 }
//
// Compressing to memory is microcoded on Zen 4. Compressing to a register and storing all of it is faster. The next
// store overwrites the excess.
#ifndef CZMIN_AVX512_COMPACT_H
#define CZMIN_AVX512_COMPACT_H

#include "avx512.h"

#if defined(__x86_64__)

/// The ends of the buffers.
typedef struct {
  uint8_t *output, *skeleton, *past_ascii;
} compact_ends;

STAGE_INLINE __m512i compress(const uint64_t *mask, __m512i bytes) {
  return _mm512_maskz_compress_epi8(_load_mask64((__mmask64 *)(uintptr_t)mask), bytes);
}

STAGE_INLINE void compact_output(const uint8_t *in, const uint64_t *mask, uint8_t **output) {
  _mm512_storeu_si512(*output, compress(mask, _mm512_loadu_si512(in)));
  *output += _mm_popcnt_u64(*mask);
}

/// Few blocks have more than 32 bytes outside strings, so a branch saves the second half of the store.
STAGE_INLINE void compact_skeleton(const uint8_t *in, const uint64_t *mask, uint8_t **skeleton) {
  __m512i picked = compress(mask, _mm512_loadu_si512(in));
  size_t count = (size_t)_mm_popcnt_u64(*mask);
  _mm256_storeu_si256((__m256i *)(void *)*skeleton, _mm512_castsi512_si256(picked));
  if (UNLIKELY(count > 32)) {
    _mm256_storeu_si256((__m256i *)(void *)(*skeleton + 32), _mm512_extracti64x4_epi64(picked, 1));
  }
  *skeleton += count;
}

/// True if the masks of a group select every byte.
STAGE_INLINE bool picks_all(const uint64_t *masks) {
  return _mm512_cmpeq_epi64_mask(_mm512_load_si512(masks), _mm512_set1_epi64(-1)) == 0xFF;
}

/// The distance ahead of the output to prefetch, in bytes.
enum { WRITE_AHEAD = 2 * GROUP };

/// Prefetches input one sub-block ahead and output soon to be written. Addresses may lie past the buffers.
STAGE_INLINE void fetch_ahead(const uint8_t *in, const uint8_t *output) {
  __builtin_prefetch((const void *)((uintptr_t)in + SUB_BLOCK), 0, 2);
  __builtin_prefetch((const void *)((uintptr_t)output + WRITE_AHEAD), 1, 3);
}

/// Packs one group, or copies it if all bytes are kept. All output is kept in minified input, and all of the skeleton
/// where there are only numbers.
STAGE_INLINE void compact_group(const uint8_t *in, const group_masks *masks, compact_ends *ends) {
  if (!picks_all(masks->output)) {
#pragma clang loop unroll(full)
    for (int block = 0; block < BLOCKS; block++) {
      fetch_ahead(in + block * BLOCK, ends->output);
      compact_output(in + block * BLOCK, masks->output + block, &ends->output);
      compact_skeleton(in + block * BLOCK, masks->skeleton + block, &ends->skeleton);
    }
  } else if (!picks_all(masks->skeleton)) {
#pragma clang loop unroll(full)
    for (int block = 0; block < BLOCKS; block++) {
      fetch_ahead(in + block * BLOCK, ends->output + block * BLOCK);
      _mm512_storeu_si512(ends->output + block * BLOCK, _mm512_loadu_si512(in + block * BLOCK));
      compact_skeleton(in + block * BLOCK, masks->skeleton + block, &ends->skeleton);
    }
    ends->output += GROUP;
  } else {
#pragma clang loop unroll(full)
    for (int block = 0; block < BLOCKS; block++) {
      fetch_ahead(in + block * BLOCK, ends->output + block * BLOCK);
      __m512i bytes = _mm512_loadu_si512(in + block * BLOCK);
      _mm512_storeu_si512(ends->output + block * BLOCK, bytes);
      _mm512_storeu_si512(ends->skeleton + block * BLOCK, bytes);
    }
    ends->output += GROUP;
    ends->skeleton += GROUP;
  }
  __m512i past_ascii = _mm512_load_si512(masks->past_ascii);
  for (unsigned blocks = _mm512_test_epi64_mask(past_ascii, past_ascii); blocks != 0; blocks &= blocks - 1) {
    int block = __builtin_ctz(blocks);
    compact_output(in + block * BLOCK, masks->past_ascii + block, &ends->past_ascii);
  }
}

#endif
#endif
