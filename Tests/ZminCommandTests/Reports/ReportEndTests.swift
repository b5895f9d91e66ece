import Foundation
import Testing

@Suite("Reports tell how a run ended, whatever ended it")
struct ReportEndTests {
  private static let reports = "--metrics-file m --log-file l --memory-report=json --memory-report-file r"

  /// The figures of the reports in a directory.
  private struct Said {
    var exitStatus: Int?
    var inputBytes: Int?
    var sampledBytes: Int?
    var metrics: String
    var log: String

    init(_ scratch: Scratch) throws {
      let text = try #require(scratch.text(of: "r"))
      let report = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let run = try #require(report["run"] as? [String: Any])
      exitStatus = run["exit_status"] as? Int
      inputBytes = run["input_bytes"] as? Int
      sampledBytes = ((report["samples"] as? [String: Any])?["input_bytes"] as? [Int])?.max()
      metrics = scratch.text(of: "m") ?? ""
      log = scratch.text(of: "l") ?? ""
    }
  }

  @Test("A report has the exit code of a signal, even of one during the end", arguments: [("INT", 130), ("TERM", 143)])
  func signals(_ signal: String, _ code: Int) throws {
    for arguments in ["ff -o out", "-t ff in.json"] {
      let scratch = try Scratch()
      try scratch.write("[1]", to: "in.json")
      let run = try ZminProgram.shell(
        """
        set -m; mkfifo ff; $ZMIN \(Self.reports) \(arguments) & pid=$!; trap '' PIPE
        exec 9> ff; printf '[1' >&9; sleep 0.3; kill -\(signal) $pid; sleep 0.1; printf ',2]' >&9; exec 9>&-
        wait $pid; echo $?
        """, in: scratch)
      #expect(run.output == "\(code)\n", "\(arguments): \(run.errors)")
      let said = try Said(scratch)
      #expect(said.exitStatus == code, "\(arguments)")
      // Of many files those count that are done.
      #expect(said.inputBytes ?? 0 > 0 || arguments.hasPrefix("-t"))
      #expect(said.metrics.contains("zmin_exit_status \(code)\n"), "\(arguments)")
      #expect(said.log.contains("\"event\":\"summary\""), "\(arguments)")
    }
  }

  @Test("A page of an interrupted run says so")
  func interruptedPage() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      """
      set -m; mkfifo ff; $ZMIN --memory-report=html --memory-report-file page --memory-profile ff -o out & pid=$!
      exec 9> ff; printf '[1' >&9; sleep 0.3; kill -INT $pid; wait $pid; echo $?
      """, in: scratch)
    #expect(run.output == "130\n" && run.errors.hasPrefix("zmin memory profile: interrupted (exit 130), "))
    let page = try #require(scratch.text(of: "page"))
    #expect(page.contains("<dd>interrupted<small>exit 130</small>") && !page.contains("<dd>complete<small>"))
  }

  @Test("A report has the exit code of a broken pipe")
  func brokenPipe() throws {
    let scratch = try Scratch()
    try scratch.write("[" + String(repeating: "1,\n", count: 500_000) + "1]", to: "in.json")
    let run = try ZminProgram.shell(
      "$ZMIN \(Self.reports) in.json | head -c 1 > /dev/null; echo ${PIPESTATUS[0]}", in: scratch)
    #expect(run.output == "141\n", "\(run.errors)")
    let said = try Said(scratch)
    #expect(said.exitStatus == 141 && said.inputBytes ?? 0 > 0)
    #expect(said.metrics.contains("zmin_exit_status 141\n") && said.log.contains("\"event\":\"summary\""))
  }

  @Test("A report has the exit code of a failed write")
  func fullDisk() throws {
    let scratch = try Scratch()
    try scratch.write("[" + String(repeating: "1,\n", count: 500_000) + "1]", to: "in.json")
    let run = try ZminProgram.shell("$ZMIN \(Self.reports) in.json -o /dev/full", in: scratch)
    #expect(run.ending == .exit(3))
    let said = try Said(scratch)
    #expect(said.exitStatus == 3 && said.inputBytes ?? 0 > 0 && said.metrics.contains("zmin_exit_status 3\n"))
  }

  @Test("No sample counts more input than there is", arguments: ["-t", "-i", "-o out"])
  func inputBytes(_ option: String) throws {
    let scratch = try Scratch()
    // An error at the end has the beginning read again.
    for end in ["1]", "1}"] {
      try scratch.write("[" + String(repeating: "1,\n", count: 5_000_000) + end, to: "in.json")
      let run = try ZminProgram.shell("$ZMIN \(Self.reports) -j2 \(option) in.json", in: scratch)
      #expect(run.ending == .exit(end == "1]" ? 0 : 1), "\(run.errors)")
      let said = try Said(scratch)
      #expect(said.inputBytes == 15_000_003 && said.sampledBytes ?? .max <= 15_000_003)
    }
  }

  @Test("A report that cannot be written is a failure, on standard error too")
  func lostReports() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "in.json")
    for arguments in [
      "-o - in.json 2> /dev/full", "-o out in.json > /dev/full", "--memory-report-file /dev/full in.json",
    ] {
      let run = try ZminProgram.shell("$ZMIN --memory-report=json \(arguments)", in: scratch)
      #expect(run.ending == .exit(3), "\(arguments)")
    }
  }

  @Test("Waiting for the reader of a report's FIFO ends by the first signal")
  func fifo() throws {
    for option in ["--memory-report=json --memory-report-file ff", "--metrics-file ff"] {
      let scratch = try Scratch()
      try scratch.write("[ 1 ]", to: "in.json")
      let run = try ZminProgram.shell(
        """
        set -m; mkfifo ff; $ZMIN \(option) -t in.json & pid=$!
        sleep 0.5; kill -INT $pid; wait $pid; echo $?
        """, in: scratch)
      #expect(run.output == "130\n", "\(option): \(run.errors)")
    }
  }

  @Test("Arguments of invalid UTF-8 are reported with their bytes")
  func arguments() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      "echo '[1]' > $'\\xff\\xfe.json'; $ZMIN --memory-report=json -t $'\\xff\\xfe.json'", in: scratch)
    #expect(
      run.output.contains(#""zmin", "--memory-report=json", "-t", "\\xFF\\xFE.json""#)
        && run.output.contains(#""path_base64": "//4uanNvbg==""#))
  }
}
