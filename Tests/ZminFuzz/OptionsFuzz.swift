import SystemPackage
import Zmin
import ZminIO

@testable import ZminCommand

/// Arguments, with a NUL between them as the system has them: planned or refused, and never a crash.
///
/// Bytes from 0x80 on, but for some, stand for whole arguments, as chance would hardly make them.
enum OptionsFuzz {
  private static let words: [String] = [
    "--bad-lines", "--check", "--device", "--device-memory", "--dry-run", "--exclude", "--files-from",
    "--follow-symlinks", "--force", "--format", "--help", "--in-place", "--include", "--jobs", "--journal",
    "--kernel", "--log", "--log-file", "--max-bad-lines", "--max-depth", "--memory-budget", "--metrics-file",
    "--min-saving", "--mode", "--no-sync", "--no-validate", "--null", "--output", "--output-dir", "--preserve",
    "--quiet", "--recursive", "--self-test", "--shard", "--shard-plan", "--stats", "--sync", "--test",
    "--validate", "--verbose", "--verify", "--version", "json", "ndjson", "concat", "standard", "streaming", "gpu",
    "portable", "all", "0/2", "auto/8", "3/3", "1K", "64M", "50%", "-", "--", "-i", "-r", "-t", "-0", "-j4", "-o",
    "a.json", "d", "f", "l.ndjson", "devices", "--find",
  ]

  private static func expanded(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { byte in
      let index = Int(byte) - 0x80
      return words.indices.contains(index) ? Array(words[index].utf8) + [0] : [byte]
    }
  }

  @Sendable static func run(_ input: inout FuzzInput) throws {
    var machine = Machine()
    machine.standardInputIsTerminal = input.once(in: 4)
    machine.standardInputBytes = input.once(in: 2) ? Int64(input.byte()) << 20 : nil
    machine.environmentValue = input.once(in: 3) ? "\(input.byte())" : nil
    machine.memoryBytes = input.once(in: 4) ? Int(input.byte()) << 20 : nil
    let raw = expanded(input.rest).split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
    let arguments = raw.map(RawArgument.string)
    for (bytes, argument) in zip(raw, arguments) where RawArgument.bytes(of: argument) != bytes {
      fail("an argument is not what it was")
    }
    do throws(any Error) {
      guard case .minify(let options) = try Request(arguments) else { return }
      let planner = Planner(options, in: machine)
      _ = try planner.reports()
      if planner.isBulk {
        let plan = try planner.bulkPlan()
        if let shard = plan.shard, !(0..<shard.count).contains(shard.index) { fail("there is no such shard") }
        return
      }
      let plan = try planner.plan()
      if plan.inputs.count != max(1, options.paths.count) { fail("\(plan.inputs.count) inputs") }
    } catch let error as UsageError {
      check(error.message)
    } catch let error as PlanError {
      switch error {
      case .usage(let message): check(message)
      case .engineUnavailable(let message):
        check(message)
        if message.unicodeScalars.contains("\n") { fail("no message of one line: \(message)") }
      case .nothingToDo: if !machine.standardInputIsTerminal { fail("there is something to do") }
      }
    }
  }

  /// A message says something. (What the command line holds is put on one line by whoever prints it.)
  private static func check(_ message: String) { if message.isEmpty { fail("nothing is said") } }

  private struct Machine: Surroundings {
    var standardInputIsTerminal = false
    var standardInputBytes: Int64?
    var environmentValue: String?
    var memoryBytes: Int?
    var limits: MachineLimits {
      MachineLimits(processorCount: 6, memoryBytes: memoryBytes, physicalMemoryBytes: 1 << 34)
    }

    func facts(about path: FilePath) -> FileFacts? {
      switch path.lastComponent?.string.first {
      case "d": FileFacts(kind: .directory, byteCount: 4096)
      case "f": FileFacts(kind: .fifo, byteCount: 0)
      case "l": FileFacts(kind: .regular, byteCount: .max)
      case "s": FileFacts(kind: .regular, byteCount: 1000)
      default: nil
      }
    }

    /// Names that begin alike are one file, so that all conflicts come up.
    func whereabouts(of file: FileName) -> FileWhereabouts? {
      guard case .path(let path) = file, let letter = path.lastComponent?.string.utf8.first else { return nil }
      return FileWhereabouts(identity: FileIdentity(device: 1, inode: UInt64(letter)), place: nil)
    }

    func variable(_ name: String) -> String? { environmentValue }
  }
}
