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
  /// The arguments, in which `@` is the directory of the run.
  let arguments: [String]
  /// The files before the run.
  let files: [String: String]
  /// The files after a run without faults.
  let results: [String: String]
  /// The file of bad lines, which may repeat lines after a fault; nil if there is none.
  let record: String?

  init(
    _ name: String, _ arguments: String, _ files: [String: String], _ results: [String: String], record: String? = nil
  ) {
    testDescription = name
    self.record = record
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
      ["b": "[1]\n[2]\n", "bad": "[\n"], record: "bad"),
    FaultScenario(
      "bad lines, in place", "--format ndjson --bad-lines @/bad -i @/a",
      ["a": "[ 1 ]\n{\"long\":\n[ 2 ]\n[3", "bad": "old"],
      ["a": "[1]\n[2]\n", "bad": "old\n{\"long\":\n[3\n"], record: "bad"),
    FaultScenario(
      "mirrored, with a journal", "-r -j1 @/in --output-dir @/out --journal @/journal", tree,
      ["out/a.json": "[1]", "out/d/b.json": "[2]", "out/d/c.json": "[3]"]),
    FaultScenario(
      "many in place, with a journal", "-r -j1 -i @/in --journal @/journal", tree,
      ["in/a.json": "[1]", "in/d/b.json": "[2]"]),
  ]

  func scratch() throws -> Scratch { try Scratch(files) }

  /// True if the run is over many files, of which some may fail.
  var isBulk: Bool { arguments.contains("-r") }

  /// Runs the scenario, with messages written to a file.
  ///
  /// Processes that other tests start inherit all open files for a moment, and with them the lock of a journal. The
  /// scenario is run again then.
  ///
  /// - Parameters:
  ///   - plan: The call that fails.
  ///   - memory: The allocation that is refused.
  /// - Returns: The exit code and the calls.
  func run(
    in scratch: Scratch, _ plan: FaultyCalls.Plan, memory: CountingMemoryFaults? = nil
  ) throws -> (code: Int32, calls: FaultyCalls) {
    while true {
      let calls = FaultyCalls(plan)
      unlink(scratch.file("messages"))
      let code = try run(in: scratch, calls, memory)
      let isLocked =
        scratch.text(of: "messages")?.contains("another run uses this journal; wait for it, or use another file")
        == true
      if !isLocked || calls.failed == .lock { return (code, calls) }
      usleep(1000)
    }
  }

  private func run(in scratch: Scratch, _ calls: FaultyCalls, _ memory: CountingMemoryFaults?) throws -> Int32 {
    let arguments = arguments.map { $0.replacing("@", with: scratch.path) }
    guard case .minify(let options) = try Request(arguments) else { throw UsageError("not a minify request") }
    let planner = Planner(options, in: RealEnvironment())
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

  /// True if a file has its old or its new contents.
  ///
  /// - Parameter tree: All files.
  func isOldOrNew(_ name: String, in tree: [String: String]) -> Bool {
    guard let text = tree[name] else { return files[name] == nil && name == record }
    guard name == record else { return text == files[name] || text == results[name] }
    let old = files[name] ?? ""
    guard text.hasPrefix(old) else { return false }
    let new = text.dropFirst(old.count).split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    // Lines may be there more than once, and cut off where an append was.
    let lines = recordedLines
    let areLines = new.allSatisfy { piece in lines.contains { $0.hasPrefix(piece) } }
    // Where the lines are gone from the output or input, the record has them.
    let isDone = results.keys.allSatisfy { $0 == record || tree[$0] == results[$0] }
    return areLines && (!isDone || text.hasSuffix("\n") && lines.allSatisfy(new.contains))
  }

  /// The lines that a run adds to the record.
  private var recordedLines: [String] {
    guard let record else { return [] }
    let added = (results[record] ?? "").dropFirst((files[record] ?? "").count)
    return added.split(separator: "\n").map(String.init)
  }

  /// True if all files have their new contents. A record may repeat lines.
  func isDone(_ tree: [String: String]) -> Bool {
    guard let record else { return tree == results }
    return isOldOrNew(record, in: tree)
      && tree.filter { $0.key != record } == results.filter { $0.key != record }
  }

  /// Everything in the directory of a run but its messages and its journal, hidden files too.
  static func tree(_ scratch: Scratch) -> [String: String] {
    scratch.tree().filter { $0.key != "messages" && $0.key != "journal" }
  }
}
