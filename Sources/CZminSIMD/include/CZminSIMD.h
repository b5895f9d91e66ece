// The kernels' interface: one state, one function type.
//
// A kernel takes the exact state of a document between two bytes and a run of raw bytes, and gives back the minified
// bytes and the exact state after the run, or says that the run is not clean. It never explains: the reference in
// ZminCore does, from the same start state.
#ifndef CZMIN_SIMD_H
#define CZMIN_SIMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../codes.h"

/// What a run of bytes is a part of.
typedef enum { ZMIN_JSON = 0, ZMIN_NDJSON = 1, ZMIN_CONCAT = 2 } zmin_format;

/// Where in a token the document stands. The order is that of `Lexeme` in ZminCore; a test compares them.
typedef enum {
  ZMIN_BETWEEN = 0,    // between tokens (after whitespace, a bracket, a colon, a comma, a closed string)
  ZMIN_MINUS,          // -
  ZMIN_ZERO,           // 0 -0
  ZMIN_INTEGER,        // 12
  ZMIN_POINT,          // 12.
  ZMIN_FRACTION,       // 12.5
  ZMIN_EXPONENT,       // 12e
  ZMIN_EXPONENT_SIGN,  // 12e+
  ZMIN_EXPONENT_DIGITS,
  ZMIN_T, ZMIN_TR, ZMIN_TRU,
  ZMIN_F, ZMIN_FA, ZMIN_FAL, ZMIN_FALS,
  ZMIN_N, ZMIN_NU, ZMIN_NUL,
  ZMIN_LITERAL_END,    // true false null, complete; a delimiter must follow
  ZMIN_STRING,         // in a string
  ZMIN_ESCAPE,         // after a backslash in a string
  ZMIN_HEX4, ZMIN_HEX3, ZMIN_HEX2, ZMIN_HEX1,  // so many hexadecimal digits of \uXXXX are to come
  ZMIN_TAIL1,          // one UTF-8 continuation byte is to come
  ZMIN_TAIL2,          // two, any
  ZMIN_TAIL2_E0,       // two, the first A0...BF
  ZMIN_TAIL2_ED,       // two, the first 80...9F
  ZMIN_TAIL3,          // three, any
  ZMIN_TAIL3_F0,       // three, the first 90...BF
  ZMIN_TAIL3_F4,       // three, the first 80...8F
  ZMIN_LEXEME_COUNT
} zmin_lexeme;

/// What the grammar expects next or, inside a token, once that token has ended.
typedef enum {
  ZMIN_EXPECT_START = 0,      // a value, or the end: the start of input, or after the LF of a record
  ZMIN_EXPECT_VALUE,          // a value: after a colon, or after a comma in an array
  ZMIN_EXPECT_FIRST_ELEMENT,  // a value or ]
  ZMIN_EXPECT_FIRST_KEY,      // a string or }
  ZMIN_EXPECT_KEY,            // a string
  ZMIN_EXPECT_COLON,
  ZMIN_EXPECT_AFTER_MEMBER,   // , or }
  ZMIN_EXPECT_AFTER_ELEMENT,  // , or ]
  ZMIN_EXPECT_END,            // the value is complete: the end; an LF in ndjson; another value in concat
  ZMIN_EXPECTATION_COUNT,

  // Only in slices, while it is not known what they stand in.
  ZMIN_EXPECT_AFTER_VALUE = ZMIN_EXPECTATION_COUNT,  // a value is complete
  ZMIN_EXPECT_AFTER_COMMA,                           // a string or a value
  ZMIN_EXPECT_AFTER_STRING,                          // after a string after a comma: it may be a key or a value
  ZMIN_SLICE_EXPECTATION_COUNT
} zmin_expectation;

/// What a token may stand in: a set of these.
enum {
  ZMIN_IN_NOTHING = 1,
  ZMIN_IN_ARRAY = 2,
  ZMIN_IN_OBJECT = 4,
  ZMIN_IN_CONTAINER = ZMIN_IN_ARRAY | ZMIN_IN_OBJECT,
  ZMIN_IN_ANYTHING = ZMIN_IN_NOTHING | ZMIN_IN_CONTAINER
};

/// Containers, one bit each: 0 an array, 1 an object.
///
/// The last up to 63 are in `top`, the last lowest, below a sentinel bit of 1. `words[0..<count]` hold 63 each, the
/// first first, in the same form with the sentinel at bit 63. `top == 1` with `count > 0` is a legal state. A push with
/// bit 63 of `top` set first moves `top` to `words[count++]` and sets it to 1.
typedef struct {
  uint64_t top;
  uint64_t *words;
  size_t count;
  size_t capacity;  // of words; the caller reserves enough for a run of nothing but openers, or closers
} zmin_levels;

/// Where a run of bytes stands.
///
/// Of a document all levels are known: `open` has them, and `base`, what is outside them, is ZMIN_IN_NOTHING. A slice
/// does not know what it stands in: `base` is what that may be, by all that the slice has shown. A closer that meets no
/// level of `open` closes one that was opened before the slice and goes into `closed`; then `base` is that of the next.
typedef struct {
  zmin_levels open;    // the innermost last
  zmin_levels closed;  // the innermost, which was closed first, first
  size_t depthIncreaseMax;         // never were more levels open; there may have been less
  uint8_t base;
} zmin_nesting;

/// The exact state of a checked document between two bytes, or of a slice of one as far as the slice tells.
typedef struct {
  zmin_nesting nesting;
  size_t depth_max;  // an opener that would make the depth more than this is not clean
  uint8_t lexeme;       // zmin_lexeme
  uint8_t expectation;  // zmin_expectation
} zmin_state;

/// The state of an unchecked document: the three-state machine, and for ndjson whether an LF is owed.
typedef struct {
  uint8_t string_state;  // ZMIN_STATE_OUTSIDE, _STRING or _ESCAPED
  uint8_t kept_since_lf; // ndjson: something was kept since the last LF kept
} zmin_raw_state;

/// What a kernel can do on this CPU.
typedef struct {
  // F BW VL DQ CD VBMI VBMI2 BMI1 BMI2 LZCNT POPCNT PCLMULQDQ VPCLMULQDQ, and the system saves the registers
  bool avx512;
  bool gfni;
  bool avx2;  // AVX2 BMI1 BMI2 LZCNT POPCNT PCLMULQDQ, and the system saves the registers
} zmin_cpu_features;
zmin_cpu_features zmin_detect_cpu(void);

/// Room that a kernel may write past what it returns as written.
enum { ZMIN_OUTPUT_SLACK = 128 };

/// Minifies and checks `n` bytes from `in` to `out`.
///
/// `out` has room for n (for concat 5 * n / 3 + 1) + ZMIN_OUTPUT_SLACK bytes and does not overlap `in`. `workspace`
/// is `workspace_bytes` of 64-byte aligned memory, whose content need not outlive the call.
/// True: the bytes are clean, i.e. the document so far is the beginning of a valid one; `*written` bytes are out, and
/// `state` is exact. False: not plainly clean; `state` (its words too) and `out` hold nothing of use.
typedef bool (*zmin_check_function)(
    zmin_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, size_t *written,
    void *workspace);

/// Minifies `n` bytes without any check, json and ndjson only; `in == out` is allowed. Returns the bytes written.
typedef size_t (*zmin_raw_function)(
    zmin_raw_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, void *workspace);

bool zmin_check_portable(
    zmin_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, size_t *written, void *workspace);
size_t zmin_raw_portable(zmin_raw_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, void *workspace);

#if defined(__x86_64__)
// These need both `avx512` and `gfni`, and a workspace of that many bytes; the portable ones need none.
bool zmin_check_avx512(
    zmin_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, size_t *written, void *workspace);
size_t zmin_raw_avx512(zmin_raw_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, void *workspace);
size_t zmin_workspace_bytes_avx512(void);

// These need `avx2`.
bool zmin_check_avx2(
    zmin_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, size_t *written, void *workspace);
size_t zmin_raw_avx2(zmin_raw_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, void *workspace);
size_t zmin_workspace_bytes_avx2(void);
#endif

#if defined(__aarch64__)
// Every aarch64 can run these.
bool zmin_check_neon(
    zmin_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, size_t *written, void *workspace);
size_t zmin_raw_neon(zmin_raw_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, void *workspace);
size_t zmin_workspace_bytes_neon(void);
#endif

/// Applies `count` elements (`ZMIN_ELEMENT_` bits) that were found elsewhere. `workspace` is as for the kernel's check. False: they do not fit.
typedef bool (*zmin_nest_function)(
    zmin_state *state, zmin_format format, const uint8_t *elements, size_t count, void *workspace);

bool zmin_nest_portable(zmin_state *, zmin_format, const uint8_t *elements, size_t count, void *workspace);
#if defined(__x86_64__)
bool zmin_nest_avx512(zmin_state *, zmin_format, const uint8_t *elements, size_t count, void *workspace);
bool zmin_nest_avx2(zmin_state *, zmin_format, const uint8_t *elements, size_t count, void *workspace);
#endif
#if defined(__aarch64__)
bool zmin_nest_neon(zmin_state *, zmin_format, const uint8_t *elements, size_t count, void *workspace);
#endif

/// The skeleton characters that stand for what comes before a run of bytes.
typedef struct {
  uint8_t characters[4];
  bool has_seen_element;  // one of them is a bracket or a record's end that the nesting knows
} zmin_history;

/// What to put before the skeleton of a run that starts in this state, between tokens or in a string.
zmin_history zmin_history_before(const zmin_state *state, zmin_format format);

/// How a run ends that was checked elsewhere, all but its nesting.
typedef struct {
  uint8_t last, before;  // the last two characters of history and skeleton
  bool is_empty;         // the run has no skeleton
  bool in_string;        // it ends in the plain text of a string
  bool unclaimed;        // the last comma's container is not known yet, and it was not among the elements
} zmin_skeleton_end;

/// Brings `state`, to which all elements were applied, to the run's end. False: not plainly clean; a run that ends in
/// the midst of a number or literal is not.
bool zmin_settle(zmin_state *state, zmin_format format, zmin_skeleton_end end);

/// Counts the line feeds in `n` bytes, with whatever the CPU has.
size_t zmin_count_newlines(const uint8_t *in, size_t n);

#endif
