import ZminBase

/// How large slices are.
///
/// They are all as large as they may be, until what is left would not give each worker two more. Then they shrink, so
/// that none is at work for long after the others have run out of it.
package struct SliceSizes: Sendable, Equatable {
  /// The most that a slice has.
  package let largestBytes: Int
  /// The least, but for the last.
  package let smallestBytes: Int
  package let workers: Int

  package init(largestBytes: Int, smallestBytes: Int, workers: Int) {
    self.largestBytes = largestBytes
    self.smallestBytes = min(smallestBytes, largestBytes)
    self.workers = workers
  }

  /// The size of the next slice where so much is left.
  func bytes(ofSliceIn leftBytes: Int) -> Int {
    let share = leftBytes.addingSaturated(2 * workers - 1) / (2 * workers)
    let bytes = min(largestBytes, max(smallestBytes, share))
    // What would be left is too little for a slice, or for a cut to be found in.
    return leftBytes - bytes < smallestBytes ? min(leftBytes, largestBytes) : bytes
  }
}
