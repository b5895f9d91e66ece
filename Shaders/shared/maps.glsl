// A map tells for each state before a run of bytes the state after it, two bits each, and maps compose: so what many
// runs do can be found in any grouping.

/// States that there are: OWING, the last, is one of lines alone.
const uint STATES = NDJSON != 0u ? uint(ZMIN_STATE_COUNT) : uint(ZMIN_STATE_OWING);
const uint IDENTITY = 0xe4u;

uint stateAfter(uint map, uint state) { return map >> (2u * state) & 3u; }

/// The map of one run and the next.
uint composed(uint first, uint second) {
  uint map = 0u;
  [[unroll]] for (uint state = 0u; state < STATES; state++) {
    map |= stateAfter(second, stateAfter(first, state)) << (2u * state);
  }
  return map;
}
