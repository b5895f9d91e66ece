// The interface of the kernels: one state and one function type.
//
//   zmin_state before + raw bytes  ->  kernel  ->  clean:      minified bytes + zmin_state after
//                                                  not clean:  nothing
//
// A kernel never explains an error. After "not clean" the reference in ZminCore starts from the same state.
#ifndef CZMIN_SIMD_H
#define CZMIN_SIMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../codes.h"

/// The format of the input.
typedef enum { ZMIN_JSON = 0, ZMIN_NDJSON = 1, ZMIN_CONCAT = 2 } zmin_format;

/// A position within a token. The order is that of `Lexeme` in ZminCore, as a test checks.
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
  ZMIN_HEX4, ZMIN_HEX3, ZMIN_HEX2, ZMIN_HEX1,  // in \uXXXX, with 4 to 1 hexadecimal digits expected
  ZMIN_TAIL1,          // in UTF-8, with one continuation byte expected
  ZMIN_TAIL2,          // two expected, any
  ZMIN_TAIL2_E0,       // two expected, the first A0...BF
  ZMIN_TAIL2_ED,       // two expected, the first 80...9F
  ZMIN_TAIL3,          // three expected, any
  ZMIN_TAIL3_F0,       // three expected, the first 90...BF
  ZMIN_TAIL3_F4,       // three expected, the first 80...8F
  ZMIN_LEXEME_COUNT
} zmin_lexeme;

/// The tokens that the grammar allows next. Inside a token, those allowed after it.
typedef enum {
  ZMIN_EXPECT_START = 0,      // a value or the end, at the start of input or after the LF of a record
  ZMIN_EXPECT_VALUE,          // a value: after a colon, or after a comma in an array
  ZMIN_EXPECT_FIRST_ELEMENT,  // a value or ]
  ZMIN_EXPECT_FIRST_KEY,      // a string or }
  ZMIN_EXPECT_KEY,            // a string
  ZMIN_EXPECT_COLON,
  ZMIN_EXPECT_AFTER_MEMBER,   // , or }
  ZMIN_EXPECT_AFTER_ELEMENT,  // , or ]
  ZMIN_EXPECT_END,            // the end, since the value is complete; an LF in ndjson; another value in concat
  ZMIN_EXPECTATION_COUNT,

  // Only in slices, while the container around them is unknown.
  ZMIN_EXPECT_AFTER_VALUE = ZMIN_EXPECTATION_COUNT,  // what may follow a value in any container
  ZMIN_EXPECT_AFTER_COMMA,                           // a string or a value
  ZMIN_EXPECT_AFTER_STRING,                          // what may follow a string after a comma, a key or a value
  ZMIN_SLICE_EXPECTATION_COUNT
} zmin_expectation;

/// A set of levels that a token may stand in.
enum {
  ZMIN_IN_NOTHING = 1,
  ZMIN_IN_ARRAY = 2,
  ZMIN_IN_OBJECT = 4,
  ZMIN_IN_CONTAINER = ZMIN_IN_ARRAY | ZMIN_IN_OBJECT,
  ZMIN_IN_ANYTHING = ZMIN_IN_NOTHING | ZMIN_IN_CONTAINER
};

/// A stack of containers, one bit each: 0 an array, 1 an object.
///
///   words[0]             words[1]                  top
///   1 k0 k1 ... k62      1 k63 k64 ... k125        0 ... 0 1 k126 k127
///   bit 63      bit 0                                            bit 0
///
/// k0 is the outermost level. Each word has a sentinel bit of 1 above its levels. A push with bit 63 of `top` set first
/// moves `top` to `words[count++]` and sets it to 1. `top == 1` with `count > 0` is a legal state.
typedef struct {
  uint64_t top;
  uint64_t *words;
  size_t count;
  size_t capacity;  // of words; the caller reserves enough for a run of openers only, or of closers only
} zmin_levels;

/// The nesting around a run of bytes.
///
/// In a document all levels are known: `open` holds them, and `base`, the level outside them, is ZMIN_IN_NOTHING. In a
/// slice the levels before it are unknown: `base` is the set of possible levels outside `open`. A closer without a
/// partner in `open` closes a level from before the slice. It goes into `closed`, and `base` then describes the
/// next level out.
typedef struct {
  zmin_levels open;    // innermost level last
  zmin_levels closed;  // innermost level first, in the order closed
  size_t depth_increase_max;  // an upper bound on the levels open at once
  uint8_t base;        // a set of levels
} zmin_nesting;

/// The exact state of a checked document between two bytes, or of a slice as far as its own bytes show.
typedef struct {
  zmin_nesting nesting;
  size_t depth_max;  // an opener that exceeds this depth is not clean
  uint8_t lexeme;       // zmin_lexeme
  uint8_t expectation;  // zmin_expectation
} zmin_state;

/// The state of an unchecked document: the string machine and, for ndjson, whether an LF is owed.
typedef struct {
  uint8_t string_state;  // ZMIN_STATE_OUTSIDE, _STRING or _ESCAPED
  uint8_t kept_since_lf; // ndjson: 1 if a byte was kept since the last kept LF
} zmin_raw_state;

/// The CPU features that kernels need, set only if the operating system saves their registers.
typedef struct {
  // F BW VL DQ CD VBMI VBMI2 BMI1 BMI2 LZCNT POPCNT PCLMULQDQ VPCLMULQDQ
  bool avx512;
  bool gfni;
  bool avx2;  // AVX2 BMI1 BMI2 LZCNT POPCNT PCLMULQDQ
} zmin_cpu_features;
zmin_cpu_features zmin_detect_cpu(void);

/// The number of bytes that a kernel may write past its output.
enum { ZMIN_OUTPUT_SLACK = 128 };

/// Minifies and checks `n` bytes from `in` to `out`.
///
/// `out` has room for n bytes (5 * n / 3 + 1 in concat) plus ZMIN_OUTPUT_SLACK, and does not overlap `in`. `workspace`
/// is 64-byte aligned, of the kernel's workspace size. It keeps nothing between calls.
///
/// Returns true if the bytes are proved clean: the document so far is the beginning of a valid one. `*written` is then
/// the number of bytes written, and `state` is exact. After false, `state` with its words and `out` are undefined.
typedef bool (*zmin_check_function)(
    zmin_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, size_t *written,
    void *workspace);

/// Minifies `n` bytes without checks, json and ndjson only. `in == out` is allowed. Returns the number of bytes
/// written.
typedef size_t (*zmin_raw_function)(
    zmin_raw_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, void *workspace);

bool zmin_check_portable(
    zmin_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, size_t *written, void *workspace);
size_t zmin_raw_portable(zmin_raw_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, void *workspace);

#if defined(__x86_64__)
// These need `avx512` and `gfni`, and a workspace of the given size. The portable functions need none.
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
// These run on every aarch64 CPU.
bool zmin_check_neon(
    zmin_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, size_t *written, void *workspace);
size_t zmin_raw_neon(zmin_raw_state *, zmin_format, const uint8_t *in, size_t n, uint8_t *out, void *workspace);
size_t zmin_workspace_bytes_neon(void);
#endif

/// Applies `count` elements (`ZMIN_ELEMENT_` bits) found by another stage 3. `workspace` is as in the kernel's check.
/// Returns false if they do not fit.
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

/// The skeleton characters that stand for the bytes before a run.
typedef struct {
  uint8_t characters[4];
  bool has_seen_element;  // one of them is a bracket or a record end that the nesting already contains
} zmin_history;

/// Returns the history of a run that starts in this state, between tokens or in a string.
zmin_history zmin_history_before(const zmin_state *state, zmin_format format);

/// The end of a run that was checked elsewhere, except for its nesting.
typedef struct {
  uint8_t last, before;  // the last two characters of history and skeleton
  bool is_empty;         // the run has no skeleton
  bool in_string;        // the run ends in the plain text of a string
  bool unclaimed;        // the kind of the last comma's container is unknown, and it was not among the elements
} zmin_skeleton_end;

/// Advances `state`, with all elements applied, to the end of the run. Returns false if the run is not proved clean, as
/// when it ends inside a number or literal.
bool zmin_finish_nesting(zmin_state *state, zmin_format format, zmin_skeleton_end end);

/// Counts the line feeds in `n` bytes with the fastest instructions of the CPU.
size_t zmin_count_newlines(const uint8_t *in, size_t n);

#endif
