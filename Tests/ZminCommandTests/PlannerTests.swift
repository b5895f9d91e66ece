import SystemPackage
import Testing
import ZminCPU
import ZminCommand
import ZminCore
import ZminEngine
import ZminIO

@Suite("Plan")
struct PlannerTests {
  private func plan(_ arguments: [String], _ machine: FakeEnvironment = FakeEnvironment()) throws -> Plan {
    guard case .minify(let options) = try Request(arguments) else { throw UsageError("not a minify request") }
    return try Planner(options, in: machine).plan()
  }

  @Test(
    "Combinations that make no sense are usage errors",
    arguments: [
      (["a", "b"], "2 inputs cannot"), (["a", "b", "-o", "c"], "2 inputs cannot"),
      (["-i", "-o", "c", "a"], "cannot be used"),
      (["-i", "-t", "a"], "cannot be used with --in-place"),
      (["--check", "-i", "a"], "cannot be used with --in-place"),
      (["-t", "-o", "c", "a"], "cannot be used with --output"), (["-i"], "cannot be replaced"),
      (["-i", "a", "-"], "cannot be"),
      (["-", "-"], "only once"), (["--force", "a"], "needs --in-place"), (["--preserve", "a"], "needs --in-place"),
      (["--follow-symlinks", "a"], "needs --in-place"), (["--min-saving", "1", "a"], "needs --in-place"),
      (["--no-validate", "--format", "concat"], "concat"), (["--no-validate", "-t"], "--test"),
      (["--max-bad-lines", "1"], "needs --bad-lines"),
      (["--bad-lines", "b", "a.json"], "ndjson"), (["--bad-lines", "-", "a.jsonl"], "name of a file"),
      (["--bad-lines", "b", "-o", "b", "a.jsonl"], "same file"),
      (["--bad-lines", "b", "--dry-run", "a.jsonl"], "dry-run"),
      (["--bad-lines", "b", "--no-validate", "a.jsonl"], "cannot be used"),
      (["dir"], "directory"),
      (["-i", "a", "dir"], "directory"),
      (["a", "-o", "b/"], "b/ is a directory"), (["a.jsonl", "--bad-lines", "b//"], "b/ is a directory"),
      (["dir/"], "dir is a directory"), (["--kernel", "abacus"], "portable"), ([""], "empty"),
      (["a.json", "b.jsonl"], "2 inputs cannot"),
      (["-o", "", "a.json"], "--output is empty"), (["--memory-report-file", "r", "a.json"], "needs --memory-report"),
      (["--memory-report", "--memory-report-file", "-", "a.json"], "name of a file"),
      (["--memory-report", "--memory-report-file", "r/", "a.json"], "name of a file"),
      (["--memory-report", "--memory-report-file", "", "a.json"], "name of a file"),
      (["--memory-report", "--memory-report-file", "o", "-o", "o", "a.json"], "name the same file"),
      (["--memory-report", "--dry-run", "a.json"], "add --memory-report-file"),
      (["--memory-report", "html", "small.json"], "type --memory-report=html"),
      (["--verify", "sample", "small.json"], "type --verify=sample"), (["help"], "did you mean 'zmin --help'?"),
      (["bnch"], "did you mean 'zmin bench'?"), (["-t", "devcies", "a"], "did you mean 'zmin devices'?"),
      (["small.json", "out.json"], "to write out.json, type -o before it"),
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

  @Test("A terminal on standard input is read only if it is named")
  func terminal() throws {
    #expect(throws: PlanError.nothingToDo) { try plan([], FakeEnvironment(standardInputIsTerminal: true)) }
    #expect(try plan(["-"], FakeEnvironment(standardInputIsTerminal: true)).inputs.count == 1)
  }

  @Test("auto streams from 10 MB on, and pipes")
  func modes() throws {
    #expect(try plan(["small.json"]).mode == .standard)
    #expect(try plan(["large.json"]).mode == .streaming)
    #expect(try plan(["-t", "small.json", "large.json"]).mode == .streaming)
    #expect(try plan(["fifo"]).mode == .streaming)
    #expect(try plan(["missing.json"]).mode == .standard)
    #expect(try plan([]).mode == .streaming)
    #expect(try plan([], FakeEnvironment(standardInputBytes: 5)).mode == .standard)
    #expect(try plan(["--mode", "standard", "large.json"]).mode == .standard)
    #expect(try plan(["--mode", "streaming", "small.json"]).mode == .streaming)
  }

  private func slices(_ arguments: [String], _ machine: FakeEnvironment = FakeEnvironment()) throws -> SlicePlan? {
    guard case .slices(let slices) = try plan(arguments, machine).memory else { return nil }
    return slices
  }

  @Test("Workers are as many as requested, or as the processors in streaming")
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
    #expect(try slices(["huge.json"], FakeEnvironment(limits: large))?.workers == 1024)
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
      #expect(try slices(["large.json"], FakeEnvironment(limits: limits)) == given)
      #expect(try slices(["--memory-budget", "1G", "large.json"], FakeEnvironment(limits: limits)) == given)
      #expect((given == usual) == (usual.peakBytes(options) <= byteCount))
    }
  }

  @Test("Too small a budget is an error that names the smallest, and a control group's limit is not")
  func tooLittleMemory() throws {
    let least = SlicePlan.least.peakBytes(MinifierOptions())
    for arguments in [["large.json"], ["--mode", "standard", "large.json"], ["small.json"]] {
      #expect(throws: PlanError.self) { try plan(["--memory-budget", "10M"] + arguments) }
    }
    do {
      _ = try plan(["--memory-budget", "\(least - 1)", "large.json"])
      Issue.record("accepted")
    } catch PlanError.usage(let message) {
      #expect(message.hasSuffix("use at least \(least)"))
    }
    let limits = MachineLimits(processorCount: 6, memoryBytes: 1_000_000, physicalMemoryBytes: 1 << 34)
    let limited = try plan(["large.json"], FakeEnvironment(limits: limits))
    #expect(limited.memory == .slices(.least) && limited.fallbacks.count == 1)
  }

  @Test("With --bad-lines one thread goes through a window, whatever the mode")
  func badLines() throws {
    let arguments = ["--format", "ndjson", "--bad-lines", "b", "large.json"]
    for (mode, fallbackCount) in [("auto", 0), ("standard", 0), ("streaming", 1)] {
      let found = try plan(["--mode", mode] + arguments)
      #expect(found.mode == .standard && found.memory == .window(byteCount: RunMode.windowBytes))
      #expect(found.showsProgress == (mode != "standard") && found.options.fallbacks.count == fallbackCount)
    }
  }

  @Test("The machine's limits are read only for streaming")
  func limits() throws {
    #expect(try plan(["large.json"]).limits?.processorCount == 6)
    #expect(try plan(["small.json"]).limits == nil)
    #expect(try plan(["--mode", "standard", "large.json"]).limits?.processorCount == 6)
    #expect(try plan(["--mode", "standard", "small.json"]).limits == nil)
    #expect(try plan(["--mode", "streaming", "small.json"]).limits?.processorCount == 6)
  }

  @Test(
    "auto chooses the format by the name",
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

  @Test("A memory report never shares a stream with the JSON")
  func memoryReports() throws {
    func report(_ arguments: String...) throws -> MemoryReportPlan? {
      try plan(["--memory-report"] + arguments + ["a.json"]).reports.memory
    }
    #expect(try report()?.discardsOutput == true && report()?.destination == .standardOutput)
    #expect(try report("-o", "-")?.destination == .standardError)
    #expect(try report("-o", "x")?.destination == .standardOutput && report("-o", "x")?.discardsOutput == false)
    #expect(try report("--memory-report-file", "r")?.destination == .file("r"))
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
