/// What is done about signals, and when. It knows no system: signals and the time go in, actions come out.
///
/// The first Ctrl-C or hang-up stops the run, a second Ctrl-C leaves at once. A termination lets the run go on for
/// ``graceSeconds``, then stops it, and leaves at ``timeoutSeconds`` if it has not ended by then.
package struct SignalPolicy {
  /// What to do now.
  package enum Action: Equatable {
    case nothing
    /// Ask the run to stop.
    case stop(TerminationSignal)
    /// Remove temporary files and end the process.
    case leave(TerminationSignal)
  }

  /// How long a run goes on after a termination, as most that have begun will have ended by then.
  package static let graceSeconds = 5.0
  /// After how long a run is no longer waited for; ten seconds is what supervisors give before they kill.
  package static let timeoutSeconds = 9.0

  private var hasInterrupt = false
  private var hasStopped = false
  private var terminatedAtSeconds: Double?

  package init() {}

  /// A signal has come.
  package mutating func receive(_ signal: TerminationSignal, atSeconds now: Double) -> Action {
    switch signal {
    case .interrupt where hasInterrupt: return .leave(.interrupt)
    case .interrupt: hasInterrupt = true
    case .hangUp: break
    case .terminate:
      if terminatedAtSeconds == nil {
        terminatedAtSeconds = now
        return .nothing
      }
    }
    hasStopped = true
    return .stop(signal)
  }

  /// When ``elapse(toSeconds:)`` has something to do, nil if never.
  package var deadlineSeconds: Double? {
    terminatedAtSeconds.map { $0 + (hasStopped ? Self.timeoutSeconds : Self.graceSeconds) }
  }

  /// The time of ``deadlineSeconds`` has come.
  package mutating func elapse(toSeconds now: Double) -> Action {
    guard let deadlineSeconds, now >= deadlineSeconds else { return .nothing }
    if hasStopped { return .leave(.terminate) }
    hasStopped = true
    return .stop(.terminate)
  }
}
