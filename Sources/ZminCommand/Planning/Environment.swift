import Glibc
package import SystemPackage
package import ZminIO

/// What a plan depends on besides the command line.
package protocol Environment {
  /// Whether standard input is a terminal.
  var standardInputIsTerminal: Bool { get }
  /// The size of standard input, nil if it is not a regular file.
  var standardInputBytes: Int64? { get }
  /// What a path is, nil if it is nothing or cannot be looked at.
  func facts(about path: FilePath) -> FileFacts?
  /// Where a file is, nil if there is none and no place for one, or it is nothing that keeps its bytes.
  func resolvedLocation(of file: FileName) -> ResolvedLocation?
  /// A variable of the environment.
  func variable(_ name: String) -> String?
  /// How much of the machine may be used. Asking reads files: not for a small run.
  var limits: MachineLimits { get }
}

extension Environment {
  /// Whether the environment hides all devices, as it does from CUDA: a job that was given none has none.
  var hidesDevices: Bool { variable("CUDA_VISIBLE_DEVICES").map { $0.isEmpty || $0 == "-1" } ?? false }
}

/// What a plan needs to know of a file.
package struct FileFacts: Sendable {
  package let kind: FileKind
  /// The size on the disk.
  package let storedBytes: Int64
  /// The size of the contents, nil if it is not known.
  package var plainBytes: Int64? { kind == .regular ? storedBytes : nil }

  package init(kind: FileKind, storedBytes: Int64) {
    self.kind = kind
    self.storedBytes = storedBytes
  }
}

/// The machine that the program runs on.
struct RealEnvironment: Environment {
  private let files = FileAccess()

  var standardInputIsTerminal: Bool { LinuxSystemCalls().isTerminal(STDIN_FILENO) }

  /// Whether somebody may watch standard error.
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
