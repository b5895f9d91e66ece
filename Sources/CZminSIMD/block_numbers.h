// The order of '.' and exponent in numbers (numbers.h), block by block, for kernels with masks in general registers.
#ifndef CZMIN_BLOCK_NUMBERS_H
#define CZMIN_BLOCK_NUMBERS_H

#include "numbers.h"

STAGE_INLINE uint64_t follow_blocks(
    number_run *fraction, number_run *exponent, const number_planes *planes, size_t blocks) {
  uint64_t errors = 0;
  for (size_t block = 0; block < blocks; block++) errors |= follow_block(fraction, exponent, planes, block);
  return errors;
}

#endif
