// The checking kernel for AVX-512 with VBMI2 and GFNI: the stages of avx512.h over a window.
//
// What is left of a window after its last whole group of 512 bytes goes through the portable kernel, and so does all of
// concat: the LFs that it inserts have no place in masks of what to keep.
#include "avx512.h"

#if defined(__x86_64__)

#include "avx512_compact.h"
#include "avx512_elements.h"
#include "avx512_masks.h"
#include "avx512_seams.h"
#include "avx512_skeleton.h"
#include "avx512_utf8.h"

// The stages' loops are functions of their own, one for each format, so that each has all registers to itself.
#define STAGE __attribute__((noinline)) AVX512 static

STAGE size_t check_skeleton_json(skeleton_scan *scan, dense_buffer *buffer, size_t count) {
  return check_skeleton(scan, ZMIN_JSON, buffer, count);
}

STAGE size_t check_skeleton_ndjson(skeleton_scan *scan, dense_buffer *buffer, size_t count) {
  return check_skeleton(scan, ZMIN_NDJSON, buffer, count);
}

STAGE uint64_t apply_elements_json(zmin_state *state, avx512_workspace *workspace, size_t count) {
  return apply_elements(state, ZMIN_JSON, &workspace->elements, count, &workspace->settled_elements);
}

STAGE uint64_t apply_elements_ndjson(zmin_state *state, avx512_workspace *workspace, size_t count) {
  return apply_elements(state, ZMIN_NDJSON, &workspace->elements, count, &workspace->settled_elements);
}

STAGE uint64_t check_past_ascii(dense_buffer *buffer, size_t count) { return check_utf8(buffer, count); }

/// All whole groups of the window, `size` bytes and at least one. `format` is constant wherever this is inlined.
AVX512_INLINE bool check_groups(
    zmin_state *state, const zmin_format format, const uint8_t *in, size_t size, uint8_t *out, size_t *written,
    avx512_workspace *workspace) {
  const uint8_t *end = in + size;
  scan_state scan = begin_scan(state, format);
  skeleton_scan skeleton = begin_skeleton(state, format, workspace);
  uint8_t *const characters = workspace->skeleton.bytes + LOOK_BEHIND;
  uint8_t *const elements = workspace->elements.bytes + LOOK_BEHIND;
  uint8_t *const past_ascii = workspace->past_ascii.bytes + LOOK_BEHIND;
  compact_ends ends = {out, characters, past_ascii};

  // The masks of each group are made before the group ahead of it is compacted, for the processor to do both at once.
  unsigned current = 0;
  scan_checked(&scan, format, in, &workspace->masks[0]);
  while (in < end) {
    const uint8_t *pause = end - in < SUB_BLOCK ? end : in + SUB_BLOCK;
    for (; in < pause; in += GROUP, current ^= 1) {
      if (LIKELY(end - in > GROUP)) scan_checked(&scan, format, in + GROUP, &workspace->masks[current ^ 1]);
      compact_group(in, &workspace->masks[current], &ends);
    }
    size_t count = (size_t)(ends.skeleton - characters);
    size_t left = format == ZMIN_JSON ? check_skeleton_json(&skeleton, &workspace->skeleton, count)
                                      : check_skeleton_ndjson(&skeleton, &workspace->skeleton, count);
    ends.skeleton = characters + left;
    if (skeleton.elements > elements) {
      count = (size_t)(skeleton.elements - elements);
      skeleton.errors |= format == ZMIN_JSON ? apply_elements_json(state, workspace, count)
                                             : apply_elements_ndjson(state, workspace, count);
      skeleton.elements = elements;
    }
    if (ends.past_ascii != past_ascii) {
      skeleton.errors |= check_past_ascii(&workspace->past_ascii, (size_t)(ends.past_ascii - past_ascii));
      ends.past_ascii = past_ascii;
    }
    if (UNLIKELY(skeleton.errors != 0)) return false;
  }
  if (_mm512_test_epi64_mask(scan.errors, scan.errors)) return false;
  *written = (size_t)(ends.output - out);
  return settle(state, format, workspace, &scan, &skeleton, (size_t)(ends.skeleton - characters), end);
}

AVX512 static bool check_json(
    zmin_state *state, const uint8_t *in, size_t size, uint8_t *out, size_t *written, avx512_workspace *workspace) {
  return check_groups(state, ZMIN_JSON, in, size, out, written, workspace);
}

AVX512 static bool check_ndjson(
    zmin_state *state, const uint8_t *in, size_t size, uint8_t *out, size_t *written, avx512_workspace *workspace) {
  return check_groups(state, ZMIN_NDJSON, in, size, out, written, workspace);
}

bool zmin_check_avx512(
    zmin_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, size_t *written,
    void *workspace) {
  size_t size = format == ZMIN_CONCAT ? 0 : n - n % GROUP, head = 0, tail = 0;
  if (size != 0) {
    bool clean = format == ZMIN_JSON ? check_json(state, in, size, out, &head, workspace)
                                     : check_ndjson(state, in, size, out, &head, workspace);
    if (!clean) return false;
  }
  if (!zmin_check_portable(state, format, in + size, n - size, out + head, &tail, workspace)) return false;
  *written = head + tail;
  return true;
}

size_t zmin_workspace_bytes_avx512(void) { return sizeof(avx512_workspace); }

#endif
