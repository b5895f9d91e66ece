import Foundation
import Testing

@Suite("Memory options, from outside")
struct MemoryOptionTests {
  private static let document = "[ 1, 2 ]\n"

  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(document, to: "input.json")
    return scratch
  }

  @Test("The summary is on standard error, beside the JSON on standard output")
  func profile() throws {
    let run = try ZminProgram.run(["--memory-profile", "input.json"], in: Self.scratch())
    #expect(run.ending == .exit(0) && run.output == "[1,2]")
    #expect(run.errors.hasPrefix("zmin memory profile: ") && run.errors.contains("suggested_limit_bytes: "))
    #expect(run.errors.split(separator: "\n").count <= 24)
  }

  @Test("A report takes standard output, and one line says that the JSON is discarded")
  func report() throws {
    let run = try ZminProgram.run(["--memory-report=detailed", "input.json"], in: Self.scratch())
    #expect(run.ending == .exit(0))
    #expect(!run.output.contains("[1,2]") && run.output.contains("command: "))
    #expect(run.errors.split(separator: "\n").count == 1 && run.errors.contains("discarded"), "\(run.errors)")
    // The value is taken only after `=`.
    let alone = try ZminProgram.run(["--memory-report", "input.json"], in: Self.scratch())
    #expect(alone.ending == .exit(0) && alone.output.hasPrefix("zmin memory profile: "))
  }

  @Test("With a destination for the JSON the report is still on standard output, with - on standard error")
  func destinations() throws {
    let scratch = try Self.scratch()
    let file = try ZminProgram.run(["--memory-report=json", "-o", "out.json", "input.json"], in: scratch)
    #expect(file.ending == .exit(0) && file.errors.isEmpty && file.output.hasPrefix("{"))
    #expect(scratch.text(of: "out.json") == "[1,2]")
    let standard = try ZminProgram.run(["--memory-report=json", "-o", "-", "input.json"], in: scratch)
    #expect(standard.output == "[1,2]" && standard.errors.hasPrefix("{"))
    let named = try ZminProgram.run(
      ["--memory-report=json", "--memory-report-file", "report.json", "input.json"], in: scratch)
    #expect(named.output == "[1,2]" && named.errors.isEmpty)
    #expect(scratch.text(of: "report.json")?.hasPrefix("{") == true)
  }

  @Test("The monitor writes lines if standard error is not a terminal")
  func monitor() throws {
    let run = try ZminProgram.run(["--memory-monitor", "input.json"], in: Self.scratch())
    #expect(run.ending == .exit(0) && run.output == "[1,2]")
    #expect(!run.errors.contains("\u{1B}") && run.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("zmin: ") })
    #expect(run.errors.contains(/zmin: peak resident memory [\d.]+ MiB.*\n$/))
  }

  @Test(
    "The monitor redraws on a terminal, but not over JSON on the same terminal", arguments: [true, false])
  func terminal(isOutputShared: Bool) throws {
    let scratch = try Scratch()
    // Long enough to be looked at twice, and on its way for as long as the shell sleeps.
    try scratch.write(String(repeating: "[1,  2]\n", count: 100), to: "part")
    let output = isOutputShared ? "" : "> out.json"
    let run = try ZminProgram.shell(
      """
      script -qec "(cat part; sleep 1.2; cat part) | $ZMIN --format ndjson --memory-monitor \(output)" /dev/null
      """, in: scratch)
    #expect(run.ending == .exit(0))
    let json = String(repeating: "[1,2]\n", count: 200)
    if isOutputShared {
      #expect(!run.output.contains("\u{1B}[A"), "JSON on the terminal is wiped")
      let lines = run.output.split { $0.isNewline }
      #expect(lines.count { $0 == "[1,2]" } == 200 && lines.contains { $0.hasPrefix("zmin: ") })
    } else {
      #expect(run.output.contains("\u{1B}[K") && scratch.text(of: "out.json") == json)
    }
  }

  @Test("Standard error has only events if the log is there")
  func events() throws {
    let scratch = try Self.scratch()
    let run = try ZminProgram.run(["--log", "json", "--memory-profile", "--memory-monitor", "input.json"], in: scratch)
    #expect(run.ending == .exit(0) && run.output == "[1,2]")
    let events = try run.errors.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    let memory = try #require(events.first { $0["event"] as? String == "memory" })
    #expect((memory["suggested_limit_bytes"] as? Int ?? 0) > (memory["peak_resident_bytes"] as? Int ?? .max))
    #expect(memory["leaked_bytes"] as? Int == 0 && (memory["allocations"] as? Int ?? 0) > 0)
    let refused = try ZminProgram.run(["--log", "json", "--memory-report", "-o", "-", "input.json"], in: scratch)
    #expect(refused.ending == .exit(2) && refused.errors.contains("--log uses standard error"))
  }

  @Test("A run with a broken pipe reports the bytes read and its exit code")
  func brokenPipe() throws {
    let scratch = try Scratch()
    try scratch.write("[" + String(repeating: "1,\n", count: 500_000) + "1]", to: "input.json")
    let run = try ZminProgram.shell(
      """
      $ZMIN --memory-report=json --memory-report-file report.json input.json | head -c 1 > /dev/null
      echo "${PIPESTATUS[0]}"
      """, in: scratch)
    #expect(run.output == "141\n", "\(run.errors)")
    let text = try #require(scratch.text(of: "report.json"))
    let report = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let facts = try #require(report["run"] as? [String: Any])
    #expect(facts["exit_status"] as? Int == 141 && (facts["input_bytes"] as? Int ?? 0) > 0)
  }

  /// The JSON report of a run.
  private static func report(_ arguments: [String], in scratch: Scratch) throws -> [String: Any] {
    let run = try ZminProgram.run(["--memory-report=json"] + arguments, in: scratch)
    #expect(run.ending == .exit(0), "\(run.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  @Test("Syncing is no part of minifying")
  func syncing() throws {
    let scratch = try Self.scratch()
    let report = try Self.report(["-i", "input.json"], in: scratch)
    let stages = try #require(report["stages"] as? [[String: Any]]).compactMap { $0["stage"] as? String }
    #expect(stages == ["starting", "minifying", "committing", "ending"])
    // Nothing is to be named.
    let same = try Self.report(["-i", "input.json"], in: scratch)
    #expect(((same["stages"] as? [[String: Any]]) ?? []).allSatisfy { $0["stage"] as? String != "committing" })
    for name in ["tree/a.json", "tree/b.json"] {
      try FileManager.default.createDirectory(atPath: scratch.file("tree"), withIntermediateDirectories: true)
      try scratch.write(Self.document, to: name)
    }
    let bulk = try Self.report(["-ri", "tree"], in: scratch)
    let commits = try #require(bulk["commits"] as? [[String: Any]])
    #expect(commits.reduce(0) { $0 + ($1["files"] as? Int ?? 0) } == 2)
  }

  @Test("What a run allocates it frees, in the counts too")
  func counts() throws {
    for arguments in [["input.json", "-o", "out"], ["-r", ".", "--output-dir", "out.d"]] {
      let report = try Self.report(arguments, in: Self.scratch())
      let total = try #require((report["ledger"] as? [String: Any])?["total"] as? [String: Any])
      #expect(total["allocations"] as? Int == total["frees"] as? Int && total["current_bytes"] as? Int == 0)
    }
  }

  @Test("The slots of a short run show their work")
  func slots() throws {
    let report = try Self.report(["input.json", "-o", "out"], in: Self.scratch())
    let histories = try #require((report["pool"] as? [String: Any])?["histories"] as? [[String: Any]])
    let states = try #require(histories.first?["states"] as? String)
    // Free, reading, working, writing.
    for state in "0124" { #expect(states.contains(state), "\(states)") }
  }

  @Test("Files that go to one output are measured one by one")
  func files() throws {
    let scratch = try Scratch()
    try scratch.write(String(repeating: "[1, 2]\n", count: 3_000_000), to: "large.jsonl")
    try scratch.write("[1, 2]\n", to: "small\u{1}.jsonl")
    let run = try ZminProgram.run(
      ["--memory-report=json", "-o", "out.jsonl", "large.jsonl", "small\u{1}.jsonl"], in: scratch)
    #expect(run.ending == .exit(0))
    let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let files = try #require(report["files"] as? [[String: Any]])
    let paths = files.map { ($0["file"] as? [String: Any])?["path"] as? String }
    #expect(paths == ["large.jsonl", "small\u{1}.jsonl"])
    let seconds = files.map { ($0["end_seconds"] as? Double ?? 0) - ($0["start_seconds"] as? Double ?? 0) }
    #expect(seconds[0] > seconds[1])
    let starts = files.compactMap { $0["start_seconds"] as? Double }
    #expect(starts.count == 2 && starts[0] < starts[1])
    let stages = try #require(report["stages"] as? [[String: Any]])
    #expect(stages.compactMap { ($0["file"] as? [String: Any])?["path"] as? String }.last == "small\u{1}.jsonl")
  }
}
