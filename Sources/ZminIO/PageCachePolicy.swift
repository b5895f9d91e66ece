/// Which files stay in the page cache once a run has been through them.
///
/// What is small beside the memory stays, as whoever comes next will read it there. What is large is dropped behind the
/// run: it would push out what others need, and in the end its own beginning too.
package struct PageCachePolicy: Sendable, Equatable {
  /// Files of this size stay, larger ones do not.
  private let keptBytesMax: Int64

  /// How much goes through the page cache between two times that it is looked after. So much of a file, and as much
  /// again, is what remains of one that is dropped.
  static let stepBytes: Int64 = 8 << 20

  private init(keptBytesMax: Int64) {
    self.keptBytesMax = keptBytesMax
  }

  /// Everything stays.
  package static let keepsAll = PageCachePolicy(keptBytesMax: .max)

  /// What takes up to a quarter of the memory stays: the machine's or, where a control group is given less, that.
  package init(_ limits: MachineLimits) {
    self.init(keptBytesMax: Int64(min(limits.physicalMemoryBytes, limits.memoryBytes ?? .max) / 4))
  }

  /// Whether a file is dropped behind the run.
  ///
  /// - Parameters:
  ///   - sizeBytes: How large it is, or will be at most; nil if nobody knows, and what was done of it counts.
  ///   - doneBytes: How much of it was read or written.
  package func dropsBehind(sizeBytes: Int64?, doneBytes: Int64) -> Bool {
    max(sizeBytes ?? 0, doneBytes) > keptBytesMax
  }
}
