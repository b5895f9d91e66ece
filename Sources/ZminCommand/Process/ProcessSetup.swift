import Glibc
import Synchronization
import ZminIO

/// The setup of the process, and its end after a broken pipe.
enum ProcessSetup {
  /// Objects that live to the end of the process. With any, the process ends without exit handlers.
  private static let kept = Mutex<[any Sendable]>([])

  /// Keeps an object to the end of the process, which then ends without exit handlers.
  static func leaveAtOnce(with object: any Sendable) { kept.withLock { $0.append(object) } }

  /// Ends the process after all output was written.
  static func exit(_ status: ExitStatus) -> Never {
    if kept.withLock({ !$0.isEmpty }) { _exit(status.code) }
    Glibc.exit(status.code)
  }

  /// True if the parent process ignored SIGPIPE. ``run()`` reads it before it ignores the signal itself.
  private static let hasInheritedIgnoredPipeSignal: Bool = {
    var action = sigaction()
    return sigaction(SIGPIPE, nil, &action) == 0 && action.isIgnored
  }()

  /// Opens missing descriptors 0 to 2, so that no file becomes a standard stream. Ignores SIGPIPE and SIGXFSZ, so that
  /// a failed write is an error.
  static func run() {
    // As in GNU programs, the direction is wrong, so that any use is an error.
    fill(STDIN_FILENO, O_WRONLY)
    fill(STDOUT_FILENO, O_RDONLY)
    fill(STDERR_FILENO, O_RDONLY)
    _ = hasInheritedIgnoredPipeSignal
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Raises the limit of open files to the hard limit.
  ///
  /// - Returns: The new limit.
  static func raiseOpenFilesLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return openFilesMin }
    var raised = limit
    raised.rlim_cur = limit.rlim_max
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    return Int(min(limit.rlim_cur, openFilesMax))
  }

  /// A limit that every system allows.
  private static let openFilesMin = 256
  /// An upper bound that no run needs.
  private static let openFilesMax: rlim_t = 65536

  private static func fill(_ descriptor: Int32, _ flags: Int32) {
    guard fcntl(descriptor, F_GETFD) == -1 else { return }
    // Lower descriptors are open, so this is the lowest free one.
    if open("/dev/null", flags) != descriptor { _exit(ExitStatus.failure.code) }
  }

  /// The exit code that a shell reports after ``end(byBrokenPipe:_:)``.
  static var brokenPipeCode: Int32 {
    hasInheritedIgnoredPipeSignal ? ExitStatus.failure.code : 128 + SIGPIPE
  }

  /// Ends the process as other filters do: by SIGPIPE or, if the parent ignored it, with a message and exit code 3.
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
    // Process 1 survives its own signals.
    _exit(128 + SIGPIPE)
  }
}

extension sigaction {
  /// True if the signal is ignored.
  var isIgnored: Bool {
    unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
