// Codes for the characters of the skeleton, for kernels that cannot index a table of 128 entries in one instruction.
// Five bits are enough for tables of 32 entries. Characters with the same rules share a code.
#ifndef CZMIN_BLOCK_CODES_H
#define CZMIN_BLOCK_CODES_H

#include <stdint.h>

/// The codes. 0 is any other character, which no box contains. LF has its own code for ndjson.
enum {
  CODE_OTHER, CODE_BLANK, CODE_LF, CODE_OPEN_OBJECT, CODE_CLOSE_OBJECT, CODE_OPEN_ARRAY, CODE_CLOSE_ARRAY, CODE_COLON,
  CODE_COMMA, CODE_QUOTE, CODE_0, CODE_1_TO_9, CODE_MINUS, CODE_PLUS, CODE_POINT, CODE_e, CODE_E, CODE_t, CODE_r,
  CODE_u, CODE_f, CODE_a, CODE_l, CODE_s, CODE_n,
};

static const uint8_t code_of[128] __attribute__((aligned(64))) = {
    [' '] = CODE_BLANK, ['\t'] = CODE_BLANK, ['\r'] = CODE_BLANK, ['\n'] = CODE_LF,
    ['{'] = CODE_OPEN_OBJECT, ['}'] = CODE_CLOSE_OBJECT, ['['] = CODE_OPEN_ARRAY, [']'] = CODE_CLOSE_ARRAY,
    [':'] = CODE_COLON, [','] = CODE_COMMA, ['"'] = CODE_QUOTE, ['0'] = CODE_0,
    ['1'] = CODE_1_TO_9, ['2'] = CODE_1_TO_9, ['3'] = CODE_1_TO_9, ['4'] = CODE_1_TO_9, ['5'] = CODE_1_TO_9,
    ['6'] = CODE_1_TO_9, ['7'] = CODE_1_TO_9, ['8'] = CODE_1_TO_9, ['9'] = CODE_1_TO_9,
    ['-'] = CODE_MINUS, ['+'] = CODE_PLUS, ['.'] = CODE_POINT, ['e'] = CODE_e, ['E'] = CODE_E,
    ['t'] = CODE_t, ['r'] = CODE_r, ['u'] = CODE_u, ['f'] = CODE_f, ['a'] = CODE_a, ['l'] = CODE_l, ['s'] = CODE_s,
    ['n'] = CODE_n};

#define TABLE_WIDTH 32
/// An initialiser with one entry per code, in order. `entry` takes a character. 1 stands for any other character.
#define TABLE_OF(entry) \
  {entry(1), entry(' '), entry('\n'), entry('{'), entry('}'), entry('['), entry(']'), entry(':'), entry(','), \
   entry('"'), entry('0'), entry('1'), entry('-'), entry('+'), entry('.'), entry('e'), entry('E'), entry('t'), \
   entry('r'), entry('u'), entry('f'), entry('a'), entry('l'), entry('s'), entry('n')}
#define CODE_OF(character) code_of[character]

#endif
