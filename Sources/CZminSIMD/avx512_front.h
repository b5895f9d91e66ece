// Stages 1, 2 and 5 over a sub-block for AVX-512, as window.h needs them.
#ifndef CZMIN_AVX512_FRONT_H
#define CZMIN_AVX512_FRONT_H

#include "avx512_compact.h"
#include "avx512_masks.h"
#include "avx512_utf8.h"

#if defined(__x86_64__)

/// The state carried by stages 1 and 2. The masks of a group are made before the group before it is packed, so that the
/// CPU overlaps the two.
typedef struct {
  scan_state scan;
  compact_ends ends;
  unsigned current;  // the index of the masks of the next group to pack
} front_stages;

STAGE_INLINE front_stages begin_front(
    const zmin_state *state, const zmin_format format, const uint8_t *in, uint8_t *out, workspace *workspace) {
  uint8_t *past_ascii = workspace->past_ascii.bytes + LOOK_BEHIND;
  memset(past_ascii - 4, 0, 3);
  past_ascii[-1] = lead_before[state->lexeme];
  front_stages front = {
      begin_scan(state, format), {out, workspace->skeleton.bytes + LOOK_BEHIND, past_ascii}, 0};
  scan_checked(&front.scan, format, in, &workspace->masks[0]);
  return front;
}

/// Packs the groups up to `pause`, and makes the masks of one more group unless the window ends at `pause`.
STAGE_INLINE void pass_sub_block(
    front_stages *front, const zmin_format format, const uint8_t *in, const uint8_t *pause, const uint8_t *end,
    workspace *workspace) {
  for (; in < pause; in += GROUP, front->current ^= 1) {
    if (LIKELY(end - in > GROUP)) {
      scan_checked(&front->scan, format, in + GROUP, &workspace->masks[front->current ^ 1]);
    }
    compact_group(in, &workspace->masks[front->current], &front->ends);
  }
}

__attribute__((noinline)) STAGE_TARGET static uint64_t check_utf8_apart(dense_buffer *buffer, size_t count) {
  return check_utf8(buffer, count);
}

STAGE_INLINE uint64_t check_past_ascii(front_stages *front, workspace *workspace) {
  uint8_t *const past_ascii = workspace->past_ascii.bytes + LOOK_BEHIND;
  if (front->ends.past_ascii == past_ascii) return 0;
  size_t count = (size_t)(front->ends.past_ascii - past_ascii);
  front->ends.past_ascii = past_ascii;
  return check_utf8_apart(&workspace->past_ascii, count);
}

#endif
#endif
