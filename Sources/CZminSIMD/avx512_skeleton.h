// Stage 3: the skeleton, what stands outside strings: punctuation, scalars, one quote a string, whitespace where it
// ends a scalar, and in ndjson the LFs that are kept.
//
//   text          { " k e y " :   1 . 5 e 3 , " k 2 " : t r u e }
//   skeleton      { " : 1 . 5 e 3 , " : t r u e }
//
// Whether a character may stand after the two before it is looked up in sixteen boxes, each a product of three sets:
// a look-up for each of the three characters gives sixteen bits, and one bit must be left that all three have.
//
// What three characters cannot tell is the order of '.' and exponent within a number, which a carry running through the
// digits finds, and nesting, for which brackets and commas are passed on as elements. A comma says what it claims to
// stand in, which is known two characters later: an object if a string and a colon follow, else an array.
//
// Some boxes are a little too large: t" or fe or tra are refused only when the next character has come. Where a window
// ends, avx512_seams.h looks at the last characters for that.
#ifndef CZMIN_AVX512_SKELETON_H
#define CZMIN_AVX512_SKELETON_H

#include "avx512.h"
#include "avx512_elements.h"
#include "bytesets.h"

#if defined(__x86_64__)

#define DIGITS "0123456789"
#define BLANKS " \t\n\r"
#define ANY DIGITS BLANKS "{}[]:,\"+-.eEtrufalsn"
/// What may stand before the last character of a value: not the t that box 3 lets a bracket follow.
#define COMPLETE DIGITS BLANKS "{}[]:,\"+-.eEusl"

enum {
  BOX_CLAIM = 2,     // a string and a colon: says of a comma what it stands in, as ELEMENT_OBJECT
  BOXES_DIGIT = 0xE0,  // 5, 6, 7: a digit, or a sign, that something of a number stands before
  BOX_POINT = 8,
  BOX_EXPONENT = 9,
};

/// The boxes: a bit of sixteen, then what may stand two before, one before, and here. `lf` is an LF in ndjson, where it
/// stands before a record, and nothing in json.
#define BOXES(box, c, lf) \
  (box(c, 0, COMPLETE, "}]" BLANKS DIGITS, ",}]" BLANKS) /* what follows a number, a bracket, a blank */ \
   | box(c, 1, "[:," lf, "\"", ",}]" lf)                 /* what follows a string that is a value */ \
   | box(c, BOX_CLAIM, "{,", "\"", ":")                  /* what follows a key */ \
   | box(c, 3, ANY, "{[t", "}]\"r")                      /* {} [] if they match, which is for stage 4; {" tr */ \
   | box(c, 4, ANY, "[:," lf, "\"-" DIGITS "tfn{[")      /* a value */ \
   | box(c, 5, ANY, "123456789.+-", DIGITS)              /* one more digit */ \
   | box(c, 6, DIGITS ".eE+", "0", DIGITS)               /* after a 0 that does not lead; for e-05 see `refused` */ \
   | box(c, 7, DIGITS, "eE", DIGITS "+-")                /* what follows the e */ \
   | box(c, BOX_POINT, ANY, DIGITS, ".")                 /* in order, which is checked apart */ \
   | box(c, BOX_EXPONENT, ANY, DIGITS, "eE")             /* the same */ \
   | box(c, 10, "us", "e", ",}]" BLANKS)                 /* what follows true and false */ \
   | box(c, 11, "l", "l", ",}]" BLANKS)                  /* what follows null */ \
   | box(c, 12, "[:,r" lf, "fu", "ae")                   /* _fa rue */ \
   | box(c, 13, "nu", "ul", "l")                         /* nul ull */ \
   | box(c, 14, "flt", "asr", "leu")                     /* fal lse tru */ \
   | box(c, 15, "a[:," lf, "ln", "su"))                  /* als _nu */

#define TWO_BEFORE(c, bit, two_before, before, here) (IS_IN(c, two_before) ? 1 << (bit) : 0)
#define BEFORE(c, bit, two_before, before, here) (IS_IN(c, before) ? 1 << (bit) : 0)
#define HERE(c, bit, two_before, before, here) (IS_IN(c, here) ? 1 << (bit) : 0)

/// For each of the three characters the boxes 0 to 7, and the boxes 8 to 15.
typedef struct {
  uint8_t two_before[2][128], before[2][128], here[2][128];
} __attribute__((aligned(64))) trigram_tables;

#define TRIGRAM_PAIR(low, high) {ASCII_TABLE(low), ASCII_TABLE(high)}

#define JSON_2_LOW(c) (uint8_t)(BOXES(TWO_BEFORE, c, "") & 0xFF)
#define JSON_2_HIGH(c) (uint8_t)(BOXES(TWO_BEFORE, c, "") >> 8)
#define JSON_1_LOW(c) (uint8_t)(BOXES(BEFORE, c, "") & 0xFF)
#define JSON_1_HIGH(c) (uint8_t)(BOXES(BEFORE, c, "") >> 8)
#define JSON_0_LOW(c) (uint8_t)(BOXES(HERE, c, "") & 0xFF)
#define JSON_0_HIGH(c) (uint8_t)(BOXES(HERE, c, "") >> 8)
static const trigram_tables json_trigrams = {
    TRIGRAM_PAIR(JSON_2_LOW, JSON_2_HIGH), TRIGRAM_PAIR(JSON_1_LOW, JSON_1_HIGH),
    TRIGRAM_PAIR(JSON_0_LOW, JSON_0_HIGH)};

#define NDJSON_2_LOW(c) (uint8_t)(BOXES(TWO_BEFORE, c, "\n") & 0xFF)
#define NDJSON_2_HIGH(c) (uint8_t)(BOXES(TWO_BEFORE, c, "\n") >> 8)
#define NDJSON_1_LOW(c) (uint8_t)(BOXES(BEFORE, c, "\n") & 0xFF)
#define NDJSON_1_HIGH(c) (uint8_t)(BOXES(BEFORE, c, "\n") >> 8)
#define NDJSON_0_LOW(c) (uint8_t)(BOXES(HERE, c, "\n") & 0xFF)
#define NDJSON_0_HIGH(c) (uint8_t)(BOXES(HERE, c, "\n") >> 8)
static const trigram_tables ndjson_trigrams = {
    TRIGRAM_PAIR(NDJSON_2_LOW, NDJSON_2_HIGH), TRIGRAM_PAIR(NDJSON_1_LOW, NDJSON_1_HIGH),
    TRIGRAM_PAIR(NDJSON_0_LOW, NDJSON_0_HIGH)};

_Static_assert(1 << BOX_CLAIM == ELEMENT_OBJECT, "the box of a claim is the kind that it claims");

/// A run of digits after a '.' or an exponent, on its way from one block to the next.
typedef struct {
  uint64_t start;  // 1 if the block before ended with the mark
  uint64_t carry;  // 1 if the block before ended in the run
  uint64_t ends;   // where runs ended in the last block, one that is still going on: after the last character
} number_run;

typedef struct {
  number_run fraction, exponent;
  uint64_t errors;
  uint8_t *elements;  // where the next one goes
  bool begun;         // any block has been done
} skeleton_scan;

AVX512_INLINE __m512i look_up(const uint8_t *table, __m512i characters) {
  return _mm512_permutex2var_epi8(_mm512_load_si512(table), characters, _mm512_load_si512(table + 64));
}

/// Follows the digits behind each mark. Returns the errors: marks that such a run ends at.
///
///   text                1 . 5 e 3 , 1 . 2 . 3
///   marks               . 1 . . . . . 1 . 1 .
///   marks << 1          . . 1 . . . . . 1 . 1
///   digits              1 . 1 . 1 . 1 . 1 . 1
///   digits + that       . . . 1 1 . 1 . . 1 .
///   ends, not digits    . . . 1 . . . . . 1 .      the second at a mark
AVX512_INLINE uint64_t follow(number_run *run, uint64_t marks, uint64_t digits, uint64_t forbidden) {
  unsigned long long sum;
  uint64_t starts = marks << 1 | run->start;
  run->start = marks >> 63;
  run->carry = _addcarry_u64((unsigned char)run->carry, starts, digits, &sum);
  run->ends = sum & ~digits;
  return run->ends & forbidden;
}

/// Passes on the elements under the mask. Their classes come from two characters back, `claims` from here.
AVX512_INLINE void emit_elements(
    skeleton_scan *scan, const zmin_format format, const uint8_t *characters, __m512i claims, uint64_t mask) {
  const int marks = ELEMENT_MARK | (format == ZMIN_NDJSON ? BOUNDARY_MARK : 0);
  __m512i classes = look_up(element_of, _mm512_loadu_si512(characters));
  uint64_t elements = _mm512_test_epi8_mask(classes, _mm512_set1_epi8((char)marks)) & mask;
  // classes | (claims & ELEMENT_OBJECT)
  __m512i claimed = _mm512_ternarylogic_epi64(classes, claims, _mm512_set1_epi8(ELEMENT_OBJECT), 0xF8);
  _mm512_storeu_si512(scan->elements, _mm512_maskz_compress_epi8(elements, claimed));
  scan->elements += _mm_popcnt_u64(elements);
}

/// Takes the characters that no box allows. Returns those that are right nevertheless: a digit after a 0 after the minus
/// of an exponent, since the boxes cannot tell that minus from a number's: 1e-05, but not -05.
__attribute__((noinline)) AVX512 static uint64_t after_exponent_zero(const uint8_t *at, uint64_t outside) {
  __m512i exponent = _mm512_or_si512(_mm512_loadu_si512(at - 3), _mm512_set1_epi8(0x20));
  __m512i value = _mm512_sub_epi8(_mm512_loadu_si512(at), _mm512_set1_epi8('0'));
  return outside & _mm512_cmpeq_epi8_mask(exponent, _mm512_set1_epi8('e')) &
      _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(at - 2), _mm512_set1_epi8('-')) &
      _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(at - 1), _mm512_set1_epi8('0')) &
      _mm512_cmplt_epu8_mask(value, _mm512_set1_epi8(10));
}

/// Checks 64 characters, those in `valid`, and passes on the elements in `emitted`, which is two characters behind.
AVX512_INLINE void check_block(
    skeleton_scan *scan, const zmin_format format, const uint8_t *at, uint64_t valid, uint64_t emitted) {
  const trigram_tables *tables = format == ZMIN_NDJSON ? &ndjson_trigrams : &json_trigrams;
  __m512i here = _mm512_loadu_si512(at), before = _mm512_loadu_si512(at - 1);
  __m512i two_before = _mm512_loadu_si512(at - 2);
  __m512i low = _mm512_ternarylogic_epi64(
      look_up(tables->two_before[0], two_before), look_up(tables->before[0], before),
      look_up(tables->here[0], here), 0x80);
  __m512i high = _mm512_ternarylogic_epi64(
      look_up(tables->two_before[1], two_before), look_up(tables->before[1], before),
      look_up(tables->here[1], here), 0x80);
  __m512i either = _mm512_or_si512(low, high);
  uint64_t outside = _mm512_testn_epi8_mask(either, either) & valid;
  uint64_t digits = _mm512_test_epi8_mask(low, _mm512_set1_epi8((char)BOXES_DIGIT)) & valid;
  if (UNLIKELY(outside)) {
    uint64_t right = after_exponent_zero(at, outside);
    scan->errors |= outside ^ right;
    digits |= right;
  }
  emit_elements(scan, format, at - 2, low, emitted);

  uint64_t points = _mm512_test_epi8_mask(high, _mm512_set1_epi8(1 << (BOX_POINT - 8))) & valid;
  uint64_t exponents = _mm512_test_epi8_mask(high, _mm512_set1_epi8(1 << (BOX_EXPONENT - 8))) & valid;
  scan->errors |= follow(&scan->fraction, points, digits, points);
  scan->exponent.ends = 0;
  if (UNLIKELY(exponents | scan->exponent.start | scan->exponent.carry)) {
    scan->errors |= follow(&scan->exponent, exponents, digits, points | exponents);
  }
  scan->begun = true;
}

/// Checks what is in the buffer by whole registers, and moves the rest, with its history, to the front. Returns how
/// much is left.
AVX512_INLINE size_t check_skeleton(
    skeleton_scan *scan, const zmin_format format, dense_buffer *buffer, size_t count) {
  uint8_t *characters = buffer->bytes + LOOK_BEHIND;
  size_t at = 0;
  skeleton_scan local = *scan;
  for (; at + BLOCK <= count; at += BLOCK) check_block(&local, format, characters + at, ~0ULL, ~0ULL);
  *scan = local;
  if (at != 0) {
    __m512i rest = _mm512_loadu_si512(characters + at);
    memcpy(characters - 16, characters + at - 16, 16);
    _mm512_storeu_si512(characters, rest);
  }
  return count - at;
}

/// Checks the last `count` characters, less than a register, and passes on all elements but the last `unclaimed`
/// characters'. What follows them is filled with what can claim nothing.
AVX512_INLINE void check_skeleton_end(
    skeleton_scan *scan, const zmin_format format, dense_buffer *buffer, size_t count, size_t unclaimed) {
  uint8_t *characters = buffer->bytes + LOOK_BEHIND;
  memset(characters + count, ' ', 2 * BLOCK);
  size_t emitted = count + 2 - unclaimed;
  check_block(scan, format, characters, first_bits(count), first_bits(emitted));
  if (emitted > BLOCK) {
    emit_elements(scan, format, characters + BLOCK - 2, _mm512_setzero_si512(), first_bits(emitted - BLOCK));
  }
}

#endif
#endif
