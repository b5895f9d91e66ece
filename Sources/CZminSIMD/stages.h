// What the vector kernels share: their stages, sizes, and what goes from one stage to the next.
//
// A window goes through in sub-blocks, and each sub-block through these stages, each with a header of its own:
//
//   *_masks.h     raw bytes -> where strings are, what is kept; escapes and control characters are checked here
//   *_compact.h   the bytes under those masks -> output, skeleton
//   utf8.h        the bytes past ASCII -> UTF-8
//   skeleton.h    the skeleton -> every token and what may follow what; brackets and commas come out as elements
//   numbers.h     where points, exponents and digits are -> their order
//   elements.h    the elements -> nesting
//   window_edges.h       from a zmin_state to what these stages carry, and back
//   window.h      all of them over a window
//
// The headers without a kernel's name are written once, over 64 bytes at a time and masks of 64 bits. A kernel's own
// header, avx512.h for one, comes before them and gives them a thin layer over its instructions:
//
//   STAGE_TARGET, STAGE_INLINE       how functions are compiled
//   bytes64                          64 bytes in registers, with load_bytes, store_bytes, repeat_byte, both, either,
//                                    differing, all_three, subtract_to_zero, upper_halves, lower_halves, look_up_16
//   zero_bytes, any_bits, bit_plane, equal_bytes    from 64 bytes to a mask
//   pack_bytes                       the bytes under a mask, side by side
//   TABLE_WIDTH, TABLE_OF, look_up   tables by the codes that the skeleton's characters have
//   CODE_OF, encode, digit_codes     those codes
//   bits_under                       the bits under a mask, side by side
//   workspace                        the memory of one call, with `skeleton`, `elements` and `numbers`
//
// Of these blocks.h gives some to a kernel with masks in general registers, which in turn gives:
//
//   bytes16, load_16, last_16, preceding            the bytes before each
//   equal, lesser, subtract, by_lower_half          more on 64 bytes
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
  SUB_BLOCK = 128 * BLOCK,  // raw bytes that pass one stage before the next begins; all of it stays in L1
  LOOK_BEHIND = 64,         // room before a dense buffer for what stood before it
  OVERRUN = 3 * BLOCK,      // room behind it: what was left over, and whole registers written past the end
};

/// Bytes picked out of the input and laid side by side; those before `bytes[LOOK_BEHIND]` are history.
typedef struct {
  uint8_t bytes[LOOK_BEHIND + SUB_BLOCK + OVERRUN];
} __attribute__((aligned(64))) dense_buffer;

/// Of each block of the skeleton where points, exponents and digits are. The sign of an exponent is among the digits.
typedef struct {
  uint64_t points[SUB_BLOCK / BLOCK], exponents[SUB_BLOCK / BLOCK], digits[SUB_BLOCK / BLOCK];
} __attribute__((aligned(64))) number_planes;

/// What the next sub-block will read and write. The stages that work in L1 ask for it meanwhile, a line of each at a
/// time; the addresses may lie outside their buffers, since a prefetch never faults.
typedef struct {
  uintptr_t in, out;
} upcoming_lines;

/// Both are asked for as if to be read, into the second cache: a line that no other core has can be written as well,
/// and in the first it would take the place of what the stages work on.
INLINE void fetch_line(const upcoming_lines *upcoming, size_t offset) {
  __builtin_prefetch((const void *)(upcoming->in + offset), 0, 2);
  __builtin_prefetch((const void *)(upcoming->out + offset), 0, 2);
}

/// The first `count` of 64 bits; count may be anything from 0 up.
INLINE uint64_t first_bits(size_t count) { return count >= 64 ? ~0ULL : (1ULL << count) - 1; }

INLINE unsigned count_bits(uint64_t mask) { return (unsigned)__builtin_popcountll(mask); }

/// The sum of both and of the carry from the sum before, whose place the carry out takes.
INLINE uint64_t add_with_carry(uint64_t a, uint64_t b, uint64_t *carry) {
  unsigned long long out, sum = __builtin_addcll(a, b, *carry, &out);
  *carry = out;
  return sum;
}

#endif
