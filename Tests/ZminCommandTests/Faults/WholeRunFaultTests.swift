import Foundation
import SystemPackage
import Testing
import ZminTestSupport

/// Whole runs in which one system call fails, for each call and each error that it may return. It fails once, or from
/// then on.
@Suite("Faults in whole runs") struct WholeRunFaultTests {
  private typealias Kind = FaultyCalls.Kind

  /// The errors that a call may return.
  private static func errors(of kind: Kind) -> [Errno] {
    switch kind {
    case .open: [.permissionDenied, .tooManyOpenFiles, .noSpace, .noSuchFileOrDirectory, .readOnlyFileSystem]
    case .read, .readAt: [.ioError, .isDirectory, .staleNFSFileHandle]
    case .write, .sync, .close: [.ioError, .noSpace, .diskQuotaExceeded]
    case .rename, .exchange, .link: [.ioError, .noSpace, .permissionDenied, .readOnlyFileSystem]
    case .makeDirectory: [.permissionDenied, .noSpace, .fileExists]
    case .lock, .unlock: [.noLocks, .wouldBlock, .ioError]
    case .setMode, .setOwner, .setTimes: [.notPermitted, .ioError, .readOnlyFileSystem]
    case .attributeNames, .attribute, .setAttribute, .removeAttribute: [.notSupported, .noSpace, .ioError]
    case .reserve: [.noSpace, .notSupported]
    case .status, .statusOfPath, .readLink, .list: [.ioError, .permissionDenied, .noMemory]
    default: [.ioError, .noMemory]
    }
  }

  /// The results of the runs of one scenario.
  private struct Counts {
    var runs = 0
    var failed = 0
    var unharmed = 0
  }

  @Test(arguments: FaultScenario.all) func everyCall(_ scenario: FaultScenario) throws {
    let (code, rehearsal) = try scenario.run(in: try scenario.scratch(), .init())
    #expect(code == 0)
    #expect(rehearsal.openDescriptors == 0)
    let made = rehearsal.log
    var counts = Counts()
    for kind in Kind.allCases where made.contains(kind) {
      for errno in Self.errors(of: kind).prefix(Corpora.testsAreLong ? .max : 1) {
        for isLasting in [false, true] {
          // A record is waited for as long as another process has it.
          if scenario.record != nil, errno == .wouldBlock, isLasting { continue }
          try failEach(kind, errno, isLasting: isLasting, scenario, &counts)
        }
      }
      // What a signal interrupts is made again.
      try failEach(kind, .interrupted, isLasting: false, scenario, &counts)
    }
    #expect(counts.failed > 30)
    if ProcessInfo.processInfo.environment["ZMIN_FAULT_TABLE"] != nil {
      print(
        "| \(scenario.testDescription) | \(made.count) | \(counts.runs) | \(counts.failed) | \(counts.unharmed) |")
    }
  }

  @Test(arguments: FaultScenario.all, [1, 2, 3]) func shortReadsAndWrites(
    _ scenario: FaultScenario, _ pieceBytesMax: Int
  )
    throws
  {
    let scratch = try scenario.scratch()
    #expect(try scenario.run(in: scratch, .init(pieceBytesMax: pieceBytesMax)).code == 0)
    #expect(FaultScenario.tree(scratch) == scenario.results)
  }

  private func failEach(
    _ kind: Kind, _ errno: Errno, isLasting: Bool, _ scenario: FaultScenario, _ counts: inout Counts
  ) throws {
    for index in 0..<1000 {
      let scratch = try scenario.scratch()
      let (code, calls) = try scenario.run(
        in: scratch, .init(failingIndex: index, kind: kind, isLasting: isLasting, errno: errno))
      guard calls.failed != nil else {
        #expect(code == 0)
        return
      }
      let what =
        "\(scenario.testDescription): \(kind) \(index), \(errno)\(isLasting ? " from then on" : ""), exit \(code)"
      counts.runs += 1
      if code == 0 { counts.unharmed += 1 } else { counts.failed += 1 }
      #expect(code == 0 || code == 3, "\(what)")
      #expect(calls.openDescriptors == 0, "\(what)")
      // What cannot be looked at is not removed: it may be what somebody has saved.
      let mayLeave = kind == .unlink || kind == .statusOfPath && isLasting
      expectOldOrNew(scenario, scratch, mayLeaveTemporaries: mayLeave, isDone: code == 0, what)
      // Nothing that the fault has left is in the way of the next run.
      #expect(try scenario.run(in: scratch, .init()).code == 0, "\(what), again")
      expectOldOrNew(scenario, scratch, mayLeaveTemporaries: mayLeave, isDone: true, "\(what), again")
    }
    Issue.record("there is always one call more")
  }

  /// Expects the old or the new contents in each file.
  private func expectOldOrNew(
    _ scenario: FaultScenario, _ scratch: Scratch, mayLeaveTemporaries: Bool, isDone: Bool, _ what: String
  ) {
    var tree = FaultScenario.tree(scratch)
    if mayLeaveTemporaries { tree = tree.filter { !$0.key.contains(".zmin-") } }
    for name in Set(tree.keys).union(scenario.files.keys) {
      #expect(scenario.isOldOrNew(name, in: tree), "\(what): \(name)")
    }
    if isDone { #expect(scenario.isDone(tree), "\(what): \(tree)") }
  }
}
