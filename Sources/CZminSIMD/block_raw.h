// Minifying without checks, block by block, for kernels with masks in general registers.
//
// Outside strings a backslash is an ordinary byte, but the masks treat every backslash as an escape:
//
//   text         a \ " x "
//   escaped      . . 1 . .      wrong: the quote opens a string
//   strings      . . . . 1
//
// The masks are right up to the first backslash outside strings, so they show whether there is one. The portable kernel
// then takes the block instead.
#ifndef CZMIN_BLOCK_RAW_H
#define CZMIN_BLOCK_RAW_H

#include "block_masks.h"

STAGE_INLINE scan_state begin_raw_scan(const zmin_raw_state *state) {
  scan_state scan = {0, 0, 0, 0, 0, 0, 0, 0};
  scan.escaping = state->string_state == ZMIN_STATE_ESCAPED;
  scan.in_string = state->string_state != ZMIN_STATE_OUTSIDE ? ~0ULL : 0;
  scan.since_lf = state->kept_since_lf;
  return scan;
}

STAGE_INLINE void end_raw_scan(const scan_state *scan, const zmin_format format, zmin_raw_state *state) {
  const uint8_t unescaped = scan->in_string & 1 ? ZMIN_STATE_STRING : ZMIN_STATE_OUTSIDE;
  state->string_state = scan->escaping ? ZMIN_STATE_ESCAPED : unescaped;
  // Either the last byte is solid, or the carry has passed through the blanks after a solid byte.
  if (format == ZMIN_NDJSON) state->kept_since_lf = (uint8_t)(scan->since_lf | scan->solid);
}

/// Minifies all whole blocks of the window, `size` bytes. `format` is a constant wherever this is inlined. In place,
/// output never overtakes input: a store ends at most where its source block ends.
STAGE_INLINE size_t minify_blocks(
    zmin_raw_state *state, const zmin_format format, const uint8_t *in, size_t size, uint8_t *out) {
  const uint8_t *end = in + size;
  uint8_t *start = out;
  scan_state scan = begin_raw_scan(state);
  for (; in < end; in += BLOCK) {
    const scan_state before = scan;
    bytes64 here = load_bytes(in);
    block_planes planes = classify(here);
    uint64_t escaped = find_escaped(&scan, planes.backslash);
    uint64_t strings = find_strings(&scan, planes.quote & ~escaped);
    if (UNLIKELY(planes.backslash & ~strings)) {
      end_raw_scan(&before, format, state);
      out += zmin_raw_portable(state, format, in, BLOCK, out, NULL);
      scan = begin_raw_scan(state);
      continue;
    }
    uint64_t solid = strings | ~planes.whitespace, output = solid;
    if (format == ZMIN_NDJSON) output |= find_kept_lfs(&scan, ~solid & ~planes.lf, solid, ~solid & planes.lf);
    if (output == ~0ULL) {
      store_bytes(out, here);
      out += BLOCK;
    } else {
      pack_from(in, output, &out);
    }
  }
  end_raw_scan(&scan, format, state);
  return (size_t)(out - start);
}

STAGE_TARGET static size_t minify_json(zmin_raw_state *state, const uint8_t *in, size_t size, uint8_t *out) {
  return minify_blocks(state, ZMIN_JSON, in, size, out);
}

STAGE_TARGET static size_t minify_ndjson(zmin_raw_state *state, const uint8_t *in, size_t size, uint8_t *out) {
  return minify_blocks(state, ZMIN_NDJSON, in, size, out);
}

/// Minifies a window. The portable kernel takes the bytes after the last whole block.
STAGE_INLINE size_t minify_all(
    zmin_raw_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, void *workspace) {
  size_t size = n - n % BLOCK;
  size_t head = format == ZMIN_JSON ? minify_json(state, in, size, out) : minify_ndjson(state, in, size, out);
  return head + zmin_raw_portable(state, format, in + size, n - size, out + head, workspace);
}

#endif
