package import Glibc
package import SystemPackage

/// A child process, which is waited for within limits and never left behind.
package struct ChildProcess: ~Copyable {
  /// The end of a wait for a process.
  package enum Outcome: Sendable, Equatable {
    /// It wrote these bytes and ended with this status of `waitpid`.
    case ended(status: Int32, output: [UInt8])
    /// It did not end in time.
    case timedOut
    /// A request to stop came first.
    case interrupted
  }

  /// Output beyond this size is dropped.
  private static let outputBytesMax = 64 << 10

  private let calls: any SystemCalls & ProcessCalls
  private let observer: (any HelperObserver)?
  private let identifier: pid_t
  private let output: Descriptor
  private var isReaped = false

  /// Starts a program with empty input, its error output dropped, and no signal blocked.
  ///
  /// - Parameters:
  ///   - arguments: The arguments, the program's own name first.
  ///   - observer: Told about the process and its end.
  ///   - calls: The system calls.
  /// - Throws: The system's error.
  package init(
    _ program: FilePath, _ arguments: [String], observer: (any HelperObserver)? = nil,
    using calls: any SystemCalls & ProcessCalls = LinuxSystemCalls()
  ) throws(Errno) {
    let pipe = try calls.makePipe()
    let output = Descriptor(number: pipe.reading, calls: calls)
    let input = Descriptor(number: pipe.writing, calls: calls)
    identifier = try calls.spawn(program, arguments, output: input.number)
    self.calls = calls
    self.output = output
    self.observer = observer
    observer?.helperBegan(identifier)
  }

  /// Waits until the process has closed its output, kills it, and returns its output.
  ///
  /// - Parameters:
  ///   - milliseconds: The timeout.
  ///   - interruption: A request that ends the wait at once.
  /// - Throws: The system's error.
  package mutating func wait(
    milliseconds: Int32, orUntil interruption: Interruption
  ) throws(Errno) -> Outcome {
    var bytes: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    defer { buffer.deallocate() }
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    while true {
      let left = max(0, Int32(clamping: (deadline - ContinuousClock.now).milliseconds))
      switch try calls.wait(
        for: Int16(POLLIN), on: output.number, orWake: interruption.wakeDescriptor, milliseconds: left)
      {
      case .timedOut: return .timedOut
      case .woken: return .interrupted
      case .ready: break
      }
      let count = try calls.read(output.number, into: buffer)
      if count == 0 { break }
      bytes += buffer.prefix(min(count, max(0, Self.outputBytesMax - bytes.count)))
    }
    // Its output is complete. A process that has ended already keeps its own status.
    return .ended(status: try end(), output: bytes)
  }

  /// Kills the process and waits for its end.
  ///
  /// - Returns: The status of `waitpid`.
  private mutating func end() throws(Errno) -> Int32 {
    let status = try Self.end(identifier, calls, observer)
    isReaped = true
    return status
  }

  private static func end(
    _ identifier: pid_t, _ calls: any ProcessCalls, _ observer: (any HelperObserver)?
  ) throws(Errno) -> Int32 {
    try calls.kill(identifier)
    let (status, peakBytes) = try calls.waitForChild(identifier)
    observer?.helperEnded(identifier, peakResidentBytes: peakBytes)
    return status
  }

  deinit {
    if !isReaped { _ = try? Self.end(identifier, calls, observer) }
  }
}

/// Learns of the processes that a run starts, whose memory counts as memory of the run.
package protocol HelperObserver: Sendable {
  /// Called when a process was started.
  func helperBegan(_ process: pid_t)
  /// Called when it has ended.
  ///
  /// - Parameter peakResidentBytes: As ``ProcessCalls/waitForChild(_:)`` returns it.
  func helperEnded(_ process: pid_t, peakResidentBytes: Int)
}

extension Duration {
  fileprivate var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
