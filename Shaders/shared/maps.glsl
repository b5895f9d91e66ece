// A map gives the state after a run of bytes for each state before it, in two bits each:
//
//   bits         7 6       5 4       3 2       1 0
//   after from   OWING     ESCAPED   STRING    OUTSIDE
//
// Maps compose associatively, so the effect of many runs can be found in any grouping (a parallel scan).

/// The number of states in use. OWING, the last, exists in ndjson only.
const uint STATES = NDJSON != 0u ? uint(ZMIN_STATE_COUNT) : uint(ZMIN_STATE_OWING);
const uint IDENTITY = 0xe4u;

uint stateAfter(uint map, uint state) { return map >> (2u * state) & 3u; }

/// The map of a run followed by another.
uint composed(uint first, uint second) {
  uint map = 0u;
  [[unroll]] for (uint state = 0u; state < STATES; state++) {
    map |= stateAfter(second, stateAfter(first, state)) << (2u * state);
  }
  return map;
}
