import Synchronization

/// Counts bytes on many threads.
package final class ByteCounter: Sendable {
  private let count = Atomic(0)

  package init() {}

  /// Bytes counted so far.
  package var value: Int { count.load(ordering: .relaxed) }

  func add(_ byteCount: Int) { count.add(byteCount, ordering: .relaxed) }
}
