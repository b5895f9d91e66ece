import Foundation
import SystemPackage
import Testing
@testable import ZminBench
import ZminCPU
import ZminCore
import ZminIO
import ZminReport

/// Every timed output is compared, and wrong or slower paths are found.
@Suite("Bench runs") final class BenchRunnerTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "zmin-bench-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: directory) }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? ["?"] }

  private func plan(
    _ sources: [BenchPlan.Source] = [.generated(.pretty, byteCount: 50_000)],
    paths: [BenchPath] = BenchPath.ofProcessor
  ) -> BenchPlan {
    var plan = BenchPlan(
      sources: sources, paths: paths, workers: 2, scratchDirectory: FilePath(directory.path))
    plan.budgetSeconds = 0.001
    plan.measuresSizes = false
    return plan
  }

  private func run(_ plan: BenchPlan, fault: PathFault? = nil) throws -> BenchReport {
    try BenchRunner(plan, files: FileAccess(), interruption: Interruption(), fault: fault).run()
  }

  @Test("Every path is timed in memory and on files, verified, and its time explained")
  func everyPath() throws {
    var plan = plan([.generated(.pretty, byteCount: 600_000), .generated(.lines, byteCount: 1)])
    plan.seed = 5
    let report = try run(plan)
    #expect(report.isVerified && report.conditions.seed == 5 && report.documents.map(\.name) == ["pretty", "lines"])
    #expect(report.results.count == 4 * BenchPath.ofProcessor.count)
    for result in report.results {
      #expect(result.isVerified && result.samplesSeconds.count >= 3 && result.gigabytesPerSecond ?? 0 > 0)
      // The parts are measured within the whole, so they cannot exceed it. The report gives the unexplained rest.
      let share = try #require(result.accountedShare)
      #expect(share > 0 && share <= 1 + 1e-9)
      let parts = result.parts.filter { $0.parent == nil }.reduce(0) { $0 + $1.seconds }
      #expect(result.samplesSeconds.contains { abs($0 * share - parts) < 1e-9 })
      #expect((result.overlap ?? 99) <= Double(result.threads) + 1e-9)
      #expect(result.limitShare ?? 0 > 0 && result.limit != nil)
      #expect(result.peakHostBytes > 0 && result.peakDeviceBytes == 0)
      #expect(result.parts.contains { $0.name == "opening" } && result.parts.contains { $0.name == "closing" })
    }
    let limits = Set(report.limits.map(\.name))
    #expect(limits == ["memcpy", "memcpy, all cores", "file read", "file write"])
    #expect(report.device == nil && report.deviceAbsence == "no path with a device was requested")
    // On a busy machine the paths may differ by less than the noise.
    #expect(report.advice.contains("--mode s"))
    #expect(names == [])
  }

  @Test("A path that gives a wrong byte has no speed", arguments: BenchPath.ofProcessor)
  func corrupted(_ path: BenchPath) throws {
    var plan = plan()
    plan.measuresSizes = true
    let report = try run(plan, fault: PathFault(path: path.name, corruptsOutput: true))
    #expect(!report.isVerified && report.advice == "none: a path gave wrong output")
    for result in report.results {
      let isWrong = result.path == path.name
      #expect(result.isVerified == !isWrong && result.samplesSeconds.isEmpty == isWrong)
      #expect((result.gigabytesPerSecond == nil) == isWrong && (result.limitShare == nil) == isWrong)
    }
    #expect(report.warnings.count { $0.contains("\(path.name) gave wrong output on pretty") } == 2)
    #expect(!report.series.contains { $0.path == path.name })
    #expect(report.table.contains("WRONG OUTPUT") && report.markdown.contains("| no speed |"))
    #expect(BenchPage(report).html.contains("wrong output"))
    let wrong = try #require(report.json["results"]?.elements?.filter { $0["path"]?.string == path.name })
    #expect(wrong.count == 2 && wrong.allSatisfy { $0["verified"] == false && $0["gigabytes_per_second"] == .null })
    // Wrong output is worse than right output at any speed.
    let comparison = try BenchComparison(from: run(plan).json, to: report.json, threshold: 1000)
    #expect(comparison.changes.filter { $0.verdict == .wrong }.map(\.path) == [path.name, path.name])
    #expect(!comparison.isGood && names == [])
  }

  @Test("A path that became slower is reported as slower")
  func slowed() throws {
    let name = Kernel.fastest.name
    let (old, new) = (try run(plan()), try run(plan(), fault: PathFault(path: name, delaySeconds: 0.2)))
    #expect(new.isVerified)
    let comparison = try BenchComparison(from: old.json, to: new.json, threshold: 0.5)
    let slower = comparison.changes.filter { $0.path == name && $0.figure == "time" }
    #expect(slower.map(\.verdict) == [.slower, .slower] && !comparison.isGood)
    // The delay is outside of all parts, so it is unexplained.
    #expect(new.results.filter { $0.path == name }.allSatisfy { $0.accountedShare ?? 1 < 0.5 })
    let back = try BenchComparison(from: new.json, to: old.json, threshold: 0.5)
    #expect(back.changes.filter { $0.path == name && $0.figure == "time" }.map(\.verdict) == [.faster, .faster])
    #expect(try BenchComparison(from: old.json, to: old.json, threshold: 0).isGood)
  }

  @Test("Named files are timed and left unchanged")
  func files() throws {
    let (one, other) = (directory.appending(path: "a.json"), directory.appending(path: "b.jsonl"))
    let folder = directory.appending(path: "d")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let third = folder.appending(path: "a.json")
    try Data("{ \"é\" : [ 1, 2 ] }\n".utf8).write(to: one)
    try Data("[ 1 ]\n\n\"x y\"".utf8).write(to: other)
    try Data("[ ]".utf8).write(to: third)
    let path = { (url: URL) in FilePath(url.path) }
    let report = try run(
      plan([.file(path(one), .json), .file(path(other), .ndjson), .file(path(third), .json)]))
    #expect(report.isVerified && report.conditions.seed == nil)
    // Files with the same name are told apart by their paths.
    #expect(report.documents.map(\.name) == [one.path, "b.jsonl", third.path])
    #expect(report.documents.map(\.bytes) == [20, 12, 3] && report.documents.map(\.outputBytes) == [12, 10, 2])
    #expect(report.documents[0].nonASCIIShare == 0.1 && report.documents[0].whitespaceShare == 0.4)
    #expect(report.documents.map(\.format) == ["json", "ndjson", "json"])
    #expect(try Data(contentsOf: one) == Data("{ \"é\" : [ 1, 2 ] }\n".utf8))
    #expect(Set(names) == ["a.json", "b.jsonl", "d"])
  }

  @Test("An invalid file is reported with its line, column and offset")
  func invalid() throws {
    let file = directory.appending(path: "in.json")
    try Data("[1,]".utf8).write(to: file)
    let error = #expect(throws: BenchRunner.InvalidDocument.self) {
      try self.run(self.plan([.generated(.pretty, byteCount: 1000), .file(FilePath(file.path), .json)]))
    }
    #expect(error?.description == "\(file.path):1:4: trailing comma in array (byte 3)")
    #expect(names == ["in.json"])
  }

  @Test("Without a device the report gives the reason, and a run of device paths alone fails")
  func noDevice() throws {
    var plan = plan(paths: [.cpu, .gpu, .hybrid])
    let report = try run(plan)
    #expect(report.device == nil && report.deviceAbsence == "CUDA_VISIBLE_DEVICES hides all devices")
    #expect(Set(report.results.map(\.path)) == ["cpu"])
    #expect(report.table.contains("no GPU was timed: CUDA_VISIBLE_DEVICES hides all devices"))
    #expect(report.advice.contains("No GPU: CUDA_VISIBLE_DEVICES hides all devices"))
    plan.paths = [.gpu]
    let error = #expect(throws: BenchRunner.Unavailable.self) { try self.run(plan) }
    #expect(error?.description == "no path can be timed: CUDA_VISIBLE_DEVICES hides all devices")
  }

  @Test("A failed run leaves no files behind")
  func staleTemporaries() throws {
    // The second document cannot be opened.
    let missing = FilePath(directory.appending(path: "none").path)
    #expect(throws: FileError.self) {
      try self.run(self.plan([.generated(.pretty, byteCount: 1000), .file(missing, .json)]))
    }
    #expect(names == [])
    var other = plan()
    other.scratchDirectory = missing
    #expect(throws: FileError.self) { try self.run(other) }
  }
}
