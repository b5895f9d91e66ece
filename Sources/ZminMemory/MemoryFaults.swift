/// Has the system refuse memory and threads, for tests.
package protocol MemoryFaults: Sendable {
  /// Whether the next mapping for a purpose is refused; for ``MemoryPurpose/threadStack``, the next thread.
  func refuses(_ purpose: MemoryPurpose) -> Bool
}
