import Glibc
package import SystemPackage
package import ZminIO

/// What a plan depends on besides the command line.
package protocol Surroundings {
  /// Whether standard input is a terminal.
  var standardInputIsTerminal: Bool { get }
  /// The size of standard input, nil if it is not a regular file.
  var standardInputBytes: Int64? { get }
  /// What a path is, nil if it is nothing or cannot be looked at.
  func facts(about path: FilePath) -> FileFacts?
  /// How much of the machine may be used. Asking reads files: not for a small run.
  var limits: MachineLimits { get }
  /// The devices that CUDA programs may see, as `CUDA_VISIBLE_DEVICES` says; nil if it does not.
  var visibleDevices: String? { get }
}

/// What a plan needs to know of a file.
package struct FileFacts: Sendable {
  package let kind: FileKind
  package let byteCount: Int64

  package init(kind: FileKind, byteCount: Int64) {
    self.kind = kind
    self.byteCount = byteCount
  }
}

/// The machine that the program runs on.
struct RealSurroundings: Surroundings {
  private let files = FileAccess()

  var standardInputIsTerminal: Bool { LinuxSystemCalls().isTerminal(STDIN_FILENO) }

  var standardInputBytes: Int64? {
    guard let input = try? InputFile.standardInput(using: files), input.status.kind == .regular else { return nil }
    return input.status.size
  }

  func facts(about path: FilePath) -> FileFacts? {
    guard let status = try? files.statusIfPresent(of: path) else { return nil }
    return FileFacts(kind: status.kind, byteCount: status.size)
  }

  var limits: MachineLimits { MachineLimits(using: files) }

  var visibleDevices: String? { getenv("CUDA_VISIBLE_DEVICES").map { String(cString: $0) } }
}
