// Part of stage 3: the order of '.' and exponent within a number, which three characters cannot show. A carry through
// the digits after each mark finds the end of the run.
#ifndef CZMIN_NUMBERS_H
#define CZMIN_NUMBERS_H

#include "stages.h"

/// The state of a run of digits after a '.' or an exponent, carried from block to block.
typedef struct {
  uint64_t start;  // 1 if the block before ended with the mark
  uint64_t carry;  // 1 if the block before ended in the run
  uint64_t ends;   // set by follow_block only: ends of runs; a run that goes on ends after the last character
} number_run;

/// Follows the digits after each mark. Returns the errors: forbidden marks at the end of such a run.
///
///   text                1 . 5 e 3 , 1 . 2 . 3
///   marks               . 1 . . . . . 1 . 1 .
///   marks << 1          . . 1 . . . . . 1 . 1
///   digits              1 . 1 . 1 . 1 . 1 . 1
///   digits + that       . . . 1 1 . 1 . . 1 .
///   ends, not digits    . . . 1 . . . . . 1 .      the second is an error: it is a '.'
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
