import Glibc
package import ZminIO

/// A signal that asks the program to end.
package enum TerminationSignal: Sendable, CaseIterable, Comparable {
  case hangUp, interrupt, terminate

  /// The system's number.
  package var number: Int32 {
    switch self {
    case .hangUp: SIGHUP
    case .interrupt: SIGINT
    case .terminate: SIGTERM
    }
  }

  /// The signal of that number, nil for others.
  package init?(number: Int32) {
    guard let signal = Self.allCases.first(where: { $0.number == number }) else { return nil }
    self = signal
  }

  /// The exit code after the signal.
  package var exitCode: Int32 { 128 + number }

  /// The reason of the interruption.
  package var reason: Interruption.Reason {
    switch self {
    case .hangUp: .hangUp
    case .interrupt: .interrupt
    case .terminate: .terminate
    }
  }
}

extension FileAccess {
  /// The exit status after a signal, nil without one. The run may have completed nevertheless.
  var interruptedStatus: ExitStatus? {
    TerminationSignal.allCases.first { $0.reason == interruption?.noticeReason }.map(ExitStatus.signal)
  }
}
