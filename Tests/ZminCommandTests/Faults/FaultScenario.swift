import Foundation
import Glibc
import SystemPackage
import Testing
import ZminIO
import ZminMemory
import ZminTestSupport

@testable import ZminCommand

/// A whole run of the program, in this process, so that its system calls can be made to fail.
struct FaultScenario: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// What follows the program's name; `@` is the directory of the run.
  let arguments: [String]
  /// What is there before.
  let files: [String: String]
  /// What is there afterwards, if nothing fails.
  let results: [String: String]

  init(_ name: String, _ arguments: String, _ files: [String: String], _ results: [String: String]) {
    testDescription = name
    self.arguments = arguments.split(separator: " ").map(String.init)
    self.files = files
    self.results = files.merging(results) { $1 }
  }

  private static let tree = ["in/a.json": "[ 1 ]", "in/d/b.json": "[ 2 ]", "in/d/c.json": "[3]"]

  static let all = [
    FaultScenario("in place", "-i @/a.json", ["a.json": "[ 1 ]"], ["a.json": "[1]"]),
    FaultScenario("new output", "@/a.json -o @/b.json", ["a.json": "[ 1 ]"], ["b.json": "[1]"]),
    FaultScenario(
      "output replaced", "@/a.json -o @/b.json", ["a.json": "[ 1 ]", "b.json": "old"], ["b.json": "[1]"]),
    FaultScenario(
      "verified, in slices", "--mode streaming -j1 --verify @/a.json -o @/b.json", ["a.json": "[ 1 ]"],
      ["b.json": "[1]"]),
    FaultScenario(
      "bad lines", "--format ndjson --bad-lines @/bad --max-bad-lines all @/a -o @/b", ["a": "[ 1 ]\n[\n[ 2 ]\n"],
      ["b": "[1]\n[2]\n", "bad": "[\n"]),
    FaultScenario(
      "mirrored, with a journal", "-r -j1 @/in --output-dir @/out --journal @/journal", tree,
      ["out/a.json": "[1]", "out/d/b.json": "[2]", "out/d/c.json": "[3]"]),
    FaultScenario(
      "many in place, with a journal", "-r -j1 -i @/in --journal @/journal", tree,
      ["in/a.json": "[1]", "in/d/b.json": "[2]"]),
  ]

  func scratch() throws -> Scratch { try Scratch(files) }

  /// Whether it is over many files, of which some may fail.
  var isBulk: Bool { arguments.contains("-r") }

  /// Runs it, with messages to a file beside.
  ///
  /// Other tests start processes meanwhile, each of which has all that is open here, and a journal's lock with it, for a
  /// moment. Then it is run again.
  ///
  /// - Parameters:
  ///   - plan: Which call fails.
  ///   - memory: Which memory is refused.
  /// - Returns: The exit code and the calls.
  func run(
    in scratch: Scratch, _ plan: FaultyCalls.Plan, memory: CountingMemoryFaults? = nil
  ) throws -> (code: Int32, calls: FaultyCalls) {
    while true {
      let calls = FaultyCalls(plan)
      unlink(scratch.file("messages"))
      let code = try run(in: scratch, calls, memory)
      let isLocked = scratch.text(of: "messages")?.contains("another run uses this journal") == true
      if !isLocked || calls.failed == .lock { return (code, calls) }
      usleep(1000)
    }
  }

  private func run(in scratch: Scratch, _ calls: FaultyCalls, _ memory: CountingMemoryFaults?) throws -> Int32 {
    let arguments = arguments.map { $0.replacing("@", with: scratch.path) }
    guard case .minify(let options) = try Request(arguments) else { throw UsageError("not a minify request") }
    let planner = Planner(options, in: RealSurroundings())
    let log = EventLog(at: FilePath(scratch.file("messages")), console: Console())
    try log.open()
    let console = Console(events: log)
    defer { log.flush() }
    let files = FileAccess(calls: calls)
    let ledger = memory.map { MemoryLedger(faults: $0) } ?? MemoryLedger()
    let ending =
      planner.isBulk
      ? BulkRun(try planner.bulkPlan(), files: files, log: log, console: console, ledger: ledger, nil).run()
      : MinifyRun(try planner.plan(), files: files, log: log, console: console, ledger: ledger, nil).run()
    #expect(ledger.liveAllocations().isEmpty, "memory was not given back")
    switch ending {
    case .status(let status): return status.code
    case .brokenPipe: return 141
    }
  }

  /// Everything in the directory of a run but its messages and its journal, hidden files too.
  static func tree(_ scratch: Scratch) -> [String: String] {
    scratch.tree().filter { $0.key != "messages" && $0.key != "journal" }
  }
}
