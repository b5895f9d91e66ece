// Scans over a workgroup, in shared memory and by the threads' own numbers, so that they run with subgroups of any size.
//
// In three steps: each of the first SEGMENTS threads scans a segment, the first of them then scans what these came to,
// and every thread puts the two together. So nearly all the work is done by few, while other workgroups go on.
const uint SEGMENTS = 16u;
const uint SEGMENT_THREADS = THREADS / SEGMENTS;
shared uint scanned[THREADS + SEGMENTS];
shared uint segments[SEGMENTS + 1u];

/// Where a thread's value is: a word is left out after each segment, so that those who scan them meet different banks.
uint placeOf(uint thread) { return thread + thread / SEGMENT_THREADS; }

/// The sum of the values of all threads before this one; `total` is that of all.
uint sumBefore(uint thread, uint value, out uint total) {
  scanned[placeOf(thread)] = value;
  barrier();
  if (thread < SEGMENTS) {
    uint sum = 0u;
    uint first = placeOf(thread * SEGMENT_THREADS);
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
  uint before = segments[thread / SEGMENT_THREADS] + scanned[placeOf(thread)];
  total = segments[SEGMENTS];
  barrier();
  return before;
}

/// The map of all threads before this one; `total` is that of all.
uint mapBefore(uint thread, uint map, out uint total) {
  scanned[placeOf(thread)] = map;
  barrier();
  if (thread < SEGMENTS) {
    uint product = IDENTITY;
    uint first = placeOf(thread * SEGMENT_THREADS);
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
  uint before = composed(segments[thread / SEGMENT_THREADS], scanned[placeOf(thread)]);
  total = segments[SEGMENTS];
  barrier();
  return before;
}
