// Packing bytes eight at a time, for kernels without a compress instruction: a shuffle for each mask of eight bits.
#ifndef CZMIN_PACKING_H
#define CZMIN_PACKING_H

#include "bytesets.h"

/// Bit j of the mask, if it is the one that comes to place i: then j, else 0.
#define BIT_AT(mask, i, j) \
  (((mask) >> (j) & 1) != 0 && __builtin_popcount((mask) & ((1 << (j)) - 1)) == (i) ? (j) : 0)
#define BYTE_AT(mask, i) \
  (BIT_AT(mask, i, 1) | BIT_AT(mask, i, 2) | BIT_AT(mask, i, 3) | BIT_AT(mask, i, 4) | BIT_AT(mask, i, 5) | \
   BIT_AT(mask, i, 6) | BIT_AT(mask, i, 7))
#define SHUFFLE_FOR(mask) \
  {BYTE_AT(mask, 0), BYTE_AT(mask, 1), BYTE_AT(mask, 2), BYTE_AT(mask, 3), \
   BYTE_AT(mask, 4), BYTE_AT(mask, 5), BYTE_AT(mask, 6), BYTE_AT(mask, 7)}

/// For each mask the places of its bits, lowest first. What stands after them is written over by the next store.
static const uint8_t pack_shuffles[256][8] __attribute__((aligned(64))) = {
    ENTRIES_64(SHUFFLE_FOR, 0), ENTRIES_64(SHUFFLE_FOR, 64), ENTRIES_64(SHUFFLE_FOR, 128),
    ENTRIES_64(SHUFFLE_FOR, 192)};

#endif
