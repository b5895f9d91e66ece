import CZminSystem
import Glibc

/// A thread for blocking work, which must not run in Swift's cooperative pool.
///
/// The thread inherits the signal mask of the thread that starts it.
package struct SystemThread {
  private let thread: pthread_t

  /// The body of a thread, passed through `pthread_create`.
  private final class Work {
    private let stackBytes: Int
    private let body: @Sendable (UInt?) -> Void

    init(stackBytes: Int, _ body: @escaping @Sendable (UInt?) -> Void) {
      self.stackBytes = stackBytes
      self.body = body
    }

    func run() { body(stackAddress) }

    /// The lowest usable address of this thread's stack. Nil if unknown or if the stack is smaller than requested.
    private var stackAddress: UInt? {
      var attributes = pthread_attr_t()
      guard unsafe pthread_getattr_np(pthread_self(), &attributes) == 0 else { return nil }
      defer { unsafe pthread_attr_destroy(&attributes) }
      var start: UnsafeMutableRawPointer?
      var byteCount = 0
      guard unsafe pthread_attr_getstack(&attributes, &start, &byteCount) == 0, byteCount >= stackBytes else {
        return nil
      }
      // The guard page is below; the part in use is above.
      return unsafe start.map { UInt(bitPattern: $0) + UInt(byteCount - stackBytes) }
    }
  }

  /// Starts a thread. Nil if the system refuses.
  ///
  /// - Parameters:
  ///   - stackBytes: The maximum size of the stack. Only the used part takes memory.
  ///   - body: The work of the thread. Its argument is the lowest address of the stack, nil if unknown.
  package init?(stackBytes: Int, _ body: @escaping @Sendable (_ stackAddress: UInt?) -> Void) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, stackBytes)
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(Work(stackBytes: stackBytes, body))
    let code = unsafe pthread_create(
      &thread, &attributes,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      unsafe context.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits until the thread has ended. Call it at most once, and not after ``detach()``.
  package func join() { pthread_join(thread, nil) }

  /// Lets the thread release its resources when it ends, without ``join()``.
  package func detach() { pthread_detach(thread) }
}
