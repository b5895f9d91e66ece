import Foundation
import Glibc
import Testing

@Suite("Logs and metrics")
struct LogTests {
  private func events(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test("Standard error has one event for each file and one for the run, and nothing else")
  func events() throws {
    let scratch = try Scratch([
      "in/a.json": "[ 1 ]", "in/bad.json": "{\"a\":1,\n \"b\":01}", "in/q\"\\\n\u{1}é.json": "[2]",
    ])
    let run = try ZminProgram.run(["-ri", "in", "missing.json", "--log", "json", "-v"], in: scratch)
    #expect(run.ending == .exit(3))
    let events = try events(run.errors)
    let files = events.filter { $0["event"] as? String == "file" }
    #expect(files.count == 4)
    let byPath = Dictionary(uniqueKeysWithValues: files.map { ($0["path"] as? String ?? "", $0) })
    let good = try #require(byPath["in/a.json"])
    #expect(good["status"] as? String == "ok" && good["written"] as? Bool == true)
    #expect(good["bytes_in"] as? Int == 5 && good["bytes_out"] as? Int == 3)
    #expect(good["seconds"] as? Double != nil && good["engine"] as? String != nil)
    #expect(byPath["in/q\"\\\n\u{1}é.json"]?["status"] as? String == "ok")
    let bad = try #require(byPath["in/bad.json"])
    let error = try #require(bad["error"] as? [String: Any])
    #expect(bad["status"] as? String == "invalid")
    #expect(error["line"] as? Int == 2 && error["column"] as? Int == 7 && error["offset"] as? Int == 14)
    #expect(error["message"] as? String == "leading zero in number")
    let missing = try #require(byPath["missing.json"])
    #expect(missing["status"] as? String == "failed")
    #expect(
      (missing["error"] as? [String: Any])?["message"] as? String
        == "missing.json: cannot open: No such file or directory")
    let summary = try #require(events.last)
    #expect(summary["event"] as? String == "summary")
    for (key, value) in ["files": 4, "ok": 2, "invalid": 1, "failed": 1, "skipped": 0, "bytes_in": 24] {
      #expect(summary[key] as? Int == value, "\(key)")
    }
  }

  @Test("A path that is invalid UTF-8 is logged as base64")
  func base64() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      "printf '[ 1 ]' > $'a\\xff.json'; $ZMIN -rt . --log json 2>&1 | head -1", in: scratch)
    #expect(
      try events(run.output).first?["path_base64"] as? String
        == Data([0x2E, 0x2F, 0x61, 0xFF] + Array(".json".utf8)).base64EncodedString())
  }

  @Test("A directory that cannot be listed has an event of its own")
  func unreadableDirectory() throws {
    let scratch = try Scratch(["in/d/a.json": "[1]", "in/b.json": "[2]"])
    chmod(scratch.file("in/d"), 0)
    let dropped = geteuid() == 0 ? "setpriv --reuid 65534 --clear-groups " : ""
    let run = try ZminProgram.shell("\(dropped)$ZMIN -rt in --log json", in: scratch)
    #expect(run.ending == .exit(3))
    let failed = try #require(try events(run.errors).first { $0["status"] as? String == "failed" })
    #expect(failed["path"] as? String == "in/d")
    #expect(try events(run.errors).last?["files"] as? Int == 2)
    chmod(scratch.file("in/d"), 0o700)
  }

  @Test("--log-file is appended to, and messages stay on standard error")
  func logFile() throws {
    let scratch = try Scratch(["a.json": "[1,]"])
    for count in 1...2 {
      let run = try ZminProgram.run(["-t", "a.json", "--log-file", "log"], in: scratch)
      #expect(run.errors == "zmin: a.json:1:4: trailing comma in array (byte 3)\n")
      let events = try events(#require(scratch.text(of: "log")))
      #expect(
        events.map { $0["event"] as? String }
          == Array([["file", "summary"], ["file", "summary"]].prefix(count).joined()))
    }
  }

  @Test("A single input is logged, and so is an error of the command line")
  func oneInput() throws {
    let scratch = try Scratch(["a.json": "[ 1 ]"])
    let run = try ZminProgram.run(["a.json", "--log", "json"], in: scratch)
    #expect(run.output == "[1]")
    let events = try events(run.errors)
    #expect(events.map { $0["event"] as? String } == ["file", "summary"])
    #expect(events[0]["path"] as? String == "a.json")
    let wrong = try ZminProgram.run(["-i", "-o", "b", "a.json", "--log", "json"], in: scratch)
    #expect(wrong.ending == .exit(2))
    #expect(
      try self.events(wrong.errors).first?["message"] as? String == "--in-place and --output cannot be used together")
  }

  @Test("Metrics are OpenMetrics text")
  func metrics() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]", "in/bad.json": "[1,]"])
    #expect(try ZminProgram.run(["-qri", "in", "--metrics-file", "m.prom"], in: scratch).ending == .exit(1))
    let text = try #require(scratch.text(of: "m.prom"))
    #expect(text.hasSuffix("# EOF\n"))
    for line in [
      "zmin_files{status=\"ok\"} 1", "zmin_files{status=\"invalid\"} 1", "zmin_files{status=\"failed\"} 0",
      "zmin_input_bytes 9", "zmin_exit_status 1",
    ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
    #expect(scratch.names == ["in", "m.prom"])
  }
}
