// The order of '.' and exponent in numbers (numbers.h), eight blocks at a time, for AVX-512.
#ifndef CZMIN_AVX512_NUMBERS_H
#define CZMIN_AVX512_NUMBERS_H

#include "avx512.h"
#include "numbers.h"

#if defined(__x86_64__)

/// Follows one kind of mark through `lanes` blocks, one lane each. Returns the errors.
STAGE_INLINE __m512i follow_lanes(
    number_run *run, __m512i marks, __m512i *before, __m512i digits, __m512i forbidden, unsigned lanes) {
  __m512i sum = add_lanes(digits, shift_in(marks, *before), lanes, &run->carry);
  *before = marks;
  return _mm512_ternarylogic_epi64(sum, digits, forbidden, 0x20);  // sum & ~digits & forbidden
}

/// Follows both kinds of marks through all blocks. Returns the errors. No branch skips blocks without exponents: it
/// would be unpredictable.
STAGE_INLINE uint64_t follow_blocks(
    number_run *fraction, number_run *exponent, const number_planes *planes, size_t blocks) {
  if (blocks == 0) return 0;
  __m512i point_before = _mm512_set1_epi64((long long)(fraction->start << 63));
  __m512i exponent_before = _mm512_set1_epi64((long long)(exponent->start << 63));
  __m512i errors = _mm512_setzero_si512();
  for (size_t at = 0; at < blocks; at += BLOCKS) {
    unsigned lanes = blocks - at < BLOCKS ? (unsigned)(blocks - at) : BLOCKS;
    __mmask8 valid = (__mmask8)first_bits(lanes);
    __m512i points = _mm512_maskz_load_epi64(valid, planes->points + at);
    __m512i exponents = _mm512_maskz_load_epi64(valid, planes->exponents + at);
    __m512i digits = _mm512_maskz_load_epi64(valid, planes->digits + at);
    __m512i marks = _mm512_or_si512(points, exponents);
    __m512i in_fraction = follow_lanes(fraction, points, &point_before, digits, points, lanes);
    __m512i in_exponent = follow_lanes(exponent, exponents, &exponent_before, digits, marks, lanes);
    errors = _mm512_ternarylogic_epi64(errors, in_fraction, in_exponent, 0xFE);  // errors | in_fraction | in_exponent
  }
  fraction->start = planes->points[blocks - 1] >> 63;
  exponent->start = planes->exponents[blocks - 1] >> 63;
  return _mm512_test_epi64_mask(errors, errors);
}

#endif
#endif
