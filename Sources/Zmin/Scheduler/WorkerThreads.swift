import Glibc

/// Threads for work that blocks, which the cooperative pool is not for.
enum WorkerThreads {
  /// What a thread's stack may grow to; only what is used of it takes memory.
  static let stackBytes = 512 * 1024

  /// What a thread is given.
  private final class Work {
    let body: @Sendable (Int) -> Void
    let index: Int

    init(_ body: @escaping @Sendable (Int) -> Void, _ index: Int) {
      self.body = body
      self.index = index
    }
  }

  /// Calls `body` with 0 on this thread and with each number below `count` on a thread of its own, and returns when all
  /// have returned. Where the system refuses threads there are fewer.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackBytes)
    var threads: [pthread_t] = []
    for index in 1..<max(1, count) {
      var thread = pthread_t()
      let context = Unmanaged.passRetained(Work(body, index))
      let code = pthread_create(
        &thread, &attributes,
        { context in
          guard let context else { return nil }
          let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
          work.body(work.index)
          return nil
        }, context.toOpaque())
      if code != 0 {
        context.release()
        break
      }
      threads.append(thread)
    }
    pthread_attr_destroy(&attributes)
    body(0)
    for thread in threads { pthread_join(thread, nil) }
  }
}
