import Foundation
import Glibc
import Testing

@Suite(
  "Memory of the process tree", .serialized,
  .enabled(if: ProcessTree.canList && !ZminProgram.isSanitized, "needs /proc/PID/task/TID/children"))
struct ProcessTreeTests {
  /// The peak that the report has for the run, its helper processes and the making of the report.
  private static func peak(in report: String) throws -> Int {
    let value = try #require(try JSONSerialization.jsonObject(with: Data(report.utf8)) as? [String: Any])
    let total = try #require(value["peak_total_bytes"] as? Int)
    return max(total, value["report_peak_resident_bytes"] as? Int ?? 0)
  }

  /// Expects the peak of a report to be what a sampler outside has seen, to within a twentieth.
  private func expectAgreement(_ tree: ProcessTree, _ report: String?, _ kind: String) throws {
    let peak = Double(try Self.peak(in: try #require(report, "\(kind) wrote no report")))
    try #require(tree.sampleCount > 0, "\(kind) was too short for the sampler")
    #expect(Double(tree.residentBytes) <= 1.05 * peak, "\(kind): sampled \(tree.residentBytes), reported \(peak)")
    #expect(peak <= 1.05 * Double(tree.highWaterBytes), "\(kind): at most \(tree.highWaterBytes), reported \(peak)")
  }

  private static let report = ["--memory-report=json", "--memory-report-file", "report"]

  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    let records = String(repeating: "{ \"id\" : 12345, \"name\" : \"abc\" }\n", count: 1_000_000)
    try scratch.write(records, to: "a.jsonl")
    return scratch
  }

  @Test(
    "The peak of a report is within 5% of a sampler's",
    arguments: [
      ("one file", "a.jsonl -o out", 0), ("bulk", "-r tree --output-dir out", 0),
      ("bad lines", "bad.jsonl --bad-lines lines --max-bad-lines all -o out", 0),
      ("device search", "--mode gpu a.jsonl -o out", 4),
    ])
  func kinds(_ kind: String, _ arguments: String, _ status: Int32) throws {
    let scratch = try Self.scratch()
    switch kind {
    case "bulk":
      _ = try ZminProgram.shell("mkdir tree; split -n l/40 --additional-suffix .jsonl a.jsonl tree/", in: scratch)
    case "bad lines": _ = try ZminProgram.shell("sed '7~9s/}/]/' a.jsonl > bad.jsonl", in: scratch)
    default: break
    }
    let tree = try ProcessTree(Self.report + arguments.split(separator: " ").map(String.init), in: scratch)
    #expect(tree.status == status << 8, "\(kind): \(scratch.text(of: "errors") ?? "")")
    #expect(tree.processes.count == (kind == "device search" ? 2 : 1), "\(kind)")
    try expectAgreement(tree, scratch.text(of: "report"), kind)
  }

  @Test(
    "The peak of a run on a software device is within 5% of a sampler's",
    .enabled(if: SoftwareDevice.isThere, "there is no software Vulkan device"))
  func device() throws {
    let scratch = try Self.scratch()
    let tree = try ProcessTree(
      Self.report + ["--mode", "gpu", "--device", "llvmpipe", "a.jsonl", "-o", "out"], in: scratch)
    #expect(tree.status == 0 && tree.processes.count == 2, "\(scratch.text(of: "errors") ?? "")")
    try expectAgreement(tree, scratch.text(of: "report"), "device")
  }

  @Test("The peak in a page is within 5% of a sampler's")
  func page() throws {
    let scratch = try Self.scratch()
    let tree = try ProcessTree(
      ["--memory-report=html", "--memory-report-file", "page", "a.jsonl", "-o", "out"], in: scratch)
    let page = try #require(scratch.text(of: "page"))
    let start = try #require(page.range(of: "id=\"data\">"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    try expectAgreement(tree, String(page[start.upperBound..<end.lowerBound]), "page")
  }

  @Test("The peak of an interrupted run is within 5% of a sampler's")
  func interrupted() throws {
    let scratch = try Self.scratch()
    try #require(mkfifo(scratch.file("fifo"), 0o600) == 0)
    let fifo = open(scratch.file("fifo"), O_RDWR)
    defer { close(fifo) }
    let bytes = Array(repeating: UInt8(ascii: " "), count: 4096)
    var written = 0
    var isAsked = false
    let tree = try ProcessTree(Self.report + ["--format", "ndjson", "fifo", "-o", "out"], in: scratch) { process in
      var waiting: Int32 = 0
      guard ioctl(fifo, UInt(FIONREAD), &waiting) == 0, waiting == 0 else { return }
      // The run is asked to stop when it has read some input, and waits for more. A second signal would end it at once.
      if written < 100 {
        written += write(fifo, bytes, bytes.count) > 0 ? 1 : 0
      } else if !isAsked {
        isAsked = kill(process, SIGINT) == 0
      }
    }
    #expect(tree.status == 130 << 8, "\(tree.status)")
    try expectAgreement(tree, scratch.text(of: "report"), "interrupted")
  }
}
