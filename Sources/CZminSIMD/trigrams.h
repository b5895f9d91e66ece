// The rules of the skeleton: which character may follow which two, as sixteen boxes. Each box is a product of three
// sets. A trigram is allowed if it lies in a box. Three look-ups give a bit per box, and one bit must be common to all
// three:
//
//   box               0 1 2 3 4 5 6 7 8 9 a b c d e f
//   two before   :    1 1 1 1 1 1 . . 1 . . . 1 . . 1
//   before       1    . . 1 1 1 1 . . . . . . . . . .
//   here         .    . . . 1 . . . . . . . . . . . .
//   all three         . . . 1 . . . . . . . . . . . .      allowed by box 3
//
// Some boxes are slightly too large: t" or fe or tra are refused only at the next character. window_edges.h checks this
// at the end of a window.
//
// The kernel defines the width and index of the tables, TABLE_WIDTH and TABLE_OF(entry).
#ifndef CZMIN_TRIGRAMS_H
#define CZMIN_TRIGRAMS_H

#include "bytesets.h"
#include "elements.h"

#define DIGITS "0123456789"
#define BLANKS " \t\n\r"
#define ANY DIGITS BLANKS "{}[]:,\"+-.eEtrufalsn"
/// The characters allowed before the last character of a value. The t that box 0 lets a bracket follow is not one.
#define COMPLETE DIGITS BLANKS "{}[]:,\"+-.eEusl"

enum {
  BOX_POINT = 3,
  BOX_EXPONENT = 4,
  BOXES_AFTER_ANY = 0x1F,  // 0 to 4, in which the character two before may be any
  BOXES_DIGIT = 0xC4,      // 2, 6, 7: a digit, or the sign of an exponent, within a number
  BOX_CLAIM = 10,          // a string and a colon: claims an object for the comma two before, as ELEMENT_OBJECT
};

/// The boxes: a bit of sixteen, then the sets of the characters two before, before, and here. `lf` is an LF in ndjson,
/// where it comes before a record, and empty in json. The first eight boxes suffice for arrays of numbers.
#define BOXES(box, c, lf) \
  (box(c, 0, ANY, "{[t", "}]\"r")                           /* {} [], which stage 4 matches; {" tr */ \
   | box(c, 1, ANY, "[:," lf, "\"-" DIGITS "tfn{[")         /* a value */ \
   | box(c, 2, ANY, "123456789.+-", DIGITS)                 /* another digit */ \
   | box(c, BOX_POINT, ANY, DIGITS, ".")                    /* order: numbers.h */ \
   | box(c, BOX_EXPONENT, ANY, DIGITS, "eE")                /* order: numbers.h */ \
   | box(c, 5, COMPLETE, "}]" BLANKS DIGITS, ",}]" BLANKS)  /* after a number, a bracket, a blank */ \
   | box(c, 6, DIGITS ".eE+", "0", DIGITS)                  /* after a 0 within a number; e-05: skeleton.h */ \
   | box(c, 7, DIGITS, "eE", DIGITS "+-")                   /* after the e */ \
   | box(c, 8, "[:," lf, "\"", ",}]" lf)                    /* after a string that is a value */ \
   | box(c, 9, "us", "e", ",}]" BLANKS)                     /* after true and false */ \
   | box(c, BOX_CLAIM, "{,", "\"", ":")                     /* after a key */ \
   | box(c, 11, "l", "l", ",}]" BLANKS)                     /* after null */ \
   | box(c, 12, "[:,r" lf, "fu", "ae")                      /* _fa rue */ \
   | box(c, 13, "nu", "ul", "l")                            /* nul ull */ \
   | box(c, 14, "flt", "asr", "leu")                        /* fal lse tru */ \
   | box(c, 15, "a[:," lf, "ln", "su"))                     /* als _nu */

#define TWO_BEFORE(c, bit, two_before, before, here) (IS_IN(c, two_before) ? 1 << (bit) : 0)
#define BEFORE(c, bit, two_before, before, here) (IS_IN(c, before) ? 1 << (bit) : 0)
#define HERE(c, bit, two_before, before, here) (IS_IN(c, here) ? 1 << (bit) : 0)

/// Boxes 0 to 7 for the character two before. The bits of boxes 0 to 4 are not needed there and hold its class as an
/// element.
#define TWO_BEFORE_LOW(c, boxes) (uint8_t)(((boxes) & 0xFF & ~BOXES_AFTER_ANY) | ELEMENT_OF(c))

/// Boxes 0 to 7 and boxes 8 to 15 for each of the three characters.
typedef struct {
  uint8_t two_before[2][TABLE_WIDTH], before[2][TABLE_WIDTH], here[2][TABLE_WIDTH];
} __attribute__((aligned(64))) trigram_tables;

#define TRIGRAM_PAIR(low, high) {TABLE_OF(low), TABLE_OF(high)}

#define JSON_2_LOW(c) TWO_BEFORE_LOW(c, BOXES(TWO_BEFORE, c, ""))
#define JSON_2_HIGH(c) (uint8_t)(BOXES(TWO_BEFORE, c, "") >> 8)
#define JSON_1_LOW(c) (uint8_t)(BOXES(BEFORE, c, "") & 0xFF)
#define JSON_1_HIGH(c) (uint8_t)(BOXES(BEFORE, c, "") >> 8)
#define JSON_0_LOW(c) (uint8_t)(BOXES(HERE, c, "") & 0xFF)
#define JSON_0_HIGH(c) (uint8_t)(BOXES(HERE, c, "") >> 8)
static const trigram_tables json_trigrams = {
    TRIGRAM_PAIR(JSON_2_LOW, JSON_2_HIGH), TRIGRAM_PAIR(JSON_1_LOW, JSON_1_HIGH),
    TRIGRAM_PAIR(JSON_0_LOW, JSON_0_HIGH)};

#define NDJSON_2_LOW(c) TWO_BEFORE_LOW(c, BOXES(TWO_BEFORE, c, "\n"))
#define NDJSON_2_HIGH(c) (uint8_t)(BOXES(TWO_BEFORE, c, "\n") >> 8)
#define NDJSON_1_LOW(c) (uint8_t)(BOXES(BEFORE, c, "\n") & 0xFF)
#define NDJSON_1_HIGH(c) (uint8_t)(BOXES(BEFORE, c, "\n") >> 8)
#define NDJSON_0_LOW(c) (uint8_t)(BOXES(HERE, c, "\n") & 0xFF)
#define NDJSON_0_HIGH(c) (uint8_t)(BOXES(HERE, c, "\n") >> 8)
static const trigram_tables ndjson_trigrams = {
    TRIGRAM_PAIR(NDJSON_2_LOW, NDJSON_2_HIGH), TRIGRAM_PAIR(NDJSON_1_LOW, NDJSON_1_HIGH),
    TRIGRAM_PAIR(NDJSON_0_LOW, NDJSON_0_HIGH)};

_Static_assert(1 << (BOX_CLAIM - 8) == ELEMENT_OBJECT, "the box of a claim is the kind that it claims");
_Static_assert((ELEMENT_OBJECT | ELEMENT_MARK | BOUNDARY_MARK) <= BOXES_AFTER_ANY, "the class of an element has room");

#endif
