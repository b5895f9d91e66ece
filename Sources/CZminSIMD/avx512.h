// What the files of the AVX-512 kernels share: how they are compiled, sizes, and the memory that they work in.
//
// A window goes through in sub-blocks, and each sub-block through these stages, each with a header of its own:
//
//   avx512_masks.h     512 bytes -> where strings are, what is kept; escapes and control characters are checked here
//   avx512_compact.h   the bytes under those masks -> output, skeleton, bytes past ASCII
//   avx512_skeleton.h  the skeleton -> every token and what may follow what; brackets and commas come out as elements
//   avx512_elements.h  the elements -> nesting
//   avx512_utf8.h      the bytes past ASCII -> UTF-8
//   avx512_seams.h     from a zmin_state to what these stages carry, and back
#ifndef CZMIN_AVX512_H
#define CZMIN_AVX512_H

#if defined(__x86_64__)

#include <immintrin.h>

#include "nesting.h"
#include "words.h"

#define AVX512_FEATURES \
  "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,avx512cd,bmi,bmi2,lzcnt,popcnt,pclmul,vpclmulqdq,gfni"
#define AVX512 __attribute__((target(AVX512_FEATURES)))
#define AVX512_INLINE __attribute__((target(AVX512_FEATURES), always_inline)) static inline

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

enum {
  BLOCK = 64,           // bytes of one register
  BLOCKS = 8,           // blocks of a group: the masks of eight blocks fill one register
  GROUP = BLOCK * BLOCKS,
  SUB_BLOCK = 16 * GROUP,  // raw bytes that pass one stage before the next begins; all of it stays in L1
  LOOK_BEHIND = 64,     // room before a dense buffer for what stood before it
  OVERRUN = 3 * BLOCK,  // room behind it: what was left over, and whole registers written past the end
};

/// The masks of one group, a lane of 64 bits for each block.
typedef struct {
  uint64_t output[BLOCKS];
  uint64_t skeleton[BLOCKS];
  uint64_t past_ascii[BLOCKS];
} __attribute__((aligned(64))) group_masks;

/// Bytes picked out of the input and laid side by side; those before `bytes[LOOK_BEHIND]` are history.
typedef struct {
  uint8_t bytes[LOOK_BEHIND + SUB_BLOCK + OVERRUN];
} __attribute__((aligned(64))) dense_buffer;

/// The memory of one call. The masks are two, since those of the next group are made before this one's are used.
typedef struct {
  group_masks masks[2];
  dense_buffer skeleton;
  dense_buffer elements, settled_elements;
  dense_buffer past_ascii;
} avx512_workspace;

/// The first `count` of 64 bits; count may be anything from 0 up.
AVX512_INLINE uint64_t first_bits(size_t count) { return count >= 64 ? ~0ULL : _bzhi_u64(~0ULL, (unsigned)count); }

/// Each lane's predecessor: the lanes moved up by one, with the last lane of `before` at the bottom.
AVX512_INLINE __m512i lanes_before(__m512i lanes, __m512i before) { return _mm512_alignr_epi64(lanes, before, 7); }

AVX512_INLINE uint64_t last_lane(__m512i lanes) {
  return (uint64_t)_mm_extract_epi64(_mm512_extracti64x2_epi64(lanes, 3), 1);
}

/// Shifts a mask of 512 bits up by one. `before` is the mask of the group before; its last bit comes in.
AVX512_INLINE __m512i shift_in(__m512i mask, __m512i before) {
  return _mm512_or_si512(_mm512_add_epi64(mask, mask), _mm512_srli_epi64(lanes_before(mask, before), 63));
}

#endif
#endif
