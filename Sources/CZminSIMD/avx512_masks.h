// Stage 1: 512 bytes to masks.
//
// Moving a mask between a mask register and a general one is slow, so no byte is ever compared into a mask. A table
// look-up gives each byte a class byte. A transpose of 8 x 8 bits (vgf2p8affineqb with the classes as the matrix) and
// byte shuffles turn the class bytes of eight blocks into eight planes, one bit per byte:
//
//   text                { " k e y " :   1 . 5 }        (a block is a lane of 64 bits, eight blocks a register)
//   plane QUOTE         . 1 . . . 1 . . . . . .
//   plane WHITESPACE    . . . . . . . 1 . . . .
//   plane SCALAR        . . 1 1 1 . . . 1 1 1 .
//
// Every further step is one instruction for 512 bytes.
#ifndef CZMIN_AVX512_MASKS_H
#define CZMIN_AVX512_MASKS_H

#include "avx512.h"
#include "bytesets.h"

#if defined(__x86_64__)

/// The planes. PAST_ASCII uses up the eighth bit, so three classes are combinations of planes:
///
///   LF                                 WHITESPACE and HEX
///   control character                  UNICODE and not ESCAPABLE
///   character legal in strings only    WHITESPACE and SCALAR
enum {
  PLANE_QUOTE = 1,
  PLANE_BACKSLASH = 2,
  PLANE_WHITESPACE = 4,  // and characters legal in strings only
  PLANE_SCALAR = 8,      // not whitespace, punctuation or a quote
  PLANE_ESCAPABLE = 16,  // legal after a backslash
  PLANE_UNICODE = 32,    // u, and every control character
  PLANE_HEX = 64,        // hexadecimal digits, and LF
  PLANE_PAST_ASCII = 128,
};

#define PLANES_OF(c) \
  (uint8_t)((IS_IN(c, "\"") ? PLANE_QUOTE : 0) | (IS_IN(c, "\\") ? PLANE_BACKSLASH : 0) | \
            (IS_IN(c, "{}[]:,\"0123456789+-.eEtrufalsn") ? 0 : PLANE_WHITESPACE) | \
            (IS_IN(c, " \t\n\r{}[]:,\"") ? 0 : PLANE_SCALAR) | \
            (IS_IN(c, "\"\\/bfnrtu") ? PLANE_ESCAPABLE : 0) | ((c) < 0x20 || (c) == 'u' ? PLANE_UNICODE : 0) | \
            (IS_IN(c, "0123456789abcdefABCDEF\n") ? PLANE_HEX : 0))

static const uint8_t planes_of[128] __attribute__((aligned(64))) = ASCII_TABLE(PLANES_OF);

/// The bytes that hold plane `p` in the eight 64-bit lanes of register 0 or 1 of a pair.
#define PLANE_BYTES(source, p) \
  (source) * 64 + (p), (source) * 64 + 8 + (p), (source) * 64 + 16 + (p), (source) * 64 + 24 + (p), \
      (source) * 64 + 32 + (p), (source) * 64 + 40 + (p), (source) * 64 + 48 + (p), (source) * 64 + 56 + (p)
#define PLANE_PAIR(p) PLANE_BYTES(0, p), PLANE_BYTES(1, p)
static const uint8_t low_planes[64] __attribute__((aligned(64))) = {
    PLANE_PAIR(0), PLANE_PAIR(1), PLANE_PAIR(2), PLANE_PAIR(3)};
static const uint8_t high_planes[64] __attribute__((aligned(64))) = {
    PLANE_PAIR(4), PLANE_PAIR(5), PLANE_PAIR(6), PLANE_PAIR(7)};

/// Reverses the eight bytes of each lane.
#define REVERSED(at) (at) + 7, (at) + 6, (at) + 5, (at) + 4, (at) + 3, (at) + 2, (at) + 1, (at)
#define REVERSED_16 REVERSED(0), REVERSED(8)
static const uint8_t reversed_lanes[64] __attribute__((aligned(64))) = {
    REVERSED_16, REVERSED_16, REVERSED_16, REVERSED_16};

/// The planes of one group.
typedef struct {
  __m512i quote, backslash, whitespace, scalar, escapable, unicode, hex, past_ascii;
} group_planes;

/// The state carried from group to group. Of registers only the last lane counts, of masks its last bit.
typedef struct {
  __m512i escaping;         // 1 if the last byte is a backslash that escapes the next
  __m512i scalar;           // the plane
  __m512i past_ascii;       // the plane
  __m512i solid;            // ndjson: bytes in strings or not whitespace
  __m512i errors;           // of all groups
  uint64_t hex;             // bits 0 to 3: those of the next four bytes that must be hexadecimal
  unsigned in_string;       // 1 if the next byte is in a string
  uint64_t since_lf;        // ndjson: 1 if the last solid byte is followed by whitespace without an LF
} scan_state;

/// The classes of 512 bytes.
typedef struct {
  __m512i blocks[BLOCKS];
} group_classes;

STAGE_INLINE group_classes classify(const uint8_t *in) {
  const __m512i table_low = _mm512_load_si512(planes_of), table_high = _mm512_load_si512(planes_of + 64);
  const __m512i sign = _mm512_set1_epi8((char)PLANE_PAST_ASCII);
  group_classes classes;
#pragma clang loop unroll(full)
  for (int block = 0; block < BLOCKS; block++) {
    __m512i bytes = _mm512_loadu_si512(in + block * BLOCK);
    // The look-up ignores the sign bit, which is the PAST_ASCII plane.
    __m512i looked_up = _mm512_permutex2var_epi8(table_low, bytes, table_high);
    classes.blocks[block] = _mm512_ternarylogic_epi64(looked_up, bytes, sign, 0xF8);
  }
  return classes;
}

STAGE_INLINE group_planes find_planes(group_classes classes) {
  const __m512i reversed = _mm512_load_si512(reversed_lanes);
  const __m512i identity = _mm512_set1_epi64((long long)0x8040201008040201ULL);
  const __m512i low = _mm512_load_si512(low_planes), high = _mm512_load_si512(high_planes);
  // Each register of `lower` and `upper` holds four planes of two blocks, one lane each.
  __m512i lower[4], upper[4];
#pragma clang loop unroll(full)
  for (int pair = 0; pair < 4; pair++) {
    __m512i transposed[2];
#pragma clang loop unroll(full)
    for (int i = 0; i < 2; i++) {
      __m512i lanes = _mm512_shuffle_epi8(classes.blocks[2 * pair + i], reversed);
      transposed[i] = _mm512_gf2p8affine_epi64_epi8(identity, lanes, 0);
    }
    lower[pair] = _mm512_permutex2var_epi8(transposed[0], low, transposed[1]);
    upper[pair] = _mm512_permutex2var_epi8(transposed[0], high, transposed[1]);
  }
  // Merges two pairs: the first two of the four planes, then the last two.
  const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  __m512i p01[2], p23[2], p45[2], p67[2];
#pragma clang loop unroll(full)
  for (int half = 0; half < 2; half++) {
    p01[half] = _mm512_permutex2var_epi64(lower[2 * half], first, lower[2 * half + 1]);
    p23[half] = _mm512_permutex2var_epi64(lower[2 * half], second, lower[2 * half + 1]);
    p45[half] = _mm512_permutex2var_epi64(upper[2 * half], first, upper[2 * half + 1]);
    p67[half] = _mm512_permutex2var_epi64(upper[2 * half], second, upper[2 * half + 1]);
  }
  return (group_planes){
      .quote = _mm512_shuffle_i64x2(p01[0], p01[1], 0x44), .backslash = _mm512_shuffle_i64x2(p01[0], p01[1], 0xEE),
      .whitespace = _mm512_shuffle_i64x2(p23[0], p23[1], 0x44), .scalar = _mm512_shuffle_i64x2(p23[0], p23[1], 0xEE),
      .escapable = _mm512_shuffle_i64x2(p45[0], p45[1], 0x44), .unicode = _mm512_shuffle_i64x2(p45[0], p45[1], 0xEE),
      .hex = _mm512_shuffle_i64x2(p67[0], p67[1], 0x44), .past_ascii = _mm512_shuffle_i64x2(p67[0], p67[1], 0xEE)};
}

/// Passes the parity on through lanes of backslashes only, which look even by themselves.
__attribute__((cold, noinline)) STAGE_TARGET static __m512i escaping_through(
    __m512i escaping, unsigned full, __m512i before) {
  unsigned odd = _mm512_test_epi64_mask(escaping, escaping);
  unsigned carry = (unsigned)last_lane(before);
  for (unsigned lane = 0; lane < BLOCKS; lane++) {
    if (!(full >> lane & 1)) carry = odd >> lane & 1;
    odd = (odd & ~(1U << lane)) | carry << lane;
  }
  return _mm512_maskz_set1_epi64((__mmask8)odd, 1);
}

/// Marks the bytes that a backslash escapes.
///
///   text          " \ \ \ " x \ n "
///   backslash     . 1 1 1 . . 1 . .
///   escaped       . . 1 . 1 . . 1 .
///
/// Subtracting the start of a run from a word with all odd bits set turns the run's length into a parity, as in
/// simdjson. Each lane passes on the parity of the backslashes at its end.
STAGE_INLINE __m512i find_escaped(scan_state *scan, __m512i backslash) {
  const __m512i ones = _mm512_set1_epi64(-1), odd = _mm512_set1_epi64((long long)0xAAAAAAAAAAAAAAAAULL);
  __m512i trailing = _mm512_lzcnt_epi64(_mm512_xor_si512(backslash, ones));
  __m512i escaping = _mm512_and_si512(trailing, _mm512_set1_epi64(1));
  unsigned full = _mm512_cmpeq_epi64_mask(backslash, ones);
  if (UNLIKELY(full)) escaping = escaping_through(escaping, full, scan->escaping);
  __m512i first = lanes_before(escaping, scan->escaping);
  scan->escaping = escaping;
  __m512i escapers = _mm512_andnot_si512(first, backslash);
  __m512i parity = _mm512_sub_epi64(_mm512_or_si512(_mm512_add_epi64(escapers, escapers), odd), escapers);
  parity = _mm512_xor_si512(parity, odd);
  return _mm512_ternarylogic_epi64(parity, backslash, first, 0x1E);  // parity ^ (backslash | first)
}

/// Marks the bytes inside strings, with opening quotes and without closing ones.
///
///   text          { " k e y " :
///   quotes        . 1 . . . 1 .
///   strings       . 1 1 1 1 . .
///
/// A carry-less product with all ones is the exclusive or of all bits up to each. The same sum over the last bits of
/// the lanes joins them.
STAGE_INLINE __m512i find_strings(scan_state *scan, __m512i quotes) {
  const __m512i ones = _mm512_set1_epi64(-1);
  __m512i strings = _mm512_unpacklo_epi64(
      _mm512_clmulepi64_epi128(quotes, ones, 0x00), _mm512_clmulepi64_epi128(quotes, ones, 0x01));
  unsigned ends = _mm512_movepi64_mask(strings);
  ends ^= ends << 1;
  ends ^= ends << 2;
  ends ^= ends << 4;
  unsigned inverted = ends << 1 ^ (0U - scan->in_string);
  scan->in_string = inverted >> 8 & 1;
  return _mm512_mask_xor_epi64(strings, (__mmask8)inverted, strings, ones);
}

/// Marks the LFs to keep: the first LF after each run of solid bytes.
///
///   text            1 _ $ _ $ $ 2 $      (_ a space, $ an LF)
///   solid           1 . . . . . 1 .
///   blanks          . 1 . 1 . . . .      whitespace other than LF
///   solid << 1      . 1 . . . . . 1
///   sum             . . 1 1 . . . 1      blanks + (solid << 1), with carries moving right
///   kept            . . 1 . . . . 1      LFs in the sum
///
/// The sum spans all 512 bits.
STAGE_INLINE __m512i find_kept_lfs(scan_state *scan, __m512i blanks, __m512i solid, __m512i lfs) {
  __m512i sum = add_lanes(blanks, shift_in(solid, scan->solid), BLOCKS, &scan->since_lf);
  scan->solid = solid;
  return _mm512_and_si512(sum, lfs);
}

/// Checks the four bytes after each \u, which must be hexadecimal digits.
///
///   text        \ u 0 0 e 9 x
///   escaped u   . 1 . . . . .
///   wanted      . . 1 1 1 1 .
STAGE_INLINE __m512i check_hex(scan_state *scan, __m512i escaped_u, __m512i hex, __m512i errors) {
  __m512i two = _mm512_or_si512(_mm512_slli_epi64(escaped_u, 1), _mm512_slli_epi64(escaped_u, 2));
  __m512i wanted = _mm512_or_si512(two, _mm512_slli_epi64(two, 2));
  // A u among the last four bytes of a lane needs digits in the next lane.
  __m512i last = _mm512_srli_epi64(escaped_u, 60);
  two = _mm512_or_si512(_mm512_slli_epi64(last, 1), _mm512_slli_epi64(last, 2));
  __m512i beyond = _mm512_srli_epi64(_mm512_or_si512(two, _mm512_slli_epi64(two, 2)), 4);
  wanted = _mm512_or_si512(wanted, lanes_before(beyond, _mm512_set1_epi64((long long)scan->hex)));
  scan->hex = last_lane(beyond);
  return _mm512_ternarylogic_epi64(errors, wanted, hex, 0xF4);  // errors | (wanted & ~hex)
}

/// True if a group that starts outside strings has no strings, whitespace, or characters legal in strings only. Mostly
/// the first block already decides.
STAGE_INLINE bool keeps_all(const group_classes *classes) {
  const __m512i others = _mm512_set1_epi8((char)(PLANE_QUOTE | PLANE_WHITESPACE | PLANE_PAST_ASCII));
  __m512i all = classes->blocks[0];
  if (LIKELY(_mm512_test_epi8_mask(all, others) != 0)) return false;
#pragma clang loop unroll(full)
  for (int block = 1; block < BLOCKS; block++) all = _mm512_or_si512(all, classes->blocks[block]);
  return _mm512_test_epi8_mask(all, others) == 0;
}

/// Sets the masks of such a group, which are known without planes. Escapes and sequences that reach into the group from
/// before cannot be open outside strings, or were already reported.
STAGE_INLINE void scan_all_kept(scan_state *scan, const uint8_t *in, group_masks *masks) {
  const __m512i zero = _mm512_setzero_si512(), ones = _mm512_set1_epi64(-1);
  scan->escaping = scan->past_ascii = zero;
  // Only the last bit counts. A branch would be unpredictable.
  scan->scalar = _mm512_set1_epi8((char)(planes_of[in[GROUP - 1]] * (0x80 / PLANE_SCALAR)));
  scan->solid = ones;
  scan->since_lf = 0;
  _mm512_store_si512(masks->output, ones);
  _mm512_store_si512(masks->skeleton, ones);
  _mm512_store_si512(masks->past_ascii, zero);
}

/// Computes the masks of one group and checks all rules about single bytes.
///
///   text         { " a " :   1 $ }       ($ an LF)
///   output       1 1 1 1 1 . 1 . 1
///   skeleton     1 . . 1 1 . 1 1 1       one quote per string; whitespace only after a scalar
STAGE_INLINE void scan_checked(scan_state *scan, const zmin_format format, const uint8_t *in, group_masks *masks) {
  group_classes classes = classify(in);
  if (scan->in_string == 0 && keeps_all(&classes)) {
    scan_all_kept(scan, in, masks);
    return;
  }
  group_planes planes = find_planes(classes);
  __m512i past_ascii = planes.past_ascii, errors = scan->errors;
  __m512i escaped = find_escaped(scan, _mm512_andnot_si512(past_ascii, planes.backslash));
  __m512i strings = find_strings(scan, _mm512_andnot_si512(_mm512_or_si512(escaped, past_ascii), planes.quote));
  __m512i escapable = _mm512_andnot_si512(past_ascii, planes.escapable);
  errors = _mm512_ternarylogic_epi64(errors, escaped, escapable, 0xF4);  // errors | (escaped & ~escapable)
  __m512i escaped_u = _mm512_and_si512(escaped, planes.unicode);
  if (UNLIKELY(_mm512_test_epi64_mask(escaped_u, escaped_u) | scan->hex)) {
    errors = check_hex(scan, escaped_u, _mm512_andnot_si512(past_ascii, planes.hex), errors);
  }
  // unicode & ~escapable & ~past_ascii
  __m512i control = _mm512_ternarylogic_epi64(planes.unicode, planes.escapable, past_ascii, 0x10);
  errors = _mm512_ternarylogic_epi64(errors, control, strings, 0xF8);     // errors | (control & strings)
  errors = _mm512_ternarylogic_epi64(errors, past_ascii, strings, 0xF4);  // errors | (past_ascii & ~strings)
  // ~strings & whitespace & scalar
  __m512i misplaced = _mm512_ternarylogic_epi64(strings, planes.whitespace, planes.scalar, 0x08);
  scan->errors = _mm512_or_si512(errors, misplaced);

  __m512i after_scalar = shift_in(planes.scalar, scan->scalar);
  scan->scalar = planes.scalar;
  // strings | ~(whitespace & ~scalar)
  __m512i solid = _mm512_ternarylogic_epi64(strings, planes.whitespace, planes.scalar, 0xFB);
  // ~(strings | (whitespace & ~after_scalar))
  __m512i skeleton = _mm512_ternarylogic_epi64(strings, planes.whitespace, after_scalar, 0x0B);
  __m512i output = solid;
  if (format == ZMIN_NDJSON) {
    __m512i lfs = _mm512_and_si512(planes.whitespace, planes.hex);
    __m512i blanks = _mm512_ternarylogic_epi64(solid, planes.hex, planes.hex, 0x03);  // ~solid & ~hex
    __m512i kept = find_kept_lfs(scan, blanks, solid, lfs);
    output = _mm512_or_si512(output, kept);
    skeleton = _mm512_ternarylogic_epi64(skeleton, kept, strings, 0xF4);  // skeleton | (kept & ~strings)
  }
  _mm512_store_si512(masks->output, output);
  _mm512_store_si512(masks->skeleton, skeleton);
  // Bytes past ASCII and the byte after each, where a sequence that is too short shows.
  __m512i with_next = _mm512_or_si512(past_ascii, shift_in(past_ascii, scan->past_ascii));
  scan->past_ascii = past_ascii;
  _mm512_store_si512(masks->past_ascii, with_next);
}

/// Returns the stage 1 state at the start of a window.
STAGE_INLINE scan_state begin_scan(const zmin_state *state, const zmin_format format) {
  const __m512i zero = _mm512_setzero_si512(), ones = _mm512_set1_epi64(-1);
  uint8_t lexeme = state->lexeme;
  scan_state scan = {.escaping = zero, .scalar = zero, .past_ascii = zero, .solid = zero, .errors = zero};
  if (lexeme == ZMIN_ESCAPE) scan.escaping = _mm512_set1_epi64(1);
  if (lexeme > ZMIN_BETWEEN && lexeme < ZMIN_STRING) scan.scalar = ones;
  if (lexeme >= ZMIN_TAIL1) scan.past_ascii = ones;
  if (lexeme >= ZMIN_HEX4 && lexeme <= ZMIN_HEX1) scan.hex = 0xF >> (lexeme - ZMIN_HEX4);
  scan.in_string = lexeme >= ZMIN_STRING;
  scan.since_lf = format == ZMIN_NDJSON && (state->expectation != ZMIN_EXPECT_START || lexeme != ZMIN_BETWEEN);
  return scan;
}

/// True if the last byte escapes the next.
STAGE_INLINE bool ends_escaping(const scan_state *scan) { return last_lane(scan->escaping) != 0; }

/// True if stage 1 found an error.
STAGE_INLINE bool scan_errors(const scan_state *scan) {
  return _mm512_test_epi64_mask(scan->errors, scan->errors) != 0;
}

#endif
#endif
