import Glibc
import Synchronization

/// Blocks threads until it is opened.
final class Gate: Sendable {
  private let isOpen = Atomic(false)

  func open() { isOpen.store(true, ordering: .sequentiallyConsistent) }

  func wait() { while !isOpen.load(ordering: .sequentiallyConsistent) { usleep(100) } }
}
