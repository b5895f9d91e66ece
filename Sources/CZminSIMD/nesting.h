// Operations on zmin_nesting, one bit per level, shared by all kernels.
#ifndef CZMIN_NESTING_H
#define CZMIN_NESTING_H

#include "CZminSIMD.h"

/// The number of levels in a full `top`.
enum { ZMIN_TOP_LEVELS = 63 };

static inline size_t levels_count(const zmin_levels *levels) {
  return levels->count * ZMIN_TOP_LEVELS + (size_t)(ZMIN_TOP_LEVELS - __builtin_clzll(levels->top));
}

/// Adds an innermost level. Returns false if there is no room.
static inline bool levels_push(zmin_levels *levels, bool object) {
  if (levels->top >> ZMIN_TOP_LEVELS) {
    if (levels->count == levels->capacity) return false;
    levels->words[levels->count++] = levels->top;
    levels->top = 1;
  }
  levels->top = levels->top << 1 | object;
  return true;
}

/// The number of open containers, in a slice only those it has opened.
static inline size_t nesting_depth(const zmin_nesting *nesting) { return levels_count(&nesting->open); }

/// Moves the innermost word back into an empty `top`. Returns false if no level is open.
static inline bool nesting_refill(zmin_nesting *nesting) {
  if (nesting->open.top == 1) {
    if (nesting->open.count == 0) return false;
    nesting->open.top = nesting->open.words[--nesting->open.count];
  }
  return true;
}

/// Records that up to `levels` more levels may be opened.
static inline void nesting_note_depth(zmin_nesting *nesting, size_t levels) {
  size_t depth = nesting_depth(nesting) + levels;
  if (depth > nesting->depth_increase_max) nesting->depth_increase_max = depth;
}

/// Opens a container. Returns false if the depth limit or the memory is exceeded.
static inline bool nesting_push(zmin_nesting *nesting, size_t depth_max, bool object) {
  if (nesting_depth(nesting) >= depth_max || !levels_push(&nesting->open, object)) return false;
  nesting_note_depth(nesting, 0);
  return true;
}

/// The set of possible innermost levels.
static inline uint8_t nesting_levels(zmin_nesting *nesting) {
  if (!nesting_refill(nesting)) return nesting->base;
  return nesting->open.top & 1 ? ZMIN_IN_OBJECT : ZMIN_IN_ARRAY;
}

/// Restricts the innermost level to `levels`. Returns false if that is a contradiction.
static inline bool nesting_narrow(zmin_nesting *nesting, uint8_t levels) {
  if (nesting_refill(nesting)) return (nesting_levels(nesting) & levels) != 0;
  nesting->base &= levels;
  return nesting->base != 0;
}

/// Closes a container. Returns false if the innermost level is not of this kind or none is open.
static inline bool nesting_pop(zmin_nesting *nesting, bool object) {
  if (nesting_refill(nesting)) {
    if ((nesting->open.top & 1) != object) return false;
    nesting->open.top >>= 1;
    return true;
  }
  // The level was opened before the run. The run knows nothing about the next level out.
  if (!nesting_narrow(nesting, object ? ZMIN_IN_OBJECT : ZMIN_IN_ARRAY)) return false;
  nesting->base = ZMIN_IN_ANYTHING;
  return levels_push(&nesting->closed, object);
}

/// The expectation after a complete value.
static inline zmin_expectation nesting_after_value(zmin_nesting *nesting) {
  switch (nesting_levels(nesting)) {
    case ZMIN_IN_NOTHING: return ZMIN_EXPECT_END;
    case ZMIN_IN_ARRAY: return ZMIN_EXPECT_AFTER_ELEMENT;
    case ZMIN_IN_OBJECT: return ZMIN_EXPECT_AFTER_MEMBER;
    default: return ZMIN_EXPECT_AFTER_VALUE;
  }
}

/// The expectation after a comma in a container.
static inline zmin_expectation nesting_after_comma(zmin_nesting *nesting) {
  switch (nesting_after_value(nesting)) {
    case ZMIN_EXPECT_AFTER_ELEMENT: return ZMIN_EXPECT_VALUE;
    case ZMIN_EXPECT_AFTER_MEMBER: return ZMIN_EXPECT_KEY;
    default: return ZMIN_EXPECT_AFTER_COMMA;
  }
}

#endif
