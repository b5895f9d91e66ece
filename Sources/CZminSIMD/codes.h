// Codes that kernels, shaders and hosts share, written once: C and GLSL both read this file, so it has macros alone.
//
// ZminCore imports no C and repeats the states: a test of ZminEngine compares all values.
#ifndef ZMIN_CODES_H
#define ZMIN_CODES_H

// States between two bytes of the machine that finds strings: `StringState` in ZminCore.
#define ZMIN_STATE_OUTSIDE 0  // outside strings
#define ZMIN_STATE_STRING 1   // in a string
#define ZMIN_STATE_ESCAPED 2  // in a string, after a backslash

// Bits of an element: a bracket, a comma, or in ndjson the end of a record (a boundary). In its container an element
// may lead what stands after it, and trail what stands before it. A boundary does neither.
#define ZMIN_ELEMENT_LEADS 1      // an opener or a comma
#define ZMIN_ELEMENT_TRAILS 2     // a closer or a comma
#define ZMIN_ELEMENT_OBJECT 4     // of an object, not of an array
#define ZMIN_ELEMENT_MARK 8       // set in brackets and commas, to tell them from other characters
#define ZMIN_ELEMENT_BOUNDARY 16  // set in boundaries, for the same reason

#endif
