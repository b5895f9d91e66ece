/// The reactions to signals, as a function of signals and time, without system calls.
///
/// The first Ctrl-C or hang-up stops the run, a second Ctrl-C exits at once. After a termination the run may continue
/// for ``graceSeconds``. Then it is stopped, and the process exits after ``timeoutSeconds``.
package struct SignalPolicy {
  /// A reaction to perform now.
  package enum Action: Equatable {
    case nothing
    /// Asks the run to stop.
    case stop(TerminationSignal)
    /// Removes temporary files and ends the process.
    case leave(TerminationSignal)
  }

  /// The time that a run may continue after a termination. Most runs end within it.
  package static let graceSeconds = 5.0
  /// The time after which the process exits. Supervisors kill after ten seconds.
  package static let timeoutSeconds = 9.0

  private var hasInterrupt = false
  private var hasStopped = false
  private var terminatedAtSeconds: Double?

  package init() {}

  /// Reacts to a signal.
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

  /// The time of the next call of ``elapse(toSeconds:)``, nil without one.
  package var deadlineSeconds: Double? {
    terminatedAtSeconds.map { $0 + (hasStopped ? Self.timeoutSeconds : Self.graceSeconds) }
  }

  /// Reacts to the passing of ``deadlineSeconds``.
  package mutating func elapse(toSeconds now: Double) -> Action {
    guard let deadlineSeconds, now >= deadlineSeconds else { return .nothing }
    if hasStopped { return .leave(.terminate) }
    hasStopped = true
    return .stop(.terminate)
  }
}
