// Minifying without checks for AVX-512 with VBMI2 and GFNI: masks and one packing step.
//
// Outside strings a backslash is an ordinary byte, but the masks treat every backslash as an escape. They are right up
// to the first backslash outside strings, so they show whether there is one. The portable kernel then takes the group
// instead (block_raw.h draws this).
#include "avx512.h"

#if defined(__x86_64__)

#include "avx512_compact.h"
#include "avx512_masks.h"

STAGE_INLINE scan_state begin_raw_scan(const zmin_raw_state *state) {
  const __m512i zero = _mm512_setzero_si512();
  scan_state scan = {.escaping = zero, .scalar = zero, .past_ascii = zero, .solid = zero, .errors = zero};
  scan.escaping = _mm512_set1_epi64(state->string_state == ZMIN_STATE_ESCAPED);
  scan.in_string = state->string_state != ZMIN_STATE_OUTSIDE;
  scan.since_lf = state->kept_since_lf;
  return scan;
}

STAGE_INLINE void end_raw_scan(const scan_state *scan, const zmin_format format, zmin_raw_state *state) {
  const uint8_t unescaped = scan->in_string ? ZMIN_STATE_STRING : ZMIN_STATE_OUTSIDE;
  state->string_state = last_lane(scan->escaping) != 0 ? ZMIN_STATE_ESCAPED : unescaped;
  // Either the last byte is solid, or the carry has passed through the blanks after a solid byte.
  if (format == ZMIN_NDJSON) state->kept_since_lf = (uint8_t)(scan->since_lf | last_lane(scan->solid) >> 63);
}

/// Computes the masks of a group. Returns false if a backslash stands outside strings. The masks are then invalid.
STAGE_INLINE bool scan_raw(scan_state *scan, const zmin_format format, const uint8_t *in, group_masks *masks) {
  group_planes planes = find_planes(classify(in));
  __m512i past_ascii = planes.past_ascii;
  __m512i backslash = _mm512_andnot_si512(past_ascii, planes.backslash);
  __m512i escaped = find_escaped(scan, backslash);
  __m512i strings = find_strings(scan, _mm512_andnot_si512(_mm512_or_si512(escaped, past_ascii), planes.quote));
  // whitespace & ~past_ascii & ~scalar
  __m512i whitespace = _mm512_ternarylogic_epi64(planes.whitespace, past_ascii, planes.scalar, 0x10);
  __m512i solid = _mm512_ternarylogic_epi64(strings, whitespace, whitespace, 0xF3);  // strings | ~whitespace
  __m512i output = solid;
  if (format == ZMIN_NDJSON) {
    __m512i blanks = _mm512_ternarylogic_epi64(solid, planes.hex, planes.hex, 0x03);  // ~solid & ~hex
    __m512i lfs = _mm512_andnot_si512(solid, planes.hex);
    output = _mm512_or_si512(output, find_kept_lfs(scan, blanks, solid, lfs));
  }
  _mm512_store_si512(masks->output, output);
  __m512i outside = _mm512_andnot_si512(strings, backslash);
  return _mm512_test_epi64_mask(outside, outside) == 0;
}

/// Minifies all whole groups of the window, `size` bytes and at least one group. `format` is a constant wherever this
/// is inlined. In place, output never overtakes input: a store ends at most where its source block ends.
STAGE_INLINE size_t minify_groups(
    zmin_raw_state *state, const zmin_format format, const uint8_t *in, size_t size, uint8_t *out,
    workspace *workspace) {
  const uint8_t *end = in + size;
  uint8_t *start = out;
  scan_state scan = begin_raw_scan(state);
  unsigned current = 0;
  // The state before the group whose masks were made last, from which the portable kernel starts.
  scan_state before = scan;
  bool right = scan_raw(&scan, format, in, &workspace->masks[0]);
  while (in < end) {
    if (UNLIKELY(!right)) {
      end_raw_scan(&before, format, state);
      out += zmin_raw_portable(state, format, in, GROUP, out, NULL);
      in += GROUP;
      scan = begin_raw_scan(state);
      before = scan;
      if (in < end) right = scan_raw(&scan, format, in, &workspace->masks[current]);
      continue;
    }
    before = scan;
    if (LIKELY(end - in > GROUP)) right = scan_raw(&scan, format, in + GROUP, &workspace->masks[current ^ 1]);
    const uint64_t *masks = workspace->masks[current].output;
#pragma clang loop unroll(full)
    for (int block = 0; block < BLOCKS; block++) {
      fetch_ahead(in + block * BLOCK, out);
      compact_output(in + block * BLOCK, masks + block, &out);
    }
    in += GROUP;
    current ^= 1;
  }
  end_raw_scan(&scan, format, state);
  return (size_t)(out - start);
}

STAGE_TARGET static size_t minify_json(
    zmin_raw_state *state, const uint8_t *in, size_t size, uint8_t *out, workspace *workspace) {
  return minify_groups(state, ZMIN_JSON, in, size, out, workspace);
}

STAGE_TARGET static size_t minify_ndjson(
    zmin_raw_state *state, const uint8_t *in, size_t size, uint8_t *out, workspace *workspace) {
  return minify_groups(state, ZMIN_NDJSON, in, size, out, workspace);
}

size_t zmin_raw_avx512(
    zmin_raw_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, void *workspace) {
  size_t size = n - n % GROUP, head = 0;
  if (size != 0) {
    head = format == ZMIN_JSON ? minify_json(state, in, size, out, workspace)
                               : minify_ndjson(state, in, size, out, workspace);
  }
  return head + zmin_raw_portable(state, format, in + size, n - size, out + head, workspace);
}

#endif
