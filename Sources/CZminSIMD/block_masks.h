// Stage 1 for kernels with registers shorter than a block: 64 bytes to masks of 64 bits in general registers.
//
//   text         { " k e y " :   1 . 5 }
//   strings      . 1 1 1 1 . . . . . . .      with the opening quote, without the closing one
//   output       1 1 1 1 1 1 1 . 1 1 1 1      all but whitespace outside strings
//   skeleton     1 . . . . 1 1 . 1 1 1 1      what stands outside strings, with one quote per string
//
// A kernel provides `exclusive_or_below`: each bit becomes the exclusive or of all bits up to it.
#ifndef CZMIN_BLOCK_MASKS_H
#define CZMIN_BLOCK_MASKS_H

#include "block_classes.h"

/// The masks of one block.
typedef struct {
  uint64_t output, skeleton;
} block_masks;

/// The state carried from block to block.
typedef struct {
  uint64_t escaping;    // 1 if the last byte is a backslash that escapes the next
  uint64_t scalar;      // 1 if the last byte is part of a scalar
  uint64_t past_ascii;  // not 0 if one of the last three bytes is past ASCII
  uint64_t solid;       // ndjson: 1 if the last byte is in a string or not whitespace
  uint64_t errors;      // of all blocks
  uint64_t hex;         // bits 0 to 3: those of the next four bytes that must be hexadecimal
  uint64_t in_string;   // all ones if the next byte is in a string
  uint64_t since_lf;    // ndjson: 1 if the last solid byte is followed by whitespace without an LF
} scan_state;

/// Marks the bytes that a backslash escapes.
///
///   text          " \ \ \ " x \ n "
///   backslash     . 1 1 1 . . 1 . .
///   escaped       . . 1 . 1 . . 1 .
///
/// Subtracting the start of a run from a word with all odd bits set turns the run's length into a parity, as in
/// simdjson.
STAGE_INLINE uint64_t find_escaped(scan_state *scan, uint64_t backslash) {
  const uint64_t odd = 0xAAAAAAAAAAAAAAAAU;
  uint64_t escapers = backslash & ~scan->escaping;
  uint64_t parity = ((escapers << 1 | odd) - escapers) ^ odd;
  uint64_t escaped = parity ^ (backslash | scan->escaping);
  scan->escaping = (parity & backslash) >> 63;
  return escaped;
}

/// Marks the bytes inside strings, with opening quotes and without closing ones.
///
///   text          { " k e y " :
///   quotes        . 1 . . . 1 .
///   strings       . 1 1 1 1 . .
STAGE_INLINE uint64_t find_strings(scan_state *scan, uint64_t quotes) {
  uint64_t strings = exclusive_or_below(quotes) ^ scan->in_string;
  scan->in_string = (uint64_t)((int64_t)strings >> 63);
  return strings;
}

/// Marks the LFs to keep: the first LF after each run of solid bytes.
///
///   text            1 _ $ _ $ $ 2 $      (_ a space, $ an LF)
///   solid           1 . . . . . 1 .
///   blanks          . 1 . 1 . . . .      whitespace other than LF
///   solid << 1      . 1 . . . . . 1
///   sum             . . 1 1 . . . 1      blanks + (solid << 1), with carries moving right
///   kept            . . 1 . . . . 1      LFs in the sum
STAGE_INLINE uint64_t find_kept_lfs(scan_state *scan, uint64_t blanks, uint64_t solid, uint64_t lfs) {
  uint64_t after_solid = solid << 1 | scan->solid;
  scan->solid = solid >> 63;
  return add_with_carry(blanks, after_solid, &scan->since_lf) & lfs;
}

/// Marks the four bytes after each \u, which must be hexadecimal digits.
///
///   text        \ u 0 0 e 9 x
///   escaped u   . 1 . . . . .
///   wanted      . . 1 1 1 1 .
STAGE_INLINE uint64_t wanted_hex(scan_state *scan, uint64_t escaped_u) {
  uint64_t two = escaped_u << 1 | escaped_u << 2;
  uint64_t wanted = two | two << 2 | scan->hex;
  // A u among the last four bytes needs digits in the next block.
  uint64_t last = escaped_u >> 60;
  two = last << 1 | last << 2;
  scan->hex = (two | two << 2) >> 4;
  return wanted;
}

/// Checks the bytes after each backslash. Returns the errors.
STAGE_INLINE uint64_t check_escapes(scan_state *scan, const uint8_t *in, uint64_t escaped) {
  escape_planes planes = classify_escapes(load_bytes(in));
  return (escaped & ~planes.escapable) | (wanted_hex(scan, escaped & planes.u) & ~planes.hex);
}

/// Computes the masks of one block and checks all rules about single bytes.
///
///   text         { " a " :   1 $ }       ($ an LF)
///   output       1 1 1 1 1 . 1 . 1
///   skeleton     1 . . 1 1 . 1 1 1       one quote per string; whitespace only after a scalar
STAGE_INLINE block_masks scan_checked(
    scan_state *scan, const zmin_format format, const uint8_t *in, const block_planes *planes) {
  uint64_t escaped = find_escaped(scan, planes->backslash);
  if (UNLIKELY(escaped | scan->hex)) scan->errors |= check_escapes(scan, in, escaped);
  uint64_t strings = find_strings(scan, planes->quote & ~escaped);
  scan->errors |= (planes->control & strings) | (planes->past_ascii & ~strings);
  uint64_t after_scalar = planes->scalar << 1 | scan->scalar;
  scan->scalar = planes->scalar >> 63;
  block_masks masks = {strings | ~planes->whitespace, ~(strings | (planes->whitespace & ~after_scalar))};
  if (format == ZMIN_NDJSON) {
    uint64_t kept = find_kept_lfs(scan, ~masks.output & ~planes->lf, masks.output, ~masks.output & planes->lf);
    masks.output |= kept;
    masks.skeleton |= kept;
  }
  return masks;
}

/// Returns the stage 1 state at the start of a window.
STAGE_INLINE scan_state begin_scan(const zmin_state *state, const zmin_format format) {
  uint8_t lexeme = state->lexeme;
  scan_state scan = {0, 0, 0, 0, 0, 0, 0, 0};
  scan.escaping = lexeme == ZMIN_ESCAPE;
  scan.scalar = lexeme > ZMIN_BETWEEN && lexeme < ZMIN_STRING;
  scan.past_ascii = lexeme >= ZMIN_TAIL1;
  if (lexeme >= ZMIN_HEX4 && lexeme <= ZMIN_HEX1) scan.hex = 0xF >> (lexeme - ZMIN_HEX4);
  scan.in_string = lexeme >= ZMIN_STRING ? ~0ULL : 0;
  scan.since_lf = format == ZMIN_NDJSON && (state->expectation != ZMIN_EXPECT_START || lexeme != ZMIN_BETWEEN);
  return scan;
}

/// True if the last byte escapes the next.
STAGE_INLINE bool ends_escaping(const scan_state *scan) { return scan->escaping != 0; }

/// True if stage 1 found an error.
STAGE_INLINE bool scan_errors(const scan_state *scan) { return scan->errors != 0; }

#endif
