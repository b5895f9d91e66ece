import Synchronization
import ZminBase
import ZminMemory

/// Where the time of a run goes: what each of its threads is at, from the run's beginning to its end, without a gap.
///
/// A run is alone on its calling thread at first and at last, while it opens and closes; in between it has threads. Each
/// of these counts from the moment they were asked for to the moment the last has ended, so what they were at adds up to
/// their number times that while, and with the rest to the run's time.
///
/// It is for measuring. A run that is given none looks at no clock for it.
package final class StageTimes: Sendable {
  /// What a thread may be at.
  package enum Stage: Int, CaseIterable, Sendable {
    /// Opening files, and all else before there are threads.
    case open
    /// It is not there yet.
    case start
    /// Nothing: it waits for others, or has ended before them.
    case wait
    case read
    /// Minifying and checking on the processor.
    case kernel
    /// The whole way through a device, nesting included.
    case device
    /// Joining slices in their order: nesting across them, and what must be done again.
    case join
    case write
    /// Making outputs final, closing files, and all else after the threads.
    case close

    /// Whether a thread does something meanwhile.
    package var isWork: Bool { self != .wait && self != .start }
  }

  /// What a run came to.
  package struct Account: Sendable, Equatable {
    fileprivate var elapsed = [Double](repeating: 0, count: Stage.allCases.count)
    fileprivate var ofThreads = [Double](repeating: 0, count: Stage.allCases.count)
    /// How many threads there were at most.
    package fileprivate(set) var threads = 0

    package init() {}

    /// A stage's part of the time that passed, in seconds: of what threads were at together, each has its share.
    package func elapsedSeconds(at stage: Stage) -> Double { elapsed[stage.rawValue] }

    /// What all threads together were at, in seconds.
    package func threadSeconds(at stage: Stage) -> Double { ofThreads[stage.rawValue] }
  }

  private struct Track {
    var lastSeconds: Double
    var lastStage = Stage.start
  }

  private struct State {
    var account = Account()
    /// Calls of ``begin()`` without their ``end()``.
    var depth = 0
    /// Up to when the calling thread's time is accounted for.
    var lastSeconds = 0.0
    /// How often threads were entered, and what is known of those that are there.
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

  /// - Parameter clock: Tells the seconds since some moment; it never goes back.
  package init(clock: @escaping @Sendable () -> Double = MonotonicClock.seconds) { self.clock = clock }

  /// Forgets all runs so far. Not while one is on its way.
  package func reset() {
    state.withLock { $0.account = Account() }
  }

  /// What the runs since the last ``reset()`` came to.
  package var account: Account { state.withLock { $0.account } }

  /// Begins with a run, on its calling thread. One within another is a part of that.
  package func begin() {
    state.withLock {
      $0.depth += 1
      if $0.depth == 1 { $0.lastSeconds = clock() }
    }
  }

  /// Ends what ``begin()`` began.
  package func end() {
    state.withLock {
      $0.depth -= 1
      if $0.depth == 0 { $0.endAlone(.close, at: clock()) }
    }
  }

  /// Threads are asked for. The calling one is among them, if it works.
  ///
  /// - Returns: What ``StageLaps`` of these threads are known by.
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

  /// All threads have ended, or are of no more interest. What they say later is not heard.
  func leaveThreads() {
    state.withLock {
      let now = clock()
      for track in $0.tracks {
        // What has read and is still there hangs in its device.
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

  fileprivate func end(_ stage: Stage, of place: (entry: Int, track: Int)) {
    state.withLock {
      guard $0.areThreadsIn, $0.entries == place.entry else { return }
      let now = clock()
      $0.trackSeconds[stage.rawValue] += now - $0.tracks[place.track].lastSeconds
      $0.tracks[place.track] = Track(lastSeconds: now, lastStage: stage)
    }
  }

  /// Calls `body`, which writes in the midst of another stage of a thread.
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
  /// Calls `body`, which writes in the midst of another stage.
  func writing(within stage: StageTimes.Stage, _ body: () throws -> Void) rethrows {
    if let times = self { try times.writing(within: stage, body) } else { try body() }
  }
}

/// The clock of one thread. All of its time between two laps is the stage's that the second one ends.
struct StageLaps {
  private let times: StageTimes?
  private let place: (entry: Int, track: Int)?

  /// - Parameter entry: What the thread was asked for by; one that comes when that is over is not heard.
  init(_ times: StageTimes?, _ entry: Int?) {
    self.times = times
    place = entry.flatMap { times?.enter($0) }
  }

  /// Ends a stage.
  func end(_ stage: StageTimes.Stage) {
    if let place { times?.end(stage, of: place) }
  }
}
