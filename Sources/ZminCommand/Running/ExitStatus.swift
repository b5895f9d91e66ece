/// The exit status of the program.
package enum ExitStatus: Sendable, Equatable, Comparable {
  // From the least to the most important. Of several, the last one is used.
  case success
  case invalidInput
  case engineUnavailable
  case failure
  case difference
  /// The command line is wrong: nothing is done, or an output that would destroy a file is not written.
  case usage
  case signal(TerminationSignal)

  /// The exit code.
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
