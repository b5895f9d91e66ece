// One bit a level: the operations on zmin_nesting that every kernel shares.
#ifndef CZMIN_NESTING_H
#define CZMIN_NESTING_H

#include "CZminSIMD.h"

/// Levels that `top` holds when its sentinel has reached the highest bit.
enum { ZMIN_TOP_LEVELS = 63 };

/// How many containers are open.
static inline size_t nesting_depth(const zmin_nesting *nesting) {
  return nesting->count * ZMIN_TOP_LEVELS + (size_t)(ZMIN_TOP_LEVELS - __builtin_clzll(nesting->top));
}

/// Brings the innermost level back into `top`. False: nothing is open.
static inline bool nesting_refill(zmin_nesting *nesting) {
  if (nesting->top == 1) {
    if (nesting->count == 0) return false;
    nesting->top = nesting->words[--nesting->count];
  }
  return true;
}

/// Opens a container. False: it would be too deep, or there is no room to remember it.
static inline bool nesting_push(zmin_nesting *nesting, size_t depth_max, bool object) {
  if (nesting_depth(nesting) >= depth_max) return false;
  if (nesting->top >> ZMIN_TOP_LEVELS) {
    if (nesting->count == nesting->capacity) return false;
    nesting->words[nesting->count++] = nesting->top;
    nesting->top = 1;
  }
  nesting->top = nesting->top << 1 | object;
  return true;
}

/// Closes a container. False: the innermost is not of this kind, or none is open.
static inline bool nesting_pop(zmin_nesting *nesting, bool object) {
  if (!nesting_refill(nesting) || (nesting->top & 1) != object) return false;
  nesting->top >>= 1;
  return true;
}

/// What is expected once a value is complete.
static inline zmin_expectation nesting_after_value(zmin_nesting *nesting) {
  if (!nesting_refill(nesting)) return ZMIN_EXPECT_END;
  return nesting->top & 1 ? ZMIN_EXPECT_AFTER_MEMBER : ZMIN_EXPECT_AFTER_ELEMENT;
}

#endif
