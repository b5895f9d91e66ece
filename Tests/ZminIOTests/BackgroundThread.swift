import Glibc
import Synchronization

/// A thread for blocking work, which must not block the pool that tests run on.
final class BackgroundThread<Value: Sendable>: Sendable {
  private let thread: pthread_t
  private let work: Work

  private final class Work: Sendable {
    let value = Mutex<Value?>(nil)
    let body: @Sendable () -> Value

    init(_ body: @escaping @Sendable () -> Value) {
      self.body = body
    }

    func run() {
      let result = body()
      value.withLock { $0 = result }
    }
  }

  init(_ body: @escaping @Sendable () -> Value) {
    work = Work(body)
    var thread = pthread_t()
    // The closure is passed as an object that the thread releases.
    let start = Unmanaged.passRetained(Start(work.run)).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, start)
    precondition(result == 0)
    self.thread = thread
  }

  /// Waits for the end of the thread.
  func join() -> Value? {
    pthread_join(thread, nil)
    return work.value.withLock { $0 }
  }
}

private final class Start: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
  }
}
