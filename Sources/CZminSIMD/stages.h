// The stages of the vector kernels: sizes, order, and the data passed from one stage to the next.
//
// A window is processed in sub-blocks that fit in the L1 cache. Each sub-block passes these stages:
//
//   *_masks.h       raw bytes -> masks of strings and kept bytes; checks escapes and control characters
//   *_compact.h     bytes under the masks -> output, skeleton
//   utf8.h          bytes past ASCII -> UTF-8 errors
//   skeleton.h      skeleton -> token errors, elements (brackets and commas)
//   numbers.h       points, exponents, digits -> errors in their order
//   elements.h      elements -> nesting
//
//   window_edges.h  converts a zmin_state to the state that the stages carry, and back
//   window.h        runs the stages over a window
//
// The headers without a kernel's name are written once, over 64 bytes at a time and masks of 64 bits. They build on a
// thin layer of instructions from the kernel's own header, for example avx512.h, which is included first:
//
//   STAGE_TARGET, STAGE_INLINE       function attributes
//   bytes64                          64 bytes in registers, with load_bytes, store_bytes, repeat_byte, both, either,
//                                    differing, all_three, subtract_to_zero, upper_halves, lower_halves, look_up_16
//   zero_bytes, any_bits, bit_plane, equal_bytes    from 64 bytes to a mask
//   pack_bytes                       packs the bytes under a mask
//   TABLE_WIDTH, TABLE_OF, look_up   tables indexed by the codes of skeleton characters
//   CODE_OF, encode, digit_codes     those codes
//   bits_under                       packs the bits under a mask
//   workspace                        the memory of one call, with `skeleton`, `elements` and `numbers`
//
// For kernels with masks in general registers, blocks.h provides some of these. Such a kernel provides:
//
//   bytes16, load_16, last_16, preceding            the bytes before each byte
//   equal, lesser, subtract, by_lower_half          more operations on 64 bytes
//   mask_bits, sign_bits, exclusive_or_below        masks
//   shuffle_8, codes_of                             packing and codes
#ifndef CZMIN_STAGES_H
#define CZMIN_STAGES_H

#include "nesting.h"
#include "words.h"

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define INLINE __attribute__((always_inline)) static inline

enum {
  BLOCK = 64,
  SUB_BLOCK = 128 * BLOCK,  // raw bytes per stage before the next stage begins, so that all data stays in L1
  LOOK_BEHIND = 64,         // room before a dense buffer for its history
  OVERRUN = 3 * BLOCK,      // room after it for a rest and for whole registers stored past the end
};

/// Bytes picked from the input and packed. Those before `bytes[LOOK_BEHIND]` are history.
typedef struct {
  uint8_t bytes[LOOK_BEHIND + SUB_BLOCK + OVERRUN];
} __attribute__((aligned(64))) dense_buffer;

/// The points, exponents and digits of each block of the skeleton. The sign of an exponent counts as a digit.
typedef struct {
  uint64_t points[SUB_BLOCK / BLOCK], exponents[SUB_BLOCK / BLOCK], digits[SUB_BLOCK / BLOCK];
} __attribute__((aligned(64))) number_planes;

/// The next sub-block's input and output. The stages that work in L1 prefetch it line by line. Addresses may lie
/// outside their buffers, since a prefetch never faults.
typedef struct {
  uintptr_t in, out;
} upcoming_lines;

/// Prefetches both lines for reading into the L2 cache. A line that no other core holds can be written too. In L1 the
/// lines would evict the data of the stages.
INLINE void fetch_line(const upcoming_lines *upcoming, size_t offset) {
  __builtin_prefetch((const void *)(upcoming->in + offset), 0, 2);
  __builtin_prefetch((const void *)(upcoming->out + offset), 0, 2);
}

/// The lowest `count` of 64 bits, for any `count`.
INLINE uint64_t first_bits(size_t count) { return count >= 64 ? ~0ULL : (1ULL << count) - 1; }

INLINE unsigned count_bits(uint64_t mask) { return (unsigned)__builtin_popcountll(mask); }

/// Adds with the carry of the previous sum, and stores the new carry.
INLINE uint64_t add_with_carry(uint64_t a, uint64_t b, uint64_t *carry) {
  unsigned long long out, sum = __builtin_addcll(a, b, *carry, &out);
  *carry = out;
  return sum;
}

#endif
