/// Injects refusals of memory and threads, for tests.
package protocol MemoryFaults: Sendable {
  /// Returns true if the next mapping for a purpose is refused. For ``MemoryPurpose/threadStack``, the next thread.
  func refuses(_ purpose: MemoryPurpose) -> Bool
}
