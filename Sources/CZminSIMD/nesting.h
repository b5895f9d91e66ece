// One bit a level: the operations on zmin_nesting that every kernel shares.
#ifndef CZMIN_NESTING_H
#define CZMIN_NESTING_H

#include "CZminSIMD.h"

/// Levels that `top` holds when its sentinel has reached the highest bit.
enum { ZMIN_TOP_LEVELS = 63 };

/// How many levels these are.
static inline size_t levels_count(const zmin_levels *levels) {
  return levels->count * ZMIN_TOP_LEVELS + (size_t)(ZMIN_TOP_LEVELS - __builtin_clzll(levels->top));
}

/// Adds a level inside the others. False: there is no room to remember it.
static inline bool levels_push(zmin_levels *levels, bool object) {
  if (levels->top >> ZMIN_TOP_LEVELS) {
    if (levels->count == levels->capacity) return false;
    levels->words[levels->count++] = levels->top;
    levels->top = 1;
  }
  levels->top = levels->top << 1 | object;
  return true;
}

/// How many containers are open that the run has opened, or that were open before a document's run.
static inline size_t nesting_depth(const zmin_nesting *nesting) { return levels_count(&nesting->open); }

/// Brings the innermost level back into `top`. False: nothing is open.
static inline bool nesting_refill(zmin_nesting *nesting) {
  if (nesting->open.top == 1) {
    if (nesting->open.count == 0) return false;
    nesting->open.top = nesting->open.words[--nesting->open.count];
  }
  return true;
}

/// Takes note that levels may be opened, so many at most, on top of those that are.
static inline void nesting_note_rise(zmin_nesting *nesting, size_t levels) {
  size_t depth = nesting_depth(nesting) + levels;
  if (depth > nesting->depthIncreaseMax) nesting->depthIncreaseMax = depth;
}

/// Opens a container. False: it would be too deep, or there is no room to remember it.
static inline bool nesting_push(zmin_nesting *nesting, size_t depth_max, bool object) {
  if (nesting_depth(nesting) >= depth_max || !levels_push(&nesting->open, object)) return false;
  nesting_note_rise(nesting, 0);
  return true;
}

/// The set of what the innermost level may be.
static inline uint8_t nesting_levels(zmin_nesting *nesting) {
  if (!nesting_refill(nesting)) return nesting->base;
  return nesting->open.top & 1 ? ZMIN_IN_OBJECT : ZMIN_IN_ARRAY;
}

/// Takes note that the innermost level is one of these. False: it is not.
static inline bool nesting_narrow(zmin_nesting *nesting, uint8_t levels) {
  if (nesting_refill(nesting)) return (nesting_levels(nesting) & levels) != 0;
  nesting->base &= levels;
  return nesting->base != 0;
}

/// Closes a container. False: the innermost is not of this kind, or none is open.
static inline bool nesting_pop(zmin_nesting *nesting, bool object) {
  if (nesting_refill(nesting)) {
    if ((nesting->open.top & 1) != object) return false;
    nesting->open.top >>= 1;
    return true;
  }
  // A level from before the run: what stands outside it, that run knows as little of.
  if (!nesting_narrow(nesting, object ? ZMIN_IN_OBJECT : ZMIN_IN_ARRAY)) return false;
  nesting->base = ZMIN_IN_ANYTHING;
  return levels_push(&nesting->closed, object);
}

/// What is expected once a value is complete.
static inline zmin_expectation nesting_after_value(zmin_nesting *nesting) {
  switch (nesting_levels(nesting)) {
    case ZMIN_IN_NOTHING: return ZMIN_EXPECT_END;
    case ZMIN_IN_ARRAY: return ZMIN_EXPECT_AFTER_ELEMENT;
    case ZMIN_IN_OBJECT: return ZMIN_EXPECT_AFTER_MEMBER;
    default: return ZMIN_EXPECT_AFTER_VALUE;
  }
}

/// What is expected after a comma, which must stand in a container.
static inline zmin_expectation nesting_after_comma(zmin_nesting *nesting) {
  switch (nesting_after_value(nesting)) {
    case ZMIN_EXPECT_AFTER_ELEMENT: return ZMIN_EXPECT_VALUE;
    case ZMIN_EXPECT_AFTER_MEMBER: return ZMIN_EXPECT_KEY;
    default: return ZMIN_EXPECT_AFTER_COMMA;
  }
}

#endif
