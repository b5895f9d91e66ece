/// The states of a pool slot over time, in bounded memory.
///
/// At first every change is kept. When there are too many, the timeline becomes coarser: a state is kept only if it
/// lasts over a tick, and ticks are ``resolutionSeconds`` apart. That is a sample of the states at the ticks, so each
/// state keeps about its share of the time.
package struct SlotTimeline: Sendable, Equatable {
  /// A change of state.
  package struct Change: Sendable, Equatable {
    /// The time by the system's monotonic clock.
    package let seconds: Double
    package let state: PoolSlot.State

    package init(seconds: Double, state: PoolSlot.State) {
      self.seconds = seconds
      self.state = state
    }
  }

  /// The bound of the number of changes kept.
  static let changesMax = 512

  /// The changes kept, in time order. No two neighbours have the same state.
  package private(set) var changes: [Change] = []
  /// The time between two ticks, 0 while every change is kept.
  package private(set) var resolutionSeconds = 0.0

  package init() {}

  /// Adds a change, which is not earlier than those before.
  package mutating func append(_ state: PoolSlot.State, at seconds: Double) {
    add(Change(seconds: seconds, state: state))
    guard changes.count >= Self.changesMax, let first = changes.first, let last = changes.last else { return }
    resolutionSeconds = max(2 * resolutionSeconds, 2 * (last.seconds - first.seconds) / Double(Self.changesMax))
    let fine = changes
    changes = []
    for change in fine { add(change) }
  }

  /// The number of ticks from the first change to a moment.
  private func ticks(to seconds: Double) -> Int { Int((seconds - changes[0].seconds) / resolutionSeconds) }

  private mutating func add(_ change: Change) {
    guard let last = changes.last else { return changes.append(change) }
    if last.state == change.state { return }
    if resolutionSeconds > 0, changes.count > 1, ticks(to: last.seconds) == ticks(to: change.seconds) {
      changes.removeLast()
      if changes.last?.state == change.state { return }
    }
    changes.append(change)
  }

  /// The state of the longest time in a span, nil if the slot had no state yet.
  package func state(from start: Double, to end: Double) -> PoolSlot.State? {
    var seconds = [Double](repeating: 0, count: PoolSlot.State.allCases.count)
    var index = firstIndex(after: start) - 1
    if index < 0 { index = 0 }
    var last: PoolSlot.State?
    while index < changes.count, changes[index].seconds <= end {
      let next = index + 1 < changes.count ? changes[index + 1].seconds : .infinity
      last = changes[index].state
      seconds[Int(changes[index].state.rawValue)] += min(next, end) - max(changes[index].seconds, start)
      index += 1
    }
    guard let most = seconds.max(), most > 0 else { return last }
    return seconds.firstIndex(of: most).flatMap { PoolSlot.State(rawValue: UInt8($0)) }
  }

  /// The index of the first change after a moment.
  private func firstIndex(after seconds: Double) -> Int {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].seconds > seconds { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
