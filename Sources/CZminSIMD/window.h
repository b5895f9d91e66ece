// The stages over a window, the same for every vector kernel:
//
//   raw bytes --pass_sub_block--> output
//                            '--> skeleton --check_skeleton--> elements --apply_elements--> nesting
//
// Each kernel provides stages 1 and 2:
//
//   front_stages                  their state: `scan`, and the ends of the buffers, `ends.output` and `ends.skeleton`
//   begin_front, pass_sub_block   a sub-block of raw bytes -> output, skeleton
//   check_past_ascii              UTF-8 errors, at the end of a sub-block
//   scan_errors                   all other errors
//
// and two functions of stages 3 and 4, follow_blocks and apply_elements.
#ifndef CZMIN_WINDOW_H
#define CZMIN_WINDOW_H

#include "window_edges.h"

// Each stage's loop is a function of its own for each format, so that it has all registers.
#define STAGE __attribute__((noinline)) STAGE_TARGET static

STAGE size_t check_skeleton_json(skeleton_scan *scan, workspace *workspace, size_t count, upcoming_lines upcoming) {
  return check_skeleton(scan, ZMIN_JSON, workspace, count, upcoming);
}

STAGE size_t check_skeleton_ndjson(skeleton_scan *scan, workspace *workspace, size_t count, upcoming_lines upcoming) {
  return check_skeleton(scan, ZMIN_NDJSON, workspace, count, upcoming);
}

STAGE uint64_t apply_elements_json(zmin_state *state, workspace *workspace, size_t count) {
  return apply_elements(state, ZMIN_JSON, workspace, count);
}

STAGE uint64_t apply_elements_ndjson(zmin_state *state, workspace *workspace, size_t count) {
  return apply_elements(state, ZMIN_NDJSON, workspace, count);
}

/// Processes a window of `size` bytes, at least one and a multiple of the kernel's unit. `format` is a constant
/// wherever this is inlined.
STAGE_INLINE bool check_window(
    zmin_state *state, const zmin_format format, const uint8_t *in, size_t size, uint8_t *out, size_t *written,
    workspace *workspace) {
  const uint8_t *end = in + size;
  uint8_t *const characters = workspace->skeleton.bytes + LOOK_BEHIND;
  uint8_t *const elements = workspace->elements.bytes + LOOK_BEHIND;
  skeleton_scan skeleton = begin_skeleton(state, format, workspace);
  front_stages front = begin_front(state, format, in, out, workspace);
  while (in < end) {
    const uint8_t *pause = end - in < SUB_BLOCK ? end : in + SUB_BLOCK;
    pass_sub_block(&front, format, in, pause, end, workspace);
    in = pause;
    upcoming_lines upcoming = {(uintptr_t)in, (uintptr_t)front.ends.output};
    size_t count = (size_t)(front.ends.skeleton - characters);
    size_t left = format == ZMIN_JSON ? check_skeleton_json(&skeleton, workspace, count, upcoming)
                                      : check_skeleton_ndjson(&skeleton, workspace, count, upcoming);
    front.ends.skeleton = characters + left;
    if (skeleton.elements > elements) {
      count = (size_t)(skeleton.elements - elements);
      nesting_note_depth(&state->nesting, count);
      skeleton.errors |= format == ZMIN_JSON ? apply_elements_json(state, workspace, count)
                                             : apply_elements_ndjson(state, workspace, count);
      skeleton.elements = elements;
    }
    skeleton.errors |= check_past_ascii(&front, workspace);
    if (UNLIKELY(skeleton.errors != 0)) return false;
  }
  if (scan_errors(&front.scan)) return false;
  *written = (size_t)(front.ends.output - out);
  size_t left = (size_t)(front.ends.skeleton - characters);
  return finish_window(state, format, workspace, &front.scan, &skeleton, left, end);
}

STAGE_TARGET static bool check_json(
    zmin_state *state, const uint8_t *in, size_t size, uint8_t *out, size_t *written, workspace *workspace) {
  return check_window(state, ZMIN_JSON, in, size, out, written, workspace);
}

STAGE_TARGET static bool check_ndjson(
    zmin_state *state, const uint8_t *in, size_t size, uint8_t *out, size_t *written, workspace *workspace) {
  return check_window(state, ZMIN_NDJSON, in, size, out, written, workspace);
}

/// The whole kernel. The portable kernel takes the bytes after the last whole `unit`, and all of concat, which inserts
/// LFs that masks of kept bytes cannot express.
STAGE_INLINE bool check_units(
    zmin_state *state, zmin_format format, const uint8_t *in, size_t n, size_t unit, uint8_t *out, size_t *written,
    workspace *workspace) {
  size_t size = format == ZMIN_CONCAT ? 0 : n - n % unit, head = 0, tail = 0;
  if (size != 0) {
    bool clean = format == ZMIN_JSON ? check_json(state, in, size, out, &head, workspace)
                                     : check_ndjson(state, in, size, out, &head, workspace);
    if (!clean) return false;
  }
  if (!zmin_check_portable(state, format, in + size, n - size, out + head, &tail, workspace)) return false;
  *written = head + tail;
  return true;
}

#endif
