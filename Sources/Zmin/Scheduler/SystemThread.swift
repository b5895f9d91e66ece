import CZminIO
import Glibc
package import ZminMemory

/// A thread of its own, for work that blocks, which the cooperative pool is not for.
///
/// It inherits the signal mask of the thread that starts it.
package struct SystemThread {
  private let thread: pthread_t

  /// What the thread is given.
  private final class Work {
    private let body: @Sendable () -> Void
    private let stackBytes: Int
    private let stack: LedgerEntry

    init(stackBytes: Int, _ ledger: MemoryLedger, _ body: @escaping @Sendable () -> Void) {
      self.stackBytes = stackBytes
      self.body = body
      stack = LedgerEntry(byteCount: stackBytes, for: .threadStack, in: ledger)
    }

    /// Does it on this thread.
    func run() {
      stack.locate(at: Self.stackStart(stackBytes: stackBytes))
      body()
      stack.locate(at: nil)
    }

    /// Where this thread's stack is, nil if the system does not tell, or has it in another way than it was asked for.
    private static func stackStart(stackBytes: Int) -> UnsafeMutableRawPointer? {
      var attributes = pthread_attr_t()
      guard pthread_getattr_np(pthread_self(), &attributes) == 0 else { return nil }
      defer { pthread_attr_destroy(&attributes) }
      var start: UnsafeMutableRawPointer?
      var byteCount = 0
      guard pthread_attr_getstack(&attributes, &start, &byteCount) == 0, byteCount >= stackBytes else { return nil }
      // The guard lies below; what is in use, above.
      return start.map { $0 + (byteCount - stackBytes) }
    }
  }

  /// Starts a thread; nil if the system refuses.
  ///
  /// - Parameters:
  ///   - stackBytes: What its stack may grow to; only what is used of it takes memory.
  ///   - ledger: The book that the stack is entered in while the thread runs.
  ///   - body: What it does.
  package init?(stackBytes: Int, ledger: MemoryLedger, _ body: @escaping @Sendable () -> Void) {
    if ledger.refuses(.threadStack) { return nil }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackBytes)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Work(stackBytes: stackBytes, ledger, body))
    let code = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits until it has ended. Once, and not after ``detach()``.
  package func join() { pthread_join(thread, nil) }

  /// Leaves it to itself.
  package func detach() { pthread_detach(thread) }
}
