// What the shaders and their host must agree on, written once: GLSL and C both read this file.
#ifndef ZMIN_SHADER_CONTRACT_H
#define ZMIN_SHADER_CONTRACT_H

#include "../../Sources/CZminSIMD/codes.h"

#ifdef GL_core_profile
#define ZMIN_WORD uint
#else
#include <stdint.h>
#define ZMIN_WORD uint32_t
#endif

// Specialisation constants.
#define ZMIN_SPECIALISE_THREADS 0  // threads in a workgroup
#define ZMIN_SPECIALISE_NDJSON 1   // 1: an LF ends a record, 0: it is whitespace
#define ZMIN_SPECIALISE_CHECKS 2   // 1: all is checked, 0: only whitespace goes

// What a thread looks at: raw bytes, and in `check` skeleton characters.
#define ZMIN_THREAD_BYTES 32
#define ZMIN_THREAD_CHARACTERS 28

// How many words before its window a thread of `check` looks for what its first number began with.
#define ZMIN_LOOK_BACK_WORDS 16

// Words in `tiles` for each: a map of states, then counts for each start state.
#define ZMIN_TILE_WORDS 5

// Bindings, the same in every shader that has the buffer.
#define ZMIN_BINDING_INPUT 0
#define ZMIN_BINDING_KEPT 1
#define ZMIN_BINDING_SKELETON 2
#define ZMIN_BINDING_TILES 3
#define ZMIN_BINDING_STARTS 4
#define ZMIN_BINDING_THREAD_MAPS 5
#define ZMIN_BINDING_RESULT 6
#define ZMIN_BINDING_ELEMENTS 7
#define ZMIN_BINDING_ELEMENT_RUNS 8

// The state that the shaders have besides those of codes.h, and the number of all. In ndjson ZMIN_STATE_OUTSIDE means
// that nothing was kept since the last LF that was kept.
#define ZMIN_STATE_OWING 3  // ndjson: outside strings, with something kept since the last LF that was kept
#define ZMIN_STATE_COUNT 4

// Why a slice is not plainly clean: a set of these.
#define ZMIN_FLAG_CONTROL 1       // a control character in a string
#define ZMIN_FLAG_ESCAPE 2        // no escape, or no hexadecimal digit where one must be
#define ZMIN_FLAG_UTF8 4          // no UTF-8
#define ZMIN_FLAG_OUTSIDE 8       // a backslash or a byte past ASCII outside strings
#define ZMIN_FLAG_TORN 16         // the slice ends in the midst of an escape or a UTF-8 sequence
#define ZMIN_FLAG_TOKEN 32        // a character that cannot come after the two before it
#define ZMIN_FLAG_NUMBER 64       // points and exponents of a number out of order
#define ZMIN_FLAG_LONG_NUMBER 128 // a number too long to tell

/// Push constants.
struct zmin_slice {
  ZMIN_WORD byte_count;
  ZMIN_WORD tile_count;
  ZMIN_WORD start_state;
  ZMIN_WORD history;           // the four skeleton characters before the slice, the last in the highest byte
  ZMIN_WORD history_elements;  // 1 if one of them is an element that the nesting has seen
};

/// What a slice comes to.
struct zmin_slice_result {
  ZMIN_WORD end_state;
  ZMIN_WORD kept_bytes;
  ZMIN_WORD skeleton_bytes;
  ZMIN_WORD flags;
  ZMIN_WORD element_words;     // the words of `elements` that are used
  ZMIN_WORD last_characters;   // the last four of the history and the skeleton, the last in the highest byte
  ZMIN_WORD check_groups[3];   // the arguments of the indirect dispatch of `check`
};

#endif
