import Foundation
import Testing
import ZminMemory
import ZminTestSupport

/// Whole runs in which memory is refused, and threads: the first time that either is asked for, the second and so on
/// until a run asks no more, once and from then on.
@Suite("Refused memory in whole runs") struct AllocationFaultTests {
  private static let deep = String(repeating: "[ ", count: 300_000) + String(repeating: "]", count: 300_000)
  private static let deepMinified = deep.replacing(" ", with: "")
  private static let lines = (0..<40_000).map { "{ \"id\" : \($0), \"text\" : [ \"a b\" ] }\n" }.joined()
  private static let linesMinified = lines.replacing(" ", with: "").replacing("ab", with: "a b")
  private static let longLine = "[ " + String(repeating: "1, ", count: 500_000) + "2 ]\n"
  private static let manyFiles = Dictionary(
    uniqueKeysWithValues: (0..<40).map { ("in/\($0).json", $0 == 7 ? deep : "[ \($0) ]") })

  /// Runs that ask for more than the others do: nesting that grows, workers on threads, lines longer than a window.
  private static let demanding = [
    FaultScenario("deep nesting", "@/a.json -o @/b.json", ["a.json": deep], ["b.json": deepMinified]),
    FaultScenario(
      "deep nesting, in slices, verified", "--mode streaming -j2 --verify @/a.json -o @/b.json", ["a.json": deep],
      ["b.json": deepMinified]),
    FaultScenario(
      "on three threads", "--mode streaming -j3 @/a.jsonl -o @/b", ["a.jsonl": lines], ["b": linesMinified]),
    FaultScenario(
      "on three threads, unchecked", "--mode streaming -j3 --no-validate @/a.jsonl -o @/b", ["a.jsonl": lines],
      ["b": linesMinified]),
    FaultScenario(
      "bad lines, a long one", "--format ndjson --bad-lines @/bad --max-bad-lines all @/a -o @/b",
      ["a": "[ 1 ]\n[\n" + longLine], ["b": "[1]\n" + longLine.replacing(" ", with: ""), "bad": "[\n"],
      record: "bad"),
    FaultScenario(
      "many in place, on three threads", "-r -j3 -i @/in", manyFiles,
      manyFiles.mapValues { $0.replacing(" ", with: "") }),
  ]

  @Test(arguments: FaultScenario.all + demanding) func everyAllocation(_ scenario: FaultScenario) throws {
    let rehearsal = CountingMemoryFaults()
    #expect(try scenario.run(in: try scenario.scratch(), .init(), memory: rehearsal).code == 0)
    var counts = (runs: 0, failed: 0)
    for isLasting in [false, true] {
      for index in 0..<1000 {
        let faults = CountingMemoryFaults(refusing: index, isLasting: isLasting)
        let scratch = try scenario.scratch()
        let (code, calls) = try scenario.run(in: scratch, .init(), memory: faults)
        if faults.refused.isEmpty {
          #expect(code == 0)
          break
        }
        let what = "\(index)\(isLasting ? " and from then on" : ""), \(faults.refused), exit \(code)"
        counts.runs += 1
        if code != 0 { counts.failed += 1 }
        #expect(code == 0 || code == 3, "\(what)")
        // A run has fewer threads, and no more than that, where the system gives none.
        if faults.refused.allSatisfy({ $0 == .threadStack }) { #expect(code == 0, "\(what)") }
        #expect(calls.openDescriptors == 0, "\(what)")
        let messages = scratch.text(of: "messages") ?? ""
        #expect(messages.contains("out of memory: cannot allocate ") == (code == 3), "\(what): \(messages)")
        let errors = messages.split(separator: "\n").count { $0.contains("out of memory") }
        if !scenario.isBulk { #expect(errors == (code == 3 ? 1 : 0), "\(what): \(messages)") }
        let tree = FaultScenario.tree(scratch)
        for name in Set(tree.keys).union(scenario.files.keys) {
          #expect(scenario.isOldOrNew(name, in: tree), "\(what): \(name)")
        }
        if code == 0 { #expect(scenario.isDone(tree), "\(what)") }
      }
    }
    #expect(counts.failed >= rehearsal.asked / 2)
    if ProcessInfo.processInfo.environment["ZMIN_FAULT_TABLE"] != nil {
      print(
        "| refused: \(scenario.testDescription) | \(rehearsal.asked) | \(counts.runs) | \(counts.failed) "
          + "| \(counts.runs - counts.failed) |")
    }
  }
}
