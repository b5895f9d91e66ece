// Stage 2: the bytes under the masks, laid side by side in three places.
//
// A compress to memory is microcoded on Zen 4: compress to a register, and store all of it. What was stored too much,
// the next store overwrites.
#ifndef CZMIN_AVX512_COMPACT_H
#define CZMIN_AVX512_COMPACT_H

#include "avx512.h"

#if defined(__x86_64__)

/// Where the next byte goes.
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

/// Few blocks have more than 32 bytes outside strings: the second half of the store is worth a branch.
STAGE_INLINE void compact_skeleton(const uint8_t *in, const uint64_t *mask, uint8_t **skeleton) {
  __m512i picked = compress(mask, _mm512_loadu_si512(in));
  size_t count = (size_t)_mm_popcnt_u64(*mask);
  _mm256_storeu_si256((__m256i *)(void *)*skeleton, _mm512_castsi512_si256(picked));
  if (UNLIKELY(count > 32)) {
    _mm256_storeu_si256((__m256i *)(void *)(*skeleton + 32), _mm512_extracti64x4_epi64(picked, 1));
  }
  *skeleton += count;
}

/// Whether the masks of a group pick every byte.
STAGE_INLINE bool picks_all(const uint64_t *masks) {
  return _mm512_cmpeq_epi64_mask(_mm512_load_si512(masks), _mm512_set1_epi64(-1)) == 0xFF;
}

/// How far ahead of the output to ask for the lines that will be written.
enum { WRITE_AHEAD = 2 * GROUP };

/// Asks for the line to be read a sub-block later and for the one to be written soon; they may lie past their buffers.
STAGE_INLINE void fetch_ahead(const uint8_t *in, const uint8_t *output) {
  __builtin_prefetch((const void *)((uintptr_t)in + SUB_BLOCK), 0, 2);
  __builtin_prefetch((const void *)((uintptr_t)output + WRITE_AHEAD), 1, 3);
}

/// Compacts one group. Whole groups are copied: minified input is nothing
/// else, and its skeleton is all of it where there are only numbers.
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
