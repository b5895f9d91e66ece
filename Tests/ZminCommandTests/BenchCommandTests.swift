import Foundation
import Testing

/// `zmin bench` as a user calls it.
@Suite("zmin bench")
struct BenchCommandTests {
  /// Hides every device.
  private static let noDevice = "export VK_DRIVER_FILES=/nonexistent VK_ICD_FILENAMES=/nonexistent;"
  private static let small = "bench --size 50K --time 0.01 --scratch-dir s"

  private static func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private static func shell(_ script: String, in scratch: Scratch) throws -> ZminProgram.Run {
    try ZminProgram.shell("\(noDevice) mkdir -p s; \(script)", in: scratch)
  }

  @Test("A report in every form, of the machine without a device")
  func forms() throws {
    let scratch = try Scratch()
    for form in ["table", "markdown", "html", "csv", "json"] {
      let run = try Self.shell(
        "$ZMIN \(Self.small) --documents pretty,lines --report-format \(form) --json-file r.json; s=$?; ls s; exit $s",
        in: scratch)
      #expect(run.ending == .exit(0), "\(run.errors)")
      #expect(run.errors.isEmpty)
      let report = try Self.object(try #require(scratch.text(of: "r.json")))
      #expect(report["device"] is NSNull && report["device_absence"] is String)
      let results = try #require(report["results"] as? [[String: Any]])
      #expect(Set(results.compactMap { $0["document"] as? String }) == ["pretty", "lines"])
      for result in results {
        #expect(result["path"] is String && result["verified"] as? Bool == true)
        #expect(result["gigabytes_per_second"] is Double && (result["samples_seconds"] as? [Double])?.count ?? 0 >= 3)
      }
      #expect(results.contains { $0["path"] as? String == "cpu" })
      #expect(!results.contains { ["gpu", "hybrid"].contains($0["path"] as? String) })
      switch form {
      case "json": #expect(run.output == scratch.text(of: "r.json"))
      case "csv": #expect(run.output.split(separator: "\r\n").count == results.count + 1)
      case "html": #expect(run.output.hasPrefix("<!DOCTYPE html>") && run.output.contains("none: "))
      default:
        #expect(run.output.contains("no GPU was timed: "))
        // On a busy machine all differences may be noise.
        #expect(run.output.contains(/advice: (none: )?--mode s/))
      }
    }
  }

  @Test(
    "A requested device that is missing is exit 4",
    arguments: ["--paths gpu", "--paths cpu,hybrid", "--device x"])
  func unavailable(_ options: String) throws {
    let scratch = try Scratch()
    let run = try Self.shell("$ZMIN \(Self.small) \(options); s=$?; ls s; exit $s", in: scratch)
    #expect(run.ending == .exit(4) && run.output.isEmpty)
    #expect(
      run.errors.hasPrefix("zmin: no device for the gpu paths: ") && run.errors.split(separator: "\n").count == 1)
  }

  @Test("Files are timed unchanged, and an invalid one is named")
  func files() throws {
    let scratch = try Scratch()
    try scratch.write("[1,]", to: "in.json")
    try scratch.write("{ \"a\" : 1 }\n[ ]\n", to: "good.jsonl")
    let bad = try Self.shell(
      "$ZMIN bench --time 0.01 --scratch-dir s good.jsonl in.json; s=$?; ls s; exit $s", in: scratch)
    #expect(bad.ending == .exit(1) && bad.output.isEmpty)
    #expect(bad.errors == "zmin: in.json:1:4: trailing comma in array (byte 3)\n")
    let good = try Self.shell("$ZMIN bench --time 0.01 --scratch-dir s --report-format json good.jsonl", in: scratch)
    let documents = try Self.object(good.output)["documents"] as? [[String: Any]]
    #expect(documents?.count == 1 && documents?[0]["name"] as? String == "good.jsonl")
    #expect(documents?[0]["format"] as? String == "ndjson" && documents?[0]["output_bytes"] as? Int == 11)
    let missing = try Self.shell("$ZMIN bench --scratch-dir s none.json", in: scratch)
    #expect(missing.ending == .exit(3) && missing.errors.contains("none.json: "))
    #expect(scratch.names == ["good.jsonl", "in.json", "s"] && scratch.text(of: "in.json") == "[1,]")
  }

  @Test("A figure that is worse than the threshold is exit 1")
  func compare() throws {
    let scratch = try Scratch()
    let run = try Self.shell(
      "$ZMIN \(Self.small) --documents pretty --paths portable --json-file old.json", in: scratch)
    #expect(run.ending == .exit(0), "\(run.errors)")
    var report = try Self.object(try #require(scratch.text(of: "old.json")))
    var results = try #require(report["results"] as? [[String: Any]])
    for index in results.indices {
      results[index]["samples_seconds"] = (results[index]["samples_seconds"] as? [Double])?.map { $0 * 1000 }
    }
    report["results"] = results
    let slow = String(decoding: try JSONSerialization.data(withJSONObject: report), as: UTF8.self)
    try scratch.write(slow, to: "new.json")
    let commands = [
      ("old.json new.json", Int32(1), " slower\n"), ("new.json old.json", 0, " faster\n"),
      ("old.json old.json", 0, " same\n"), ("--threshold 200000% old.json new.json", 0, " same\n"),
      ("--report-format markdown old.json new.json", 1, "| slower |"),
      ("--report-format json old.json new.json", 1, "\"verdict\": \"slower\""),
    ]
    for (arguments, status, text) in commands {
      let run = try ZminProgram.shell("$ZMIN bench --compare \(arguments)", in: scratch)
      #expect(run.ending == .exit(status) && run.output.contains(text), "\(arguments): \(run.output)\(run.errors)")
    }
    try scratch.write("{}", to: "none.json")
    for arguments in [
      "old.json", "old.json none.json", "--report-format csv old.json old.json", "--json-file x old.json old.json",
    ] {
      #expect(
        try ZminProgram.shell("$ZMIN bench --compare \(arguments)", in: scratch).ending == .exit(2), "\(arguments)")
    }
  }

  @Test(
    "An output that cannot be written is an error before anything is timed",
    .disabled(if: ZminProgram.isSanitized, "the thread sanitizer needs larger files than the limit"))
  func failures() throws {
    let scratch = try Scratch()
    let full = try Self.shell(
      "ulimit -f 10; $ZMIN \(Self.small) --size 1M --documents pretty; s=$?; ls s; exit $s", in: scratch)
    #expect(full.ending == .exit(3) && full.output.isEmpty && full.errors.hasPrefix("zmin: "))
    let nowhere = try Self.shell("$ZMIN \(Self.small) --json-file none/r.json; s=$?; ls -A s; exit $s", in: scratch)
    #expect(nowhere.ending == .exit(3) && nowhere.output.isEmpty && nowhere.errors.contains("none/r.json"))
    let standard = try Self.shell("$ZMIN \(Self.small) --json-file -", in: scratch)
    #expect(standard.ending == .exit(2))
    let scratchless = try ZminProgram.shell("$ZMIN bench --size 1K --scratch-dir none", in: scratch)
    #expect(scratchless.ending == .exit(3) && scratchless.errors.contains("none"))
    #expect(scratch.names == ["s"])
  }

  @Test("A signal ends zmin bench and leaves no file", arguments: [("INT", Int32(130)), ("HUP", 129)])
  func signals(_ signal: String, _ status: Int32) throws {
    let scratch = try Scratch()
    let run = try Self.shell(
      """
      set -m; $ZMIN bench --size 2M --time 1000 --scratch-dir s --json-file r.json & job=$!
      for i in $(seq 500); do ls -A s | grep -q bench-output && break; sleep 0.02; done
      ls -A s | grep -c bench-pretty; kill -\(signal) $job; wait $job; s=$?; ls -A s; exit $s
      """, in: scratch)
    #expect(run.ending == .exit(status) && run.output == "1\n", "\(run)")
    #expect(scratch.names == ["s"])
  }
}

/// A device in software is timed when it is named, and called what it is wherever it is named.
@Suite("zmin bench with a software device", .enabled(if: SoftwareDevice.isThere, "there is no software Vulkan device"))
struct BenchDeviceTests {
  private static let options = "bench --size 400K --time 0.01 --documents pretty,lines --report-format"

  @Test("Every report form names the software device as such", arguments: ["table", "markdown", "csv", "html", "json"])
  func named(_ form: String) throws {
    let run = try ZminProgram.shell("$ZMIN \(Self.options) \(form) --paths cpu,gpu,hybrid --device llvmpipe")
    #expect(run.ending == .exit(0), "\(run.errors)")
    for path in ["gpu", "hybrid"] { #expect(run.output.contains("\(path) (software device)")) }
    if form != "csv" {
      #expect(run.output.contains("is a software device and was not considered"))
      #expect(run.output.contains("its figures say nothing about a GPU"))
    }
  }

  @Test("Slices of the CPU are not counted for the device")
  func notTheDevices() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ] [ 2 ]", to: "values")
    try scratch.write("[ 1 ]", to: "tiny.json")
    let values = "--format concat values --time 0.01 --report-format json --device llvmpipe"
    let some = try ZminProgram.shell("$ZMIN bench --paths cpu,gpu,hybrid \(values)", in: scratch)
    #expect(some.ending == .exit(0) && !some.output.contains("\"path\": \"gpu\""), "\(some.errors)")
    #expect(some.output.contains("values: devices do not support concat, so only CPU paths are timed"))
    let none = try ZminProgram.shell("$ZMIN bench --paths gpu \(values)", in: scratch)
    #expect(none.ending == .exit(4) && none.errors == "zmin: no path can be timed: devices do not support concat\n")
    let tiny = try ZminProgram.shell("$ZMIN bench --paths gpu --time 0.01 --device llvmpipe tiny.json", in: scratch)
    #expect(
      tiny.output.contains("gpu (software device) on tiny.json, file to file: the device took no slice"), "\(tiny)")
  }

  @Test("A software device is not timed unless it is named", arguments: ["", "--paths cpu,gpu"])
  func unnamed(_ paths: String) throws {
    let run = try ZminProgram.shell("$ZMIN \(Self.options) json \(paths)")
    // With a hardware device beside it, that is the one.
    if run.ending == .exit(0), !paths.isEmpty || !run.output.contains("device_absence\": \"") {
      #expect(!run.output.contains("software device"))
    } else if paths.isEmpty {
      #expect(run.output.contains("\"device\": null") && run.output.contains("used only if it is named"))
    } else {
      #expect(run.ending == .exit(4) && run.errors.contains("used only if it is named"), "\(run.errors)")
    }
  }
}
