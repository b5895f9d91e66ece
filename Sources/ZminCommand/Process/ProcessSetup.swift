import Glibc
import Synchronization
import ZminIO

/// What is put right about the process before anything else, and how it ends for a reader that went away.
enum ProcessSetup {
  /// What lives as long as the process, which then ends without the work that others want to do at its end.
  private static let kept = Mutex<[any Sendable]>([])

  /// Keeps something to the end of the process, and has that be a sudden one.
  static func leaveAtOnce(with object: any Sendable) { kept.withLock { $0.append(object) } }

  /// Ends the process. All that was to be written is written.
  static func exit(_ status: ExitStatus) -> Never {
    if kept.withLock({ !$0.isEmpty }) { _exit(status.code) }
    Glibc.exit(status.code)
  }

  /// Whether whoever started the program ignored SIGPIPE. ``run()`` asks first, as it ignores the signal itself.
  private static let hasInheritedIgnoredPipeSignal: Bool = {
    var action = sigaction()
    return sigaction(SIGPIPE, nil, &action) == 0 && action.isIgnored
  }()

  /// Sees to it that descriptors 0 to 2 are taken, so that no file that is opened lands on a standard stream, and that
  /// writing to what cannot be written is an error rather than the end.
  static func run() {
    // As GNU programs do: opened the wrong way round, so that its use is the error that it should be.
    fill(STDIN_FILENO, O_WRONLY)
    fill(STDOUT_FILENO, O_RDONLY)
    fill(STDERR_FILENO, O_RDONLY)
    _ = hasInheritedIgnoredPipeSignal
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Has the process open as many files at once as it may.
  ///
  /// - Returns: How many that is.
  static func raiseOpenFilesLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return openFilesMin }
    var raised = limit
    raised.rlim_cur = limit.rlim_max
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    return Int(min(limit.rlim_cur, openFilesMax))
  }

  /// As many as any system gives.
  private static let openFilesMin = 256
  /// More than are of use.
  private static let openFilesMax: rlim_t = 65536

  private static func fill(_ descriptor: Int32, _ flags: Int32) {
    guard fcntl(descriptor, F_GETFD) == -1 else { return }
    // The lowest free number is this one, as those below it are taken by now.
    if open("/dev/null", flags) != descriptor { _exit(ExitStatus.failure.code) }
  }

  /// What a shell says that the process ended with when ``end(byBrokenPipe:_:)`` has ended it.
  static var brokenPipeCode: Int32 {
    hasInheritedIgnoredPipeSignal ? ExitStatus.failure.code : 128 + SIGPIPE
  }

  /// Ends the process as other filters end: by SIGPIPE or, where that was ignored when they started, with a message
  /// that the output cannot be written.
  static func end(byBrokenPipe output: FileName, _ console: Console) -> Never {
    if hasInheritedIgnoredPipeSignal {
      console.say(FailureMessage.text(for: FileError.brokenPipe(output), input: output))
      Glibc.exit(ExitStatus.failure.code)
    }
    signal(SIGPIPE, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGPIPE)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(SIGPIPE)
    // Process 1 outlives its own signals.
    _exit(128 + SIGPIPE)
  }
}

extension sigaction {
  /// Whether the signal is ignored.
  var isIgnored: Bool {
    unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
