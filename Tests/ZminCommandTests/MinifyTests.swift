import Testing
import ZminCPU
import ZminCommand
@testable import ZminEngine

/// One call of the program and all that it must leave.
struct Call: Sendable, CustomTestStringConvertible {
  var arguments: [String]
  var input: String
  var output = ""
  var errors = ""
  var status: Int32 = 0

  var testDescription: String { "zmin \(arguments.joined(separator: " ")) < \(input.debugDescription)" }
}

@Suite("Minifying, by every kernel")
struct MinifyTests {
  static let kernels = Kernel.available.map(\.name)

  static let calls: [Call] = [
    Call(
      arguments: [], input: "{ \"a\" : [ 1 , 2.50 , \"\\u00e9  x\" ] }\n", output: "{\"a\":[1,2.50,\"\\u00e9  x\"]}"),
    Call(arguments: ["-"], input: " true ", output: "true"),
    Call(arguments: ["-o", "-"], input: " [ ] ", output: "[]"),
    Call(arguments: [], input: "\u{FEFF}[1]", output: "[1]"),
    Call(arguments: ["--format", "ndjson"], input: "{ }\r\n\n[ 1 ]", output: "{}\n[1]\n"),
    Call(arguments: ["--format", "ndjson"], input: ""),
    Call(arguments: ["--format", "concat"], input: "1 2[]{}\"a\"\n", output: "1\n2\n[]\n{}\n\"a\"\n"),
    Call(arguments: ["--no-validate"], input: "1 2 tru e", output: "12true"),
    Call(arguments: ["--max-depth", "1"], input: "[ ]", output: "[]"),
    Call(
      arguments: ["--max-depth", "1", "-t"], input: "[[]]",
      errors: "zmin: standard input:1:2: nested deeper than 1 levels (byte 1); use --max-depth N to allow more\n",
      status: 1),
    Call(
      arguments: ["-t"], input: "{\"a\":1,\n \"b\":01}",
      errors: "zmin: standard input:2:7: leading zero in number (byte 14)\n", status: 1),
    Call(
      arguments: ["-t"], input: "", errors: "zmin: standard input:1:1: empty input: a value expected (byte 0)\n",
      status: 1),
    Call(
      arguments: ["-t"], input: "[1] [2]",
      errors: "zmin: standard input:1:5: two values (byte 4); use --format concat\n", status: 1),
    Call(
      arguments: ["--format", "ndjson"], input: "[ 1 ]\n{\"a\"}\n[3]\n", output: "[1]\n",
      errors: "zmin: standard input:2:5: ':' expected, found '}' (byte 10); use --bad-lines FILE to skip such lines\n",
      status: 1),
    Call(arguments: ["--check"], input: "[1]"),
    Call(arguments: ["--check"], input: "[ 1]", errors: "zmin: standard input: not minified\n", status: 1),
    Call(arguments: ["--check", "-q"], input: "[ 1]", status: 1),
    Call(arguments: ["-t"], input: "[ 1 ]"),
    Call(
      arguments: ["--dry-run"], input: "[ 1 ]",
      output: "standard input: would be written, 5 to 3 bytes, would save 40.0%\n"),
    Call(
      arguments: ["-t", "-v", "--mode", "standard"], input: "1",
      errors: "zmin: mode standard, kernel KERNEL, windows of 262144 bytes\nzmin: standard input: format json\n"
        + "zmin: standard input: valid\n"),
  ]

  @Test("Every call gives the expected bytes, message and exit code", arguments: calls, kernels)
  func behaves(_ call: Call, kernel: String) throws {
    let run = try ZminProgram.run(call.arguments + ["--kernel", kernel], input: call.input)
    #expect(run.output == call.output)
    #expect(run.errors == call.errors.replacing("KERNEL", with: kernel))
    #expect(run.ending == .exit(call.status))
  }

  @Test("Large input through pipes gives the same bytes in both modes", arguments: kernels, ["standard", "streaming"])
  func largeInput(kernel: String, mode: String) throws {
    let run = try ZminProgram.shell(
      """
      { echo '['; yes '{ "key" : "value  with spaces" } , ' | head -100000; echo 'null ]'; } \
        | $ZMIN --kernel $KERNEL --mode $MODE | wc -c
      """, ["KERNEL": kernel, "MODE": mode])
    #expect(run.output == "\(100_000 * #"{"key":"value  with spaces"},"#.utf8.count + 6)\n")
    #expect(run.errors.isEmpty)
  }

  @Test("Statistics are one line")
  func statistics() throws {
    let run = try ZminProgram.run(["--stats", "--kernel", "portable"], input: "[ 1 ]")
    #expect(run.output == "[1]")
    #expect(run.errors.hasPrefix("zmin: in 5 bytes, out 3 bytes, saved 40.0%, "))
    #expect(run.errors.hasSuffix(" GB/s, engine portable, mode standard\n"))
    #expect(try ZminProgram.run(["--stats", "-q"], input: "[ 1 ]").errors.isEmpty)
    let test = try ZminProgram.run(["-t", "--stats"], input: "[ 1 ]")
    #expect(test.errors.hasPrefix("zmin: in 5 bytes, out 3 bytes, would save 40.0%, "))
  }

  @Test("Several files go to one output in their order")
  func severalFiles() throws {
    let scratch = try Scratch()
    try scratch.write("{ \"a\": 1 }", to: "a.json")
    try scratch.write("[ 2 ]\n3", to: "b.json")
    let run = try ZminProgram.run(["--format", "concat", "a.json", "b.json"], in: scratch)
    #expect(run.output == "{\"a\":1}\n[2]\n3\n")
    #expect(run.ending == .exit(0))
  }

  @Test("An input that fails does not stop the rest on standard output")
  func severalFilesGoOn() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]\n", to: "a.jsonl")
    try scratch.write("[ 2 ]\n[3,]\n[ 4 ]\n", to: "bad.jsonl")
    // Longer than the window, so that part of a value is out before it turns out to be none.
    try scratch.write("[" + String(repeating: "0, ", count: 1_000_000) + "}", to: "long.jsonl")
    let arguments = ["--mode", "standard", "bad.jsonl", "missing.jsonl", "a.jsonl"]
    let run = try ZminProgram.run(arguments, in: scratch)
    #expect(run.output == "[2]\n[1]\n")
    #expect(
      run.errors == """
        zmin: bad.jsonl:2:4: trailing comma in array (byte 9); use --bad-lines FILE to skip such lines
        zmin: missing.jsonl: cannot open: No such file or directory
        zmin: 3 files: 1 not valid, 1 failed

        """)
    #expect(run.ending == .exit(3))
    #expect(try ZminProgram.run(["bad.jsonl", "a.jsonl"], in: scratch).ending == .exit(1))
    let long = try ZminProgram.shell("$ZMIN --mode standard long.jsonl a.jsonl | tail -n 1", in: scratch)
    #expect(long.output == "[1]\n")
    let file = try ZminProgram.run(["-o", "out"] + ["a.jsonl", "bad.jsonl", "a.jsonl", "a.jsonl"], in: scratch)
    #expect(file.errors.hasSuffix("to skip such lines\nzmin: 4 files: 1 not valid, 2 not processed\n"))
    #expect(file.ending == .exit(1))
    #expect(!scratch.names.contains("out"))
    let full = try ZminProgram.shell("$ZMIN bad.jsonl a.jsonl a.jsonl > /dev/full", in: scratch)
    #expect(full.errors.hasSuffix("No space left on device\nzmin: 3 files: 1 failed, 2 not processed\n"))
  }

  @Test("Bad lines of inputs that can be read are kept when another cannot")
  func badLinesOfSeveralFiles() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]\n{bad\n", to: "a.jsonl")
    let run = try ZminProgram.run(["--bad-lines", "bad", "a.jsonl", "missing.jsonl", "a.jsonl"], in: scratch)
    #expect(run.output == "[1]\n[1]\n")
    #expect(run.ending == .exit(3))
    #expect(scratch.text(of: "bad") == "{bad\n{bad\n")
    let limited = try ZminProgram.run(
      ["--bad-lines", "none", "--max-bad-lines", "0", "a.jsonl", "a.jsonl"], in: scratch)
    #expect(limited.ending == .exit(1))
    #expect(limited.errors.contains("more lines are not valid than the 0 allowed"))
    #expect(limited.errors.contains("use --max-bad-lines to allow more"))
  }

  @Test(
    "The message about exhausted memory names the input",
    .disabled(if: ZminProgram.isSanitized, "a sanitizer needs more address space than the test leaves"))
  func outOfMemory() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]\n", to: "a.jsonl")
    let run = try ZminProgram.shell(
      """
      mkfifo long.jsonl; (printf '['; head -c 500M /dev/zero | tr '\\0' ' ') > long.jsonl &
      ulimit -v 400000; $ZMIN --bad-lines bad a.jsonl long.jsonl a.jsonl
      """, in: scratch)
    #expect(run.output == "[1]\n[1]\n")
    #expect(run.errors.contains("zmin: long.jsonl: out of memory: "))
    #expect(run.ending == .exit(3))
  }

  @Test("Errors of files and engines have exit codes of their own")
  func exitCodes() {
    #expect(FailureMessage.status(for: CancellationError()) == .failure)
    #expect(FailureMessage.status(for: DeviceFailure("no driver")) == .engineUnavailable)
    let difference = VerificationDifference(offset: 7, subject: .output, paths: ["a", "b"])
    #expect(FailureMessage.status(for: difference).code == 5)
    #expect("\(difference)" == "a and b differ in the output: one of them is wrong (byte 7)")
  }

  @Test("Bad lines are diverted up to the limit")
  func badLines() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]\n{bad\n\n[ 2 ]\nworse\n", to: "a.jsonl")
    let run = try ZminProgram.run(["--bad-lines", "bad", "a.jsonl"], in: scratch)
    #expect(run.output == "[1]\n[2]\n")
    #expect(run.errors == "zmin: a.jsonl: 2 bad lines appended to bad\n")
    #expect(run.ending == .exit(0))
    #expect(scratch.text(of: "bad") == "{bad\nworse\n")
    let limited = try ZminProgram.run(
      ["--bad-lines", "bad2", "--max-bad-lines", "1", "-o", "out", "a.jsonl"], in: scratch)
    #expect(limited.ending == .exit(1))
    #expect(limited.errors.hasPrefix("zmin: a.jsonl:2:2: "))
    #expect(scratch.names == ["a.jsonl", "bad", "bad2"] && scratch.text(of: "bad2") == "")
  }
}
