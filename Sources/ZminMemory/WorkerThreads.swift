import ZminBase

/// Threads that share one piece of work.
package enum WorkerThreads {
  package static let stackBytes = 512 * 1024

  /// Calls `body` with 0 on this thread and with each number below `count` on a thread of its own, and returns when all
  /// have returned. Where the system refuses threads there are fewer. Their stacks are entered in the ledger.
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
