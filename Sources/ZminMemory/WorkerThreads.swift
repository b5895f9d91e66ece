import ZminBase

/// A group of threads for one piece of work.
package enum WorkerThreads {
  package static let stackBytes = 512 * 1024

  /// Calls `body` once for each number below `count`, 0 on this thread and the others on threads of their own. Returns
  /// when all calls have returned.
  ///
  /// Calls fewer times if the system refuses threads. The threads' stacks are entered in the ledger.
  package static func run(_ count: Int, ledger: MemoryLedger, _ body: @escaping @Sendable (Int) -> Void) {
    var threads: [SystemThread] = []
    for index in 1..<max(1, count) {
      guard let thread = SystemThread(stackBytes: stackBytes, ledger: ledger, { body(index) }) else { break }
      threads.append(thread)
    }
    body(0)
    for thread in threads { thread.join() }
  }
}
