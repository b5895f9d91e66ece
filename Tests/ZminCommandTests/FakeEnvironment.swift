import SystemPackage
import ZminCommand
import ZminIO

/// A machine that a test of plans describes.
struct FakeEnvironment: Environment {
  var standardInputIsTerminal = false
  var standardOutputIsTerminal = false
  var standardInputBytes: Int64?
  var variables: [String: String] = [:]
  var limits = MachineLimits(processorCount: 6, memoryBytes: nil, physicalMemoryBytes: 1 << 34)
  /// The files that are there. All others are missing.
  var files: [FilePath: FileFacts] = [
    "dir": FileFacts(kind: .directory, storedBytes: 4096), "fifo": FileFacts(kind: .fifo, storedBytes: 0),
    "fifo.json": FileFacts(kind: .fifo, storedBytes: 0),
    "small.json": FileFacts(kind: .regular, storedBytes: 9_999_999),
    "large.json": FileFacts(kind: .regular, storedBytes: 10_000_000),
    "largest.json": FileFacts(kind: .regular, storedBytes: 100_000_000),
    "huge.json": FileFacts(kind: .regular, storedBytes: 1 << 40),
    "huge.jsonl": FileFacts(kind: .regular, storedBytes: 100_000_001),
  ]

  func facts(about path: FilePath) -> FileFacts? { files[path] }

  /// Paths with one last component are one file.
  func resolvedLocation(of file: FileName) -> ResolvedLocation? {
    guard case .path(let path) = file, let name = path.lastComponent else { return nil }
    return ResolvedLocation(
      identity: nil, entry: ResolvedLocation.Entry(directory: FileIdentity(device: 1, inode: 1), name: name))
  }

  func variable(_ name: String) -> String? { variables[name] }
}
