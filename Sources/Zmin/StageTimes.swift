import Synchronization
import ZminMemory

/// Where the time of a run goes, summed over its threads: what each does, from its beginning to its end.
///
/// It is for measuring. A run that is given none looks at no clock for it.
package final class StageTimes: Sendable {
  /// What a thread may be at.
  package enum Stage: Int, CaseIterable, Sendable {
    /// Nothing: it waits for others.
    case wait
    case read
    /// Minifying and checking on the processor.
    case kernel
    /// The whole way through a device, nesting included.
    case device
    /// Joining slices in their order: nesting across them, and what must be done again.
    case join
    case write
  }

  private struct State {
    var seconds = [Double](repeating: 0, count: Stage.allCases.count)
    var threads = 0
    var generation = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// Begins with another run. What threads of the run before say later is not heard.
  package func reset() { state.withLock { $0 = State(generation: $0.generation + 1) } }

  /// What all threads together were at, in seconds.
  package func seconds(at stage: Stage) -> Double { state.withLock { $0.seconds[stage.rawValue] } }

  /// How many threads there were.
  package var threads: Int { state.withLock { $0.threads } }

  fileprivate func enter() -> Int {
    state.withLock {
      $0.threads += 1
      return $0.generation
    }
  }

  fileprivate func add(_ seconds: Double, at stage: Stage, of generation: Int) {
    state.withLock { if $0.generation == generation { $0.seconds[stage.rawValue] += seconds } }
  }

  /// Calls `body`, which writes in the midst of another stage.
  func writing(within stage: Stage, _ body: () throws -> Void) rethrows {
    let start = MonotonicClock.seconds()
    defer {
      let seconds = MonotonicClock.seconds() - start
      state.withLock {
        $0.seconds[Stage.write.rawValue] += seconds
        $0.seconds[stage.rawValue] -= seconds
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
  private let generation: Int
  private var lastSeconds: Double

  init(_ times: StageTimes?) {
    self.times = times
    generation = times?.enter() ?? 0
    lastSeconds = times == nil ? 0 : MonotonicClock.seconds()
  }

  /// Ends a stage.
  mutating func end(_ stage: StageTimes.Stage) {
    guard let times else { return }
    let now = MonotonicClock.seconds()
    times.add(now - lastSeconds, at: stage, of: generation)
    lastSeconds = now
  }
}
