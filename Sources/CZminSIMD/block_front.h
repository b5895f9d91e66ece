// Stages 1, 2 and 5 over a sub-block, block by block, for kernels with masks in general registers.
#ifndef CZMIN_BLOCK_FRONT_H
#define CZMIN_BLOCK_FRONT_H

#include "block_masks.h"
#include "utf8.h"

/// The ends of the dense buffers.
typedef struct {
  uint8_t *output, *skeleton;
} compact_ends;

/// The state carried by stages 1 and 2.
typedef struct {
  scan_state scan;
  compact_ends ends;
  bytes16 before;     // the last 16 bytes of the block before
  bytes64 past_ascii; // UTF-8 errors
} front_stages;

STAGE_INLINE front_stages begin_front(
    const zmin_state *state, const zmin_format format, const uint8_t *in, uint8_t *out, workspace *workspace) {
  (void)in;
  uint8_t before[16] = {0};
  before[15] = lead_before[state->lexeme];
  return (front_stages){
      begin_scan(state, format), {out, workspace->skeleton.bytes + LOOK_BEHIND}, load_16(before), repeat_byte(0)};
}

/// Checks the UTF-8 of a block if it, or the end of the block before, has bytes past ASCII.
STAGE_INLINE void check_block_utf8(front_stages *front, bytes64 here, uint64_t past_ascii) {
  if (past_ascii | front->scan.past_ascii) {
    bytes64 wrong = utf8_errors(
        here, preceding(here, front->before, 1), preceding(here, front->before, 2), preceding(here, front->before, 3));
    front->past_ascii = either(front->past_ascii, wrong);
  }
  front->scan.past_ascii = past_ascii >> 61;
  front->before = last_16(here);
}

/// The number of blocks packed alike. In minified input all bytes are kept. A branch on that is predictable for several
/// blocks together, but not for each one.
enum { BLOCKS = 4 };

/// Packs `count` blocks, a constant, or copies them if all bytes are kept.
STAGE_INLINE void pack_or_copy(
    const uint8_t *in, const uint64_t *masks, const size_t count, bool all, uint8_t **to) {
  if (all) {
    for (size_t i = 0; i < count; i++) store_bytes(*to + i * BLOCK, load_bytes(in + i * BLOCK));
    *to += count * BLOCK;
  } else {
    for (size_t i = 0; i < count; i++) pack_from(in + i * BLOCK, masks[i], to);
  }
}

/// Processes `count` blocks, a constant.
STAGE_INLINE void pass_blocks(front_stages *front, const zmin_format format, const uint8_t *in, const size_t count) {
  uint64_t output[BLOCKS], skeleton[BLOCKS], all_output = ~0ULL, all_skeleton = ~0ULL;
#pragma clang loop unroll(full)
  for (size_t i = 0; i < count; i++) {
    bytes64 here = load_bytes(in + i * BLOCK);
    block_planes planes = classify(here);
    block_masks masks = scan_checked(&front->scan, format, in + i * BLOCK, &planes);
    check_block_utf8(front, here, planes.past_ascii);
    output[i] = masks.output;
    skeleton[i] = masks.skeleton;
    all_output &= masks.output;
    all_skeleton &= masks.skeleton;
  }
  pack_or_copy(in, output, count, all_output == ~0ULL, &front->ends.output);
  pack_or_copy(in, skeleton, count, all_skeleton == ~0ULL, &front->ends.skeleton);
}

/// Processes the blocks up to `pause`.
STAGE_INLINE void pass_sub_block(
    front_stages *front, const zmin_format format, const uint8_t *in, const uint8_t *pause, const uint8_t *end,
    workspace *workspace) {
  (void)end, (void)workspace;
  front_stages local = *front;
  for (; pause - in >= BLOCKS * BLOCK; in += BLOCKS * BLOCK) pass_blocks(&local, format, in, BLOCKS);
  for (; in < pause; in += BLOCK) pass_blocks(&local, format, in, 1);
  *front = local;
}

STAGE_INLINE uint64_t check_past_ascii(front_stages *front, workspace *workspace) {
  (void)workspace;
  return ~zero_bytes(front->past_ascii);
}

#endif
