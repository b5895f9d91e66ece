// A part of stage 3: the order of '.' and exponent within a number, which three characters cannot tell. A carry that
// runs through the digits behind each mark finds it.
#ifndef CZMIN_NUMBERS_H
#define CZMIN_NUMBERS_H

#include "stages.h"

/// A run of digits after a '.' or an exponent, on its way from one block to the next.
typedef struct {
  uint64_t start;  // 1 if the block before ended with the mark
  uint64_t carry;  // 1 if the block before ended in the run
  uint64_t ends;   // of follow_block only: where runs ended, one that is still going on: after the last character
} number_run;

/// Follows the digits behind each mark. Returns the errors: marks that such a run ends at.
///
///   text                1 . 5 e 3 , 1 . 2 . 3
///   marks               . 1 . . . . . 1 . 1 .
///   marks << 1          . . 1 . . . . . 1 . 1
///   digits              1 . 1 . 1 . 1 . 1 . 1
///   digits + that       . . . 1 1 . 1 . . 1 .
///   ends, not digits    . . . 1 . . . . . 1 .      the second at a mark
STAGE_INLINE uint64_t follow(number_run *run, uint64_t marks, uint64_t digits, uint64_t forbidden) {
  uint64_t starts = marks << 1 | run->start;
  run->start = marks >> 63;
  uint64_t sum = add_with_carry(starts, digits, &run->carry);
  run->ends = sum & ~digits;
  return run->ends & forbidden;
}

/// Follows both kinds of marks through one block. Returns the errors.
STAGE_INLINE uint64_t follow_block(
    number_run *fraction, number_run *exponent, const number_planes *planes, size_t block) {
  uint64_t points = planes->points[block], exponents = planes->exponents[block], digits = planes->digits[block];
  uint64_t errors = follow(fraction, points, digits, points);
  exponent->ends = 0;
  if (UNLIKELY(exponents | exponent->start | exponent->carry)) {
    errors |= follow(exponent, exponents, digits, points | exponents);
  }
  return errors;
}

#endif
