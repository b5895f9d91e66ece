import SystemPackage
import ZminFiles
import ZminIO

@testable import ZminCommand

/// Arguments with a NUL between them must be planned or refused, and never crash.
///
/// Most bytes from 0x80 on stand for whole arguments, which chance would hardly make. After a byte 0xFF all of them do.
enum OptionsFuzz {
  private static let words: [String] = [
    "--bad-lines", "--check", "--compress", "--compressed", "--device", "--device-memory", "--dry-run", "--exclude",
    "--files-from",
    "--follow-symlinks", "--force", "--format", "--help", "--in-place", "--include", "--jobs", "--journal",
    "--kernel", "--layout", "--level", "--log", "--log-file", "--max-bad-lines", "--max-depth", "--memory-budget",
    "--metrics-file",
    "--min-saving", "--mode", "--no-sync", "--no-validate", "--null", "--output", "--output-dir", "--preserve",
    "--quiet", "--recursive", "--self-test", "--shard", "--shard-plan", "--stats", "--sync", "--test",
    "--validate", "--verbose", "--verify", "--version", "json", "ndjson", "concat", "standard", "streaming", "gpu",
    "portable", "all", "0/2", "auto/8", "3/3", "1K", "64M", "50%", "-", "--", "-i", "-r", "-t", "-0", "-j4", "-o",
    "a.json", "d", "f", "l.ndjson", "devices", "--find", "--memory-report", "--memory-report=json",
    "--memory-report-file",
    "--memory-monitor", "--memory-profile", "bench", "--paths", "--size", "--compare", "1/1", "2/2", "4/4", "7/8",
    "--hidden", "--final-newline", "keep", "--progress",
  ]
  private static let wordsFollow: UInt8 = 0xFF

  /// Command lines to begin with, as the bytes that stand for them, and bytes that describe the machine.
  static var seeds: [[UInt8]] {
    [
      "-r -i d --shard 0/2", "-r -t d --shard auto/8", "-r -i --journal f --shard 0/2 --shard-plan d d",
      "--files-from f -0 --output-dir d --jobs 64M", "--mode gpu --device all d -o a.json",
      "a.json -o d --verify --stats",
      "--format ndjson --bad-lines f --max-bad-lines all l.ndjson -o d",
      "--memory-report=json --memory-report-file f a.json",
      "-r --dry-run -i d --min-saving 50% --memory-budget 64M", "bench --paths standard --size 64M", "devices --find",
    ].map { line in
      [wordsFollow] + line.split(separator: " ").compactMap { words.firstIndex(of: String($0)).map(UInt8.init) }
        + [0, 0, 0, 0]
    }
  }

  private static func expanded(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.first == wordsFollow {
      return Array(bytes.dropFirst().map { Array(words[Int($0) % words.count].utf8) }.joined(separator: [0]))
    }
    return bytes.flatMap { byte in
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

  /// Checks that a message is not empty. (Callers print text of the command line on one line.)
  private static func check(_ message: String) { if message.isEmpty { fail("nothing is said") } }

  private struct Machine: Environment {
    var standardInputIsTerminal = false
    var standardOutputIsTerminal = false
    var standardInputBytes: Int64?
    var environmentValue: String?
    var memoryBytes: Int?
    var limits: MachineLimits {
      MachineLimits(processorCount: 6, memoryBytes: memoryBytes, physicalMemoryBytes: 1 << 34)
    }

    func facts(about path: FilePath) -> FileFacts? {
      switch path.lastComponent?.string.first {
      case "d": FileFacts(kind: .directory, storedBytes: 4096)
      case "f": FileFacts(kind: .fifo, storedBytes: 0)
      case "l": FileFacts(kind: .regular, storedBytes: .max)
      case "s": FileFacts(kind: .regular, storedBytes: 1000)
      default: nil
      }
    }

    /// Names that begin alike are one file, so that all conflicts occur.
    func resolvedLocation(of file: FileName) -> ResolvedLocation? {
      guard case .path(let path) = file, let letter = path.lastComponent?.string.utf8.first else { return nil }
      return ResolvedLocation(identity: FileIdentity(device: 1, inode: UInt64(letter)), entry: nil)
    }

    func variable(_ name: String) -> String? { environmentValue }
  }
}
