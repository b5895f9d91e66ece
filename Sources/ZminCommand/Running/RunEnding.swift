import ZminIO

/// The reason to start no more inputs.
///
/// This is the policy of every run: the first of these errors ends it, and any other error concerns one input alone.
enum StopReason: Error {
  /// The disk is full, or the journal cannot be written.
  case failed
  case interrupted
  /// The reader of this output closed it.
  case brokenPipe(FileName)

  /// Nil if the run goes on with the next input.
  init?(_ error: any Error) {
    switch error {
    case let reason as StopReason: self = reason
    case FileError.interrupted: self = .interrupted
    case FileError.brokenPipe(let output): self = .brokenPipe(output)
    case let error as FileError where error.isStorageFull: self = .failed
    default: return nil
    }
  }

  /// True if the process ends in a way that needs no message.
  var isSilent: Bool {
    switch self {
    case .failed: false
    case .interrupted, .brokenPipe: true
    }
  }
}

/// The end of a run.
enum RunEnding {
  case status(ExitStatus)
  /// The reader of this output closed it.
  case brokenPipe(FileName)

  /// - Parameters:
  ///   - reason: The reason that stopped the run, nil if nothing did.
  ///   - status: The status of the inputs so far.
  init(after reason: StopReason?, _ status: ExitStatus) {
    self = if case .brokenPipe(let output) = reason { .brokenPipe(output) } else { .status(status) }
  }

  /// The exit code as the system or a shell reports it.
  ///
  /// - Parameter signal: The signal that was received, nil if none was.
  func exitCode(after signal: ExitStatus?) -> Int32 {
    if let signal { return signal.code }
    return switch self {
    case .status(let status): status.code
    case .brokenPipe: ProcessSetup.brokenPipeCode
    }
  }

  /// True if the reader of the output closed it.
  var isBrokenPipe: Bool {
    if case .brokenPipe = self { true } else { false }
  }
}
