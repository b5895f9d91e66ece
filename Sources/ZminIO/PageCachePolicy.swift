/// The rule for files that stay in the page cache after a run.
///
/// Files that are small beside the memory stay, as the next program will read them there. Large files are dropped
/// behind the run: they would evict files of others, and in the end their own beginning, too.
package struct PageCachePolicy: Sendable, Equatable {
  /// The largest size of files that stay.
  private let keptBytesMax: Int64

  /// Bytes between two calls that drop pages. Up to twice as many remain of a file that is dropped.
  static let stepBytes: Int64 = 8 << 20

  private init(keptBytesMax: Int64) {
    self.keptBytesMax = keptBytesMax
  }

  /// All files stay.
  package static let keepsAll = PageCachePolicy(keptBytesMax: .max)

  /// Files of up to a quarter of the memory stay: that of the machine or, if it is less, that of the control group.
  package init(_ limits: MachineLimits) {
    self.init(keptBytesMax: Int64(min(limits.physicalMemoryBytes, limits.memoryBytes ?? .max) / 4))
  }

  /// Returns true if a file is dropped behind the run.
  ///
  /// - Parameters:
  ///   - sizeBytes: The size or its upper bound; nil if it is unknown, and only `doneBytes` counts.
  ///   - doneBytes: Bytes that were read or written.
  package func dropsBehind(sizeBytes: Int64?, doneBytes: Int64) -> Bool {
    max(sizeBytes ?? 0, doneBytes) > keptBytesMax
  }
}
