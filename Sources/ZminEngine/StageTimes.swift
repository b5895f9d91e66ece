import Synchronization
import ZminBase
import ZminMemory

/// Times of the stages of a run, for each of its threads, from its start to its end without a gap.
///
/// A run is alone on its calling thread while it opens and closes. In between it has several threads. Each of these
/// counts from the moment when threads were started until the last has ended. So the times of the threads add up to
/// their number times that span, and with opening and closing to the time of the run.
///
/// It is for measuring. A run without one reads no clock for it.
package final class StageTimes: Sendable {
  /// Stage of a thread.
  package enum Stage: Int, CaseIterable, Sendable {
    /// Opening files, and all else before the threads start.
    case open
    /// The thread has not started yet.
    case start
    /// Waiting for other threads, or ended before them.
    case wait
    case read
    /// Minifying and checking on the processor.
    case kernel
    /// The whole way through a device, nesting included.
    case device
    /// Joining slices in order: nesting across them, and minifying again.
    case join
    case write
    /// Making outputs final, closing files, and all else after the threads.
    case close

    /// True if the thread works meanwhile.
    package var isWork: Bool { self != .wait && self != .start }
  }

  /// Times of all runs.
  package struct Account: Sendable, Equatable {
    fileprivate var elapsed = [Double](repeating: 0, count: Stage.allCases.count)
    fileprivate var ofThreads = [Double](repeating: 0, count: Stage.allCases.count)
    /// Threads at once, at most.
    package fileprivate(set) var threads = 0

    package init() {}

    /// Elapsed seconds of a stage. Stages of threads that run at once share the elapsed time.
    package func elapsedSeconds(at stage: Stage) -> Double { elapsed[stage.rawValue] }

    /// Seconds of a stage, summed over all threads.
    package func threadSeconds(at stage: Stage) -> Double { ofThreads[stage.rawValue] }
  }

  private struct Track {
    var lastSeconds: Double
    var lastStage = Stage.start
  }

  private struct State {
    var account = Account()
    /// Calls of ``begin()`` that have no ``end()`` yet.
    var depth = 0
    /// Time up to which the calling thread is accounted for.
    var lastSeconds = 0.0
    /// Number of times that threads were started, and the state of those that run.
    var entries = 0
    var areThreadsIn = false
    var tracks: [Track] = []
    var trackSeconds = [Double](repeating: 0, count: Stage.allCases.count)

    mutating func endAlone(_ stage: Stage, at now: Double) {
      account.elapsed[stage.rawValue] += now - lastSeconds
      account.ofThreads[stage.rawValue] += now - lastSeconds
      lastSeconds = now
    }
  }

  private let state = Mutex(State())
  private let clock: @Sendable () -> Double

  /// - Parameter clock: Seconds since any moment, never decreasing.
  package init(clock: @escaping @Sendable () -> Double = MonotonicClock.seconds) { self.clock = clock }

  /// Clears the times. Must not be called during a run.
  package func reset() {
    state.withLock { $0.account = Account() }
  }

  /// Times of the runs since the last ``reset()``.
  package var account: Account { state.withLock { $0.account } }

  /// Begins a run, on its calling thread. A run within another is a part of that.
  package func begin() {
    state.withLock {
      $0.depth += 1
      if $0.depth == 1 { $0.lastSeconds = clock() }
    }
  }

  /// Ends a run.
  package func end() {
    state.withLock {
      $0.depth -= 1
      if $0.depth == 0 { $0.endAlone(.close, at: clock()) }
    }
  }

  /// Called when threads are started. The calling thread is one of them, if it works.
  ///
  /// - Returns: The entry for the ``StageLaps`` of these threads.
  func enterThreads() -> Int {
    state.withLock {
      $0.endAlone(.open, at: clock())
      $0.entries += 1
      $0.areThreadsIn = true
      $0.tracks.removeAll(keepingCapacity: true)
      for index in $0.trackSeconds.indices { $0.trackSeconds[index] = 0 }
      return $0.entries
    }
  }

  /// Called when all threads have ended, or are abandoned. Later laps of theirs are ignored.
  func leaveThreads() {
    state.withLock {
      let now = clock()
      for track in $0.tracks {
        // A thread that has read a slice and not ended hangs in its device.
        let stage = track.lastStage == .read ? Stage.device : .wait
        $0.trackSeconds[stage.rawValue] += now - track.lastSeconds
      }
      for (index, seconds) in $0.trackSeconds.enumerated() where !$0.tracks.isEmpty {
        $0.account.elapsed[index] += seconds / Double($0.tracks.count)
        $0.account.ofThreads[index] += seconds
      }
      $0.account.threads = max($0.account.threads, $0.tracks.count)
      $0.areThreadsIn = false
      $0.lastSeconds = now
    }
  }

  fileprivate func enter(_ entry: Int) -> (entry: Int, track: Int)? {
    state.withLock {
      guard $0.areThreadsIn, $0.entries == entry else { return nil }
      let now = clock()
      $0.trackSeconds[Stage.start.rawValue] += now - $0.lastSeconds
      $0.tracks.append(Track(lastSeconds: now))
      return ($0.entries, $0.tracks.count - 1)
    }
  }

  fileprivate func end(_ stage: Stage, of thread: (entry: Int, track: Int)) {
    state.withLock {
      guard $0.areThreadsIn, $0.entries == thread.entry else { return }
      let now = clock()
      $0.trackSeconds[stage.rawValue] += now - $0.tracks[thread.track].lastSeconds
      $0.tracks[thread.track] = Track(lastSeconds: now, lastStage: stage)
    }
  }

  /// Calls `body`, which writes during another stage of a thread.
  func writing(within stage: Stage, _ body: () throws -> Void) rethrows {
    let start = clock()
    defer {
      let seconds = clock() - start
      state.withLock {
        $0.trackSeconds[Stage.write.rawValue] += seconds
        $0.trackSeconds[stage.rawValue] -= seconds
      }
    }
    try body()
  }
}

extension StageTimes? {
  /// Calls `body`, which writes during another stage.
  func writing(within stage: StageTimes.Stage, _ body: () throws -> Void) rethrows {
    if let times = self { try times.writing(within: stage, body) } else { try body() }
  }
}

/// The clock of one thread. The time between two laps belongs to the stage that the second one ends.
struct StageLaps {
  private let times: StageTimes?
  private let thread: (entry: Int, track: Int)?

  /// - Parameter entry: The result of ``StageTimes/enterThreads()``. Laps of an older entry are ignored.
  init(_ times: StageTimes?, _ entry: Int?) {
    self.times = times
    thread = entry.flatMap { times?.enter($0) }
  }

  /// Ends a stage.
  func end(_ stage: StageTimes.Stage) {
    if let thread { times?.end(stage, of: thread) }
  }
}
