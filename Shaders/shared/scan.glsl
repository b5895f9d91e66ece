// Prefix scans over a workgroup, in shared memory and by thread index, independent of the subgroup size. Three steps:
//
//   1. Each of the first SEGMENTS threads scans one segment.
//   2. Thread 0 scans the totals of the segments.
//   3. Every thread combines its segment's prefix with its own.
//
// Few threads do most of the work, while other workgroups run.
const uint SEGMENTS = 16u;
const uint SEGMENT_THREADS = THREADS / SEGMENTS;
shared uint scanned[THREADS + SEGMENTS];
shared uint segments[SEGMENTS + 1u];

/// The index of a thread's value. One word is unused after each segment, so that the scanning threads use different
/// banks.
uint paddedIndex(uint thread) { return thread + thread / SEGMENT_THREADS; }

/// Returns the sum of the values of all threads before this one. `total` is the sum over all threads.
uint sumBefore(uint thread, uint value, out uint total) {
  scanned[paddedIndex(thread)] = value;
  barrier();
  if (thread < SEGMENTS) {
    uint sum = 0u;
    uint first = paddedIndex(thread * SEGMENT_THREADS);
    for (uint i = first; i < first + SEGMENT_THREADS; i++) {
      uint next = scanned[i];
      scanned[i] = sum;
      sum += next;
    }
    segments[thread] = sum;
  }
  barrier();
  if (thread == 0u) {
    uint sum = 0u;
    for (uint i = 0u; i < SEGMENTS; i++) {
      uint next = segments[i];
      segments[i] = sum;
      sum += next;
    }
    segments[SEGMENTS] = sum;
  }
  barrier();
  uint before = segments[thread / SEGMENT_THREADS] + scanned[paddedIndex(thread)];
  total = segments[SEGMENTS];
  barrier();
  return before;
}

/// Returns the composed map of all threads before this one. `total` is the map of all threads.
uint mapBefore(uint thread, uint map, out uint total) {
  scanned[paddedIndex(thread)] = map;
  barrier();
  if (thread < SEGMENTS) {
    uint product = IDENTITY;
    uint first = paddedIndex(thread * SEGMENT_THREADS);
    for (uint i = first; i < first + SEGMENT_THREADS; i++) {
      uint next = scanned[i];
      scanned[i] = product;
      product = composed(product, next);
    }
    segments[thread] = product;
  }
  barrier();
  if (thread == 0u) {
    uint product = IDENTITY;
    for (uint i = 0u; i < SEGMENTS; i++) {
      uint next = segments[i];
      segments[i] = product;
      product = composed(product, next);
    }
    segments[SEGMENTS] = product;
  }
  barrier();
  uint before = composed(segments[thread / SEGMENT_THREADS], scanned[paddedIndex(thread)]);
  total = segments[SEGMENTS];
  barrier();
  return before;
}
