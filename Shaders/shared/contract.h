// The contract between shaders and host. GLSL and C both include this file.
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
#define ZMIN_SPECIALISE_CHECKS 2   // 1: check in full, 0: only remove whitespace

// The window of a thread: raw bytes or, in `check`, skeleton characters.
#define ZMIN_THREAD_BYTES 32
#define ZMIN_THREAD_CHARACTERS 28

// The number of words before its window in which a thread of `check` searches for the start of its first number.
#define ZMIN_LOOK_BACK_WORDS 16

// Words per tile in `tiles`: a map of states, then the counts from each start state.
#define ZMIN_TILE_WORDS 5

// Bindings, equal in all shaders that use the buffer.
#define ZMIN_BINDING_INPUT 0
#define ZMIN_BINDING_KEPT 1
#define ZMIN_BINDING_SKELETON 2
#define ZMIN_BINDING_TILES 3
#define ZMIN_BINDING_STARTS 4
#define ZMIN_BINDING_THREAD_MAPS 5
#define ZMIN_BINDING_RESULT 6
#define ZMIN_BINDING_ELEMENTS 7
#define ZMIN_BINDING_ELEMENT_RUNS 8

// The state that shaders have besides those of codes.h, and the number of all states. In ndjson ZMIN_STATE_OUTSIDE
// means that no byte was kept since the last kept LF.
#define ZMIN_STATE_OWING 3  // ndjson: outside strings, with a byte kept since the last kept LF
#define ZMIN_STATE_COUNT 4

// Reasons why a slice is not proved clean, as a set.
#define ZMIN_FLAG_CONTROL 1       // a control character in a string
#define ZMIN_FLAG_ESCAPE 2        // an invalid escape
#define ZMIN_FLAG_UTF8 4          // invalid UTF-8
#define ZMIN_FLAG_OUTSIDE 8       // a backslash or a byte past ASCII outside strings
#define ZMIN_FLAG_TORN 16         // the slice ends within an escape or a UTF-8 sequence
#define ZMIN_FLAG_TOKEN 32        // a character that cannot follow the two before it
#define ZMIN_FLAG_NUMBER 64       // points and exponents of a number out of order
#define ZMIN_FLAG_LONG_NUMBER 128 // a number too long to check

/// Push constants.
struct zmin_slice {
  ZMIN_WORD byte_count;
  ZMIN_WORD tile_count;
  ZMIN_WORD start_state;
  ZMIN_WORD history;           // the four skeleton characters before the slice, the last in the highest byte
  ZMIN_WORD history_elements;  // 1 if one of them is an element that the nesting already contains
};

/// The result of a slice.
struct zmin_slice_result {
  ZMIN_WORD end_state;
  ZMIN_WORD kept_bytes;
  ZMIN_WORD skeleton_bytes;
  ZMIN_WORD flags;
  ZMIN_WORD element_words;     // the number of words used in `elements`
  ZMIN_WORD last_characters;   // the last four of the history and the skeleton, the last in the highest byte
  ZMIN_WORD check_groups[3];   // the arguments of the indirect dispatch of `check`
};

#endif
