import Glibc
import Testing

@Suite("Streams and names")
struct StreamTests {
  @Test("A broken pipe ends the program by SIGPIPE")
  func brokenPipe() throws {
    let scratch = try Scratch()
    try scratch.write("[" + String(repeating: "\"0123456789\" , ", count: 100_000) + "1]", to: "big.json")
    let run = try ZminProgram.shell("$ZMIN big.json | head -c 1; echo \" ${PIPESTATUS[0]}\"", in: scratch)
    #expect(run.output == "[ 141\n")
    #expect(run.errors.isEmpty)
    let direct = try ZminProgram.shell("exec $ZMIN big.json > >(exec true)", in: scratch)
    #expect(direct.ending == .signal(SIGPIPE))
    #expect(try ZminProgram.shell("exec $ZMIN --help > >(exec true; sleep 1)").ending != .exit(3))
  }

  @Test("A broken pipe is an error if SIGPIPE was ignored at the start")
  func ignoredBrokenPipe() throws {
    let values = try ZminProgram.shell(
      "trap '' PIPE; yes 1 2>/dev/null | $ZMIN --format ndjson | head -n 1; exit ${PIPESTATUS[1]}")
    #expect(values.output == "1\n")
    #expect(values.errors == "zmin: standard output: cannot write: Broken pipe\n")
    #expect(values.ending == .exit(3))
    let help = try ZminProgram.shell("trap '' PIPE; (sleep 0.3; exec $ZMIN --help) | true; exit ${PIPESTATUS[0]}")
    #expect(help.errors == "zmin: standard output: cannot write: Broken pipe\n")
    #expect(help.ending == .exit(3))
  }

  @Test("Closed standard streams are errors, and no file takes their descriptors")
  func closedStreams() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    let input = try ZminProgram.shell("$ZMIN <&-", in: scratch)
    #expect(input.errors == "zmin: standard input: cannot read: Bad file descriptor\n")
    #expect(input.ending == .exit(3))
    let output = try ZminProgram.shell("$ZMIN a.json >&-", in: scratch)
    #expect(output.errors == "zmin: standard output: cannot write: Bad file descriptor\n")
    #expect(output.ending == .exit(3))
    #expect(try ZminProgram.shell("$ZMIN -t a.json >&-", in: scratch).ending == .exit(0))
    #expect(try ZminProgram.shell("$ZMIN -o out.json a.json <&- >&- 2>&-", in: scratch).ending == .exit(0))
    #expect(scratch.text(of: "out.json") == "[1]")
    // The message must not end up in the file.
    #expect(
      try ZminProgram.shell("$ZMIN -v -o out.json a.json missing.json --format concat <&- >&- 2>&-", in: scratch).ending
        == .exit(3))
    #expect(scratch.text(of: "out.json") == "[1]")
    #expect(scratch.text(of: "a.json") == "[ 1 ]")
  }

  @Test("Names that are not UTF-8 work, and are shown on one line")
  func names() throws {
    let scratch = try Scratch()
    let name: [UInt8] = [0x61, 0xFF, 0x0A, 0x2E, 0x6A, 0x73, 0x6F, 0x6E]
    #expect(try ZminProgram.shell("printf '[ 1 ]' > $'a\\xff\\n.json'", in: scratch).ending == .exit(0))
    let check = try ZminProgram.run(raw: [ZminProgram.program, "--check"], extra: [name], in: scratch)
    #expect(check.errors == "zmin: a\\xFF\\n.json: not minified\n")
    #expect(try ZminProgram.run(raw: [ZminProgram.program, "-i"], extra: [name], in: scratch).ending == .exit(0))
    #expect(try ZminProgram.shell("cat $'a\\xff\\n.json'; ls | wc -l", in: scratch).output == "[1]2\n")
    let unknown = try ZminProgram.run(raw: [ZminProgram.program], extra: [Array("--unlike".utf8) + [0xFF, 0x0A]])
    #expect(unknown.ending == .exit(2))
    #expect(unknown.errors == "zmin: unknown option '--unlike\\xFF '\nTry 'zmin --help'.\n")
  }

  @Test(
    "No two names look alike in messages, and none moves the cursor or turns the text",
    arguments: [
      ("a\u{202E}b", "a\\u{202E}b"), ("a\u{2028}b", "a\\u{2028}b"), ("a\u{200B}b", "a\\u{200B}b"),
      ("a\u{1B}[2Jb", "a\\u{1B}[2Jb"), ("a\\nb", "a\\\\nb"), ("a\nb", "a\\nb"), ("\u{E000}", "\\u{E000}"),
      ("é'\"", "é'\""),
    ])
  func unlikeNames(_ name: String, _ shown: String) throws {
    let scratch = try Scratch([name: "[1 ]"])
    let run = try ZminProgram.run(["-r", "--check", "--include", "*", "."], in: scratch)
    #expect(run.errors.hasPrefix("zmin: ./\(shown): not minified\n"), "\(run.errors)")
    let usage = try ZminProgram.run(["--\(name)"], in: scratch)
    #expect(usage.ending == .exit(2))
    #expect(!usage.errors.unicodeScalars.contains { $0.properties.generalCategory == .format || $0 == "\u{2028}" })
  }

  @Test("Files with names of options and subcommands can be minified")
  func oddNames() throws {
    let scratch = try Scratch()
    for name in ["devices", "-x", "--", "a b", "help"] { try scratch.write("[ 1 ]", to: name) }
    #expect(try ZminProgram.run(["./devices"], in: scratch).output == "[1]")
    #expect(try ZminProgram.run(["help"], in: scratch).output == "[1]")
    #expect(try ZminProgram.run(["--", "-x"], in: scratch).output == "[1]")
    #expect(try ZminProgram.run(["./--"], in: scratch).output == "[1]")
    #expect(try ZminProgram.run(["a b"], in: scratch).output == "[1]")
    #expect(try ZminProgram.run(["-t", "devices"], in: scratch).ending == .exit(0))
  }

  @Test("A file that cannot be read is exit 3, a directory is a usage error")
  func unreadable() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    chmod(scratch.file("a.json"), 0)
    let dropped = geteuid() == 0 ? "setpriv --reuid 65534 --clear-groups " : ""
    let run = try ZminProgram.shell("\(dropped)$ZMIN a.json", in: scratch)
    #expect(run.errors == "zmin: a.json: cannot open: Permission denied\n")
    #expect(run.ending == .exit(3))
    #expect(try ZminProgram.run(["missing.json"], in: scratch).ending == .exit(3))
    let directory = try ZminProgram.run(["."], in: scratch)
    #expect(directory.ending == .exit(2))
    #expect(directory.errors.hasPrefix("zmin: . is a directory; use --recursive\n"))
  }

  @Test("A failed file determines the exit code before an invalid one")
  func exitCodeOrder() throws {
    let scratch = try Scratch()
    try scratch.write("[1,]", to: "bad.json")
    #expect(try ZminProgram.run(["-t", "bad.json", "missing.json"], in: scratch).ending == .exit(3))
    #expect(try ZminProgram.run(["-t", "missing.json", "bad.json"], in: scratch).ending == .exit(3))
    #expect(try ZminProgram.run(["-t", "bad.json"], in: scratch).ending == .exit(1))
    #expect(try ZminProgram.run(["-t", "--mode", "gpu", "bad.json"], in: scratch).ending == .exit(4))
  }

  @Test("Standard input is read from its current offset")
  func offsetInput() throws {
    let scratch = try Scratch()
    try scratch.write("skip\n[ 1 ,]", to: "a")
    let run = try ZminProgram.shell("{ read line; $ZMIN -t; } < a", in: scratch)
    #expect(run.errors == "zmin: standard input:1:6: trailing comma in array (byte 5)\n")
  }
}
