import CZminSystem
package import Glibc
package import SystemPackage

/// The system calls for child processes. One requirement is one call, as in ``SystemCalls``.
package protocol ProcessCalls: Sendable {
  /// `pipe2(O_CLOEXEC)`.
  func makePipe() throws(Errno) -> (reading: Int32, writing: Int32)
  /// `posix_spawn`: the number of the process. Its input and error output are `/dev/null`, its output is the
  /// descriptor. No signal is blocked, and all have their default actions.
  func spawn(_ program: FilePath, _ arguments: [String], output: Int32) throws(Errno) -> pid_t
  /// `wait4`: the status, and the most resident memory of the process. That counts from before its program was loaded,
  /// so it is at least the most that this process has had by then.
  func waitForChild(_ process: pid_t) throws(Errno) -> (status: Int32, peakResidentBytes: Int)
  /// `kill(SIGKILL)`.
  func kill(_ process: pid_t) throws(Errno)
}

extension LinuxSystemCalls: ProcessCalls {
  package func makePipe() throws(Errno) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    if pipe2(&ends, O_CLOEXEC) != 0 { throw Errno(rawValue: errno) }
    return (ends[0], ends[1])
  }

  package func spawn(_ program: FilePath, _ arguments: [String], output: Int32) throws(Errno) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    try checkedCode(posix_spawn_file_actions_init(&actions))
    defer { posix_spawn_file_actions_destroy(&actions) }
    try checkedCode(posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0))
    try checkedCode(posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO))
    try checkedCode(posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0))
    var attributes = posix_spawnattr_t()
    try checkedCode(posix_spawnattr_init(&attributes))
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    try checkedCode(posix_spawnattr_setsigmask(&attributes, &signals))
    sigfillset(&signals)
    try checkedCode(posix_spawnattr_setsigdefault(&attributes, &signals))
    try checkedCode(
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)))
    var copies: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    copies.append(nil)
    var process = pid_t()
    let code = program.withPlatformString { path in
      posix_spawn(&process, path, &actions, &attributes, copies, environ)
    }
    try checkedCode(code)
    return process
  }

  package func waitForChild(_ process: pid_t) throws(Errno) -> (status: Int32, peakResidentBytes: Int) {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 {
      if errno != EINTR { throw Errno(rawValue: errno) }
    }
    return (status, usage.ru_maxrss << 10)
  }

  package func kill(_ process: pid_t) throws(Errno) {
    if Glibc.kill(process, SIGKILL) != 0 { throw Errno(rawValue: errno) }
  }

  /// The functions of `posix_spawn` return their error numbers.
  private func checkedCode(_ code: Int32) throws(Errno) {
    if code != 0 { throw Errno(rawValue: code) }
  }
}
