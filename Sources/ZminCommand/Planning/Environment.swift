import Glibc
package import SystemPackage
package import ZminIO

/// The facts about the machine and its files that a plan depends on.
package protocol Environment {
  /// True if standard input is a terminal.
  var standardInputIsTerminal: Bool { get }
  /// True if standard output is a terminal.
  var standardOutputIsTerminal: Bool { get }
  /// The size of standard input, nil if it is not a regular file.
  var standardInputBytes: Int64? { get }
  /// The kind and size of a file, nil if it is missing or cannot be inspected.
  func facts(about path: FilePath) -> FileFacts?
  /// The location of a file, or of the one that would be created. Nil without a directory for it, or for what keeps no
  /// bytes, such as a pipe.
  func resolvedLocation(of file: FileName) -> ResolvedLocation?
  /// A variable of the environment.
  func variable(_ name: String) -> String?
  /// The processors and memory that may be used. The property reads files, so a small run avoids it.
  var limits: MachineLimits { get }
}

extension Environment {
  /// True if the environment hides all devices. CUDA_VISIBLE_DEVICES is empty or -1 in a job without devices.
  var hidesDevices: Bool { variable("CUDA_VISIBLE_DEVICES").map { $0.isEmpty || $0 == "-1" } ?? false }
}

/// The facts about a file that a plan depends on.
package struct FileFacts: Sendable {
  package let kind: FileKind
  /// The size on the disk.
  package let storedBytes: Int64

  package init(kind: FileKind, storedBytes: Int64) {
    self.kind = kind
    self.storedBytes = storedBytes
  }
}

/// The machine that the program runs on.
struct RealEnvironment: Environment {
  private let files = FileAccess()

  var standardInputIsTerminal: Bool { LinuxSystemCalls().isTerminal(STDIN_FILENO) }

  var standardOutputIsTerminal: Bool { LinuxSystemCalls().isTerminal(STDOUT_FILENO) }

  /// True if standard error is a terminal.
  static var standardErrorIsTerminal: Bool { LinuxSystemCalls().isTerminal(STDERR_FILENO) }

  var standardInputBytes: Int64? {
    guard let input = try? OpenedFile.standardInput(using: files), input.status.kind == .regular else { return nil }
    return input.status.size
  }

  func facts(about path: FilePath) -> FileFacts? {
    guard let status = try? files.statusIfPresent(of: path) else { return nil }
    return FileFacts(kind: status.kind, storedBytes: status.size)
  }

  func resolvedLocation(of file: FileName) -> ResolvedLocation? { files.resolvedLocation(of: file) }

  func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  var limits: MachineLimits { MachineLimits(using: files) }
}
