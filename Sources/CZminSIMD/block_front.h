// Stages 1, 2 and 5 over a sub-block, a block after the other, for kernels whose masks are in general registers.
#ifndef CZMIN_BLOCK_FRONT_H
#define CZMIN_BLOCK_FRONT_H

#include "block_masks.h"
#include "utf8.h"

/// Where the next byte goes.
typedef struct {
  uint8_t *output, *skeleton;
} compact_ends;

/// What stages 1 and 2 carry.
typedef struct {
  scan_state scan;
  compact_ends ends;
  bytes16 before;     // the last bytes of the block before
  bytes64 past_ascii; // errors in UTF-8
} front_stages;

STAGE_INLINE front_stages begin_front(
    const zmin_state *state, const zmin_format format, const uint8_t *in, uint8_t *out, workspace *workspace) {
  (void)in;
  uint8_t before[16] = {0};
  before[15] = lead_before[state->lexeme];
  return (front_stages){
      begin_scan(state, format), {out, workspace->skeleton.bytes + LOOK_BEHIND}, load_16(before), repeat_byte(0)};
}

/// Checks UTF-8 in one block where any byte is past ASCII, or where one before may ask for more.
STAGE_INLINE void check_block_utf8(front_stages *front, bytes64 here, uint64_t past_ascii) {
  if (past_ascii | front->scan.past_ascii) {
    bytes64 wrong = utf8_errors(
        here, preceding(here, front->before, 1), preceding(here, front->before, 2), preceding(here, front->before, 3));
    front->past_ascii = either(front->past_ascii, wrong);
  }
  front->scan.past_ascii = past_ascii >> 61;
  front->before = last_16(here);
}

/// Packs the blocks up to `pause`.
STAGE_INLINE void pass_sub_block(
    front_stages *front, const zmin_format format, const uint8_t *in, const uint8_t *pause, const uint8_t *end,
    workspace *workspace) {
  (void)end, (void)workspace;
  front_stages local = *front;
  for (; in < pause; in += BLOCK) {
    bytes64 here = load_bytes(in);
    block_planes planes = classify(here);
    block_masks masks = scan_checked(&local.scan, format, in, &planes);
    check_block_utf8(&local, here, planes.past_ascii);
    if (masks.output == ~0ULL) {
      store_bytes(local.ends.output, here);
      local.ends.output += BLOCK;
    } else {
      pack_from(in, masks.output, &local.ends.output);
    }
    if (masks.skeleton != 0) pack_from(in, masks.skeleton, &local.ends.skeleton);
  }
  *front = local;
}

STAGE_INLINE uint64_t check_past_ascii(front_stages *front, workspace *workspace) {
  (void)workspace;
  return ~zero_bytes(front->past_ascii);
}

#endif
