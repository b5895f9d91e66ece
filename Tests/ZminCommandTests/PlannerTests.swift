import SystemPackage
import Testing
import ZminCPU
import ZminCommand
import ZminCore
import ZminEngine
import ZminIO

@Suite("Plan")
struct PlannerTests {
  private struct Machine: Environment {
    var standardInputIsTerminal = false
    var standardInputBytes: Int64?
    var environment: [String: String] = [:]
    var limits = MachineLimits(processorCount: 6, memoryBytes: nil, physicalMemoryBytes: 1 << 34)
    var files: [FilePath: FileFacts] = [
      "dir": FileFacts(kind: .directory, storedBytes: 4096), "fifo": FileFacts(kind: .fifo, storedBytes: 0),
      "small.json": FileFacts(kind: .regular, storedBytes: 9_999_999),
      "large.json": FileFacts(kind: .regular, storedBytes: 10_000_000),
      "huge.json": FileFacts(kind: .regular, storedBytes: 1 << 40),
    ]

    func facts(about path: FilePath) -> FileFacts? { files[path] }
    func resolvedLocation(of file: FileName) -> ResolvedLocation? {
      guard case .path(let path) = file, let name = path.lastComponent else { return nil }
      return ResolvedLocation(
        identity: nil, entry: ResolvedLocation.Entry(directory: FileIdentity(device: 1, inode: 1), name: name))
    }
    func variable(_ name: String) -> String? { environment[name] }
  }

  private func plan(_ arguments: [String], _ machine: Machine = Machine()) throws -> Plan {
    guard case .minify(let options) = try Request(arguments) else { throw UsageError("not a minify request") }
    return try Planner(options, in: machine).plan()
  }

  @Test(
    "Combinations that make no sense are usage errors",
    arguments: [
      (["a", "b"], "2 inputs need"), (["a", "b", "-o", "c"], "2 inputs need"), (["-i", "-o", "c", "a"], "exclude"),
      (["-i", "-t", "a"], "excludes --in-place"), (["--check", "-i", "a"], "excludes --in-place"),
      (["-t", "-o", "c", "a"], "excludes --output"), (["-i"], "cannot be replaced"), (["-i", "a", "-"], "cannot be"),
      (["-", "-"], "only once"), (["--force", "a"], "needs --in-place"), (["--preserve", "a"], "needs --in-place"),
      (["--follow-symlinks", "a"], "needs --in-place"), (["--min-saving", "1", "a"], "needs --in-place"),
      (["--no-validate", "--format", "concat"], "concat"), (["--no-validate", "-t"], "--test"),
      (["--max-bad-lines", "1"], "needs --bad-lines"),
      (["--bad-lines", "b", "a.json"], "ndjson"), (["--bad-lines", "-", "a.jsonl"], "name of a file"),
      (["--bad-lines", "b", "-o", "b", "a.jsonl"], "same file"),
      (["--bad-lines", "b", "--dry-run", "a.jsonl"], "dry-run"),
      (["--bad-lines", "b", "--no-validate", "a.jsonl"], "exclude"),
      (["dir"], "directory"),
      (["-i", "a", "dir"], "directory"),
      (["a", "-o", "b/"], "b/ names a directory"), (["a.jsonl", "--bad-lines", "b//"], "b/ names a directory"),
      (["dir/"], "dir is a directory"), (["--kernel", "abacus"], "portable"), ([""], "empty"),
      (["a.json", "b.jsonl"], "2 inputs need"),
      (["-o", "", "a.json"], "--output is empty"), (["--memory-report-file", "r", "a.json"], "needs --memory-report"),
      (["--memory-report", "--memory-report-file", "-", "a.json"], "name of a file"),
      (["--memory-report", "--memory-report-file", "r/", "a.json"], "name of a file"),
      (["--memory-report", "--memory-report-file", "", "a.json"], "name of a file"),
      (["--memory-report", "--memory-report-file", "o", "-o", "o", "a.json"], "name the same file"),
      (["--memory-report", "--dry-run", "a.json"], "needs --memory-report-file"),
    ])
  func usageErrors(_ arguments: [String], _ part: String) throws {
    do {
      _ = try plan(arguments)
      Issue.record("accepted")
    } catch PlanError.usage(let message) {
      #expect(message.contains(part), "\(message)")
      #expect(!message.contains("\n"))
    }
  }

  @Test("Nothing to read but a terminal is no plan, unless it is named")
  func terminal() throws {
    #expect(throws: PlanError.nothingToDo) { try plan([], Machine(standardInputIsTerminal: true)) }
    #expect(try plan(["-"], Machine(standardInputIsTerminal: true)).inputs.count == 1)
  }

  @Test("auto streams from 10 MB on, and pipes")
  func modes() throws {
    #expect(try plan(["small.json"]).mode == .standard)
    #expect(try plan(["large.json"]).mode == .streaming)
    #expect(try plan(["-t", "small.json", "large.json"]).mode == .streaming)
    #expect(try plan(["fifo"]).mode == .streaming)
    #expect(try plan(["missing.json"]).mode == .standard)
    #expect(try plan([]).mode == .streaming)
    #expect(try plan([], Machine(standardInputBytes: 5)).mode == .standard)
    #expect(try plan(["--mode", "standard", "large.json"]).mode == .standard)
    #expect(try plan(["--mode", "streaming", "small.json"]).mode == .streaming)
  }

  private func slices(_ arguments: [String], _ machine: Machine = Machine()) throws -> SlicePlan? {
    guard case .slices(let slices) = try plan(arguments, machine).memory else { return nil }
    return slices
  }

  @Test("Workers are as many as asked for, or as the processors where it streams")
  func workers() throws {
    #expect(try slices(["large.json"])?.workers == 6)
    #expect(try slices(["small.json"]) == nil)
    #expect(try slices(["-j", "3", "large.json"])?.workers == 3)
    #expect(try slices(["-j3", "small.json"]) == nil)
    #expect(try slices(["-j100", "huge.json"])?.workers == 100)
    #expect(try slices(["-j100", "-"])?.workers == 100)
    // No more than there are slices.
    #expect(try slices(["-j100", "large.json"])?.workers == 38)
    #expect(try slices(["-j100", "--mode", "streaming", "missing.json"])?.workers == 1)
    let large = MachineLimits(processorCount: 5000, memoryBytes: nil, physicalMemoryBytes: .max)
    #expect(try slices(["huge.json"], Machine(limits: large))?.workers == 1024)
  }

  @Test("The memory budget is the smaller of the option and the control group's limit")
  func memoryBudget() throws {
    let options = MinifierOptions()
    let usual = try #require(try slices(["large.json"]))
    #expect(try plan(["large.json"]).fallbacks.isEmpty)
    for byteCount in stride(from: SlicePlan.least.peakBytes(options), through: 40_000_000, by: 250_000) {
      let limits = MachineLimits(processorCount: 6, memoryBytes: byteCount, physicalMemoryBytes: 1 << 34)
      let given = try #require(try slices(["--memory-budget", "\(byteCount)", "large.json"]))
      #expect(given.peakBytes(options) <= byteCount)
      #expect(try slices(["large.json"], Machine(limits: limits)) == given)
      #expect(try slices(["--memory-budget", "1G", "large.json"], Machine(limits: limits)) == given)
      #expect((given == usual) == (usual.peakBytes(options) <= byteCount))
    }
  }

  @Test("Too little memory is an error that names the least, but goes on where a control group leaves no more")
  func tooLittleMemory() throws {
    let least = SlicePlan.least.peakBytes(MinifierOptions())
    for arguments in [["large.json"], ["--mode", "standard", "large.json"], ["small.json"]] {
      #expect(throws: PlanError.self) { try plan(["--memory-budget", "10M"] + arguments) }
    }
    do {
      _ = try plan(["--memory-budget", "\(least - 1)", "large.json"])
      Issue.record("accepted")
    } catch PlanError.usage(let message) {
      #expect(message.contains("\(least) bytes at least"))
    }
    let limits = MachineLimits(processorCount: 6, memoryBytes: 1_000_000, physicalMemoryBytes: 1 << 34)
    let limited = try plan(["large.json"], Machine(limits: limits))
    #expect(limited.memory == .slices(.least) && limited.fallbacks.count == 1)
  }

  @Test("What the machine allows is asked for only where it streams or is to")
  func limits() throws {
    #expect(try plan(["large.json"]).limits?.processorCount == 6)
    #expect(try plan(["small.json"]).limits == nil)
    #expect(try plan(["--mode", "standard", "large.json"]).limits?.processorCount == 6)
    #expect(try plan(["--mode", "standard", "small.json"]).limits == nil)
    #expect(try plan(["--mode", "streaming", "small.json"]).limits?.processorCount == 6)
  }

  @Test(
    "auto goes by the name",
    arguments: [
      ("a.json", Format.json), ("a.ndjson", .ndjson), ("a.jsonl", .ndjson), ("a.jsonlines", .ndjson),
      ("a.JSONL", .ndjson), (".jsonl", .ndjson), ("d/.ndjson", .ndjson),
      ("a.jsonl/b", .json), ("\u{600}.jsonl", .ndjson), ("a.jsonl\u{301}", .json), ("jsonl", .json),
      ("a.jsonl.bak", .json), ("-", .json),
    ])
  func formats(_ path: String, _ format: Format) throws {
    #expect(try plan([path]).inputs.first?.format == format)
    #expect(try plan(["--format", "concat", path]).inputs.first?.format == .concat)
  }

  @Test("A memory report goes where the JSON does not")
  func memoryReports() throws {
    func report(_ arguments: String...) throws -> MemoryReportPlan? {
      try plan(["--memory-report"] + arguments + ["a.json"]).reports.memory
    }
    #expect(try report()?.discardsOutput == true && report()?.place == .standardOutput)
    #expect(try report("-o", "-")?.place == .standardError)
    #expect(try report("-o", "x")?.place == .standardOutput && report("-o", "x")?.discardsOutput == false)
    #expect(try report("--memory-report-file", "r")?.place == .file("r"))
    #expect(try report("-q", "--memory-monitor", "--memory-profile")?.monitors == false)
    #expect(try report("-q", "--memory-profile")?.printsSummary == false)
    #expect(try plan(["--memory-profile", "a.json"]).reports.memory?.printsSummary == true)
    #expect(try plan(["a.json"]).reports.memory == nil)
  }

  @Test("Several lines-of-values inputs may go to one output")
  func severalInputs() throws {
    #expect(try plan(["--format", "ndjson", "a", "b"]).inputs.count == 2)
    #expect(try plan(["--format", "concat", "a", "b", "-o", "c"]).inputs.count == 2)
    #expect(try plan(["a.jsonl", "b.ndjson"]).inputs.count == 2)
  }
}
