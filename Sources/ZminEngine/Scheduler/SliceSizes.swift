import ZminBase

/// Sizes of slices.
///
/// All slices have the largest size, until the rest of the input would not give each worker two more. Then they shrink,
/// so that no worker is busy for long after the others have finished.
package struct SliceSizes: Sendable, Equatable {
  /// Largest slice.
  package let largestBytes: Int
  /// Smallest slice, except for the last.
  package let smallestBytes: Int
  package let workers: Int

  package init(largestBytes: Int, smallestBytes: Int, workers: Int) {
    self.largestBytes = largestBytes
    self.smallestBytes = min(smallestBytes, largestBytes)
    self.workers = workers
  }

  /// Returns the size of the next slice, if so many bytes are left.
  func bytes(ofSliceIn leftBytes: Int) -> Int {
    let share = leftBytes.addingSaturated(2 * workers - 1) / (2 * workers)
    let bytes = min(largestBytes, max(smallestBytes, share))
    // The rest would be too small for a slice, or to find a boundary in.
    return leftBytes - bytes < smallestBytes ? min(leftBytes, largestBytes) : bytes
  }
}
