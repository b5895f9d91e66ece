/// What the program ends with.
package enum ExitStatus: Sendable, Equatable, Comparable {
  // From the least to the most important: of several, the last one is the program's.
  case success
  case invalidInput
  case engineUnavailable
  case failure
  case difference
  /// Not one of several: nothing is done then.
  case usage
  case signal(TerminationSignal)

  /// The number that the system is given.
  package var code: Int32 {
    switch self {
    case .success: 0
    case .invalidInput: 1
    case .usage: 2
    case .failure: 3
    case .engineUnavailable: 4
    case .difference: 5
    case .signal(let signal): signal.exitCode
    }
  }
}
