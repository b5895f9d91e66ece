// Scans over a workgroup, in shared memory and by the threads' own numbers, so that they run with subgroups of any size.
//
// In three steps: each of the first SEGMENTS threads scans a segment, then every thread the segments before its own.
const uint SEGMENTS = 16u;
const uint SEGMENT_THREADS = THREADS / SEGMENTS;
shared uint scanned[THREADS];
shared uint segmentTotals[SEGMENTS];

/// The sum of the values of all threads before this one; `total` is that of all.
uint sumBefore(uint thread, uint value, out uint total) {
  scanned[thread] = value;
  barrier();
  if (thread < SEGMENTS) {
    uint sum = 0u;
    for (uint i = 0u; i < SEGMENT_THREADS; i++) {
      uint next = scanned[thread * SEGMENT_THREADS + i];
      scanned[thread * SEGMENT_THREADS + i] = sum;
      sum += next;
    }
    segmentTotals[thread] = sum;
  }
  barrier();
  uint before = scanned[thread];
  total = 0u;
  for (uint i = 0u; i < SEGMENTS; i++) {
    if (i == thread / SEGMENT_THREADS) before += total;
    total += segmentTotals[i];
  }
  barrier();
  return before;
}

/// The map of all threads before this one; `total` is that of all.
uint mapBefore(uint thread, uint map, out uint total) {
  scanned[thread] = map;
  barrier();
  if (thread < SEGMENTS) {
    uint product = IDENTITY;
    for (uint i = 0u; i < SEGMENT_THREADS; i++) {
      uint next = scanned[thread * SEGMENT_THREADS + i];
      scanned[thread * SEGMENT_THREADS + i] = product;
      product = composed(product, next);
    }
    segmentTotals[thread] = product;
  }
  barrier();
  uint before = IDENTITY;
  total = IDENTITY;
  for (uint i = 0u; i < SEGMENTS; i++) {
    if (i == thread / SEGMENT_THREADS) before = composed(total, scanned[thread]);
    total = composed(total, segmentTotals[i]);
  }
  barrier();
  return before;
}
