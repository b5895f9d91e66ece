// A map tells for each of the four states before a run of bytes the state after it, two bits each, and maps compose:
// so what many runs do can be found in any grouping.
const uint IDENTITY = 0xe4u;

uint stateAfter(uint map, uint state) { return map >> (2u * state) & 3u; }

/// The map of one run and the next.
uint composed(uint first, uint second) {
  uint map = 0u;
  [[unroll]] for (uint state = 0u; state < uint(ZMIN_STATE_COUNT); state++) {
    map |= stateAfter(second, stateAfter(first, state)) << (2u * state);
  }
  return map;
}
