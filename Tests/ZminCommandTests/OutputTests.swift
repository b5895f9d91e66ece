import Glibc
import Testing

@Suite("Outputs")
struct OutputTests {
  @Test("-o writes a new file with the umask's mode, and nothing else")
  func newFile() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell("umask 027; echo '[ 1 ]' | $ZMIN -o out.json", in: scratch)
    #expect(run.ending == .exit(0))
    #expect(run.output.isEmpty && run.errors.isEmpty)
    #expect(scratch.text(of: "out.json") == "[1]")
    #expect(scratch.names == ["out.json"])
    #expect(scratch.status(of: "out.json").st_mode & 0o7777 == 0o640)
  }

  @Test("-o keeps the mode of what it replaces, and follows a link")
  func replacedFile() throws {
    let scratch = try Scratch()
    try scratch.write("old", to: "real.json")
    chmod(scratch.file("real.json"), 0o604)
    symlink("real.json", scratch.file("link.json"))
    #expect(try ZminProgram.run(["-o", "link.json"], input: "[ 2 ]", in: scratch).ending == .exit(0))
    #expect(scratch.text(of: "real.json") == "[2]")
    #expect(scratch.status(of: "real.json").st_mode & 0o7777 == 0o604)
    #expect(scratch.status(of: "link.json").st_mode & S_IFMT == S_IFLNK)
  }

  @Test("An invalid input leaves the old output unchanged")
  func invalidInput() throws {
    let scratch = try Scratch()
    try scratch.write("old", to: "out.json")
    let run = try ZminProgram.run(["-o", "out.json"], input: "[1,]", in: scratch)
    #expect(run.errors == "zmin: standard input:1:4: trailing comma in array (byte 3)\n")
    #expect(run.ending == .exit(1))
    #expect(scratch.text(of: "out.json") == "old")
    #expect(scratch.names == ["out.json"])
  }

  @Test("Devices are written, never replaced")
  func devices() throws {
    let scratch = try Scratch()
    mknod(scratch.file("null"), S_IFCHR | 0o666, 1 << 8 | 3)
    let null = scratch.status(of: "null").st_mode & S_IFMT == S_IFCHR ? "null" : "/dev/null"
    #expect(try ZminProgram.run(["-o", null], input: "[ 1 ]", in: scratch).ending == .exit(0))
    if null == "null" { #expect(scratch.status(of: "null").st_mode & S_IFMT == S_IFCHR) }
    let both = ["-o", "/dev/null", "--bad-lines", "/dev/null", "--format", "ndjson"]
    #expect(try ZminProgram.run(both, input: "1\n[\n").ending == .exit(0))
    #expect(try ZminProgram.shell("[ -c /dev/null ]").ending == .exit(0))
  }

  @Test("A full device is an error that names the output")
  func fullDevice() throws {
    let file = try ZminProgram.run(["-o", "/dev/full"], input: "[ 1 ]")
    #expect(file.errors == "zmin: /dev/full: cannot write: No space left on device\n")
    #expect(file.ending == .exit(3))
    let stream = try ZminProgram.shell("echo '[ 1 ]' | $ZMIN > /dev/full")
    #expect(stream.errors == "zmin: standard output: cannot write: No space left on device\n")
    #expect(stream.ending == .exit(3))
    #expect(try ZminProgram.shell("$ZMIN --help > /dev/full").ending == .exit(3))
  }

  @Test("A FIFO is written through")
  func fifo() throws {
    let scratch = try Scratch()
    mkfifo(scratch.file("fifo"), 0o600)
    let run = try ZminProgram.shell("cat fifo & echo '[ 1 ]' | $ZMIN -o fifo; s=$?; wait; exit $s", in: scratch)
    #expect(run.output == "[1]")
    #expect(run.ending == .exit(0))
    #expect(scratch.status(of: "fifo").st_mode & S_IFMT == S_IFIFO)
  }

  @Test("An output that names an open descriptor is written to, not replaced", arguments: ["stdout", "fd/1", "fd/3"])
  func ownDescriptor(_ name: String) throws {
    let scratch = try Scratch()
    try scratch.write("before\n", to: "log")
    let run = try ZminProgram.shell(
      "{ echo '[ 1 ]' | $ZMIN -o /dev/\(name) 3>&1 && echo && echo after; } >> log", in: scratch)
    #expect(run.ending == .exit(0))
    #expect(scratch.text(of: "log") == "before\n[1]\nafter\n")
    #expect(try ZminProgram.shell("$ZMIN log -o /dev/stdout >> log", in: scratch).ending == .exit(2))
  }

  @Test("An input FIFO is opened once, because its writer waits")
  func fifoIsInput() throws {
    let scratch = try Scratch()
    mkfifo(scratch.file("fifo"), 0o600)
    // The writer is blocked in its open when the program starts.
    let run = try ZminProgram.shell(
      """
      echo '[ 1 ]' > fifo & sleep 0.3; timeout 10 $ZMIN -o out fifo; s=$?; kill $! 2>/dev/null; exit $s
      """, in: scratch)
    #expect(run.ending == .exit(0))
    #expect(scratch.text(of: "out") == "[1]")
  }

  @Test(
    "A file size limit is an error, not the end by a signal",
    .disabled(if: ZminProgram.isSanitized, "the thread sanitizer needs larger files than the limit"))
  func fileSizeLimit() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      "ulimit -f 1; { echo '['; yes '1,' | head -5000; echo '2]'; } | $ZMIN -o out", in: scratch)
    #expect(run.errors == "zmin: out: cannot write: File too large\n")
    #expect(run.ending == .exit(3))
    #expect(scratch.names.isEmpty)
  }

  @Test("An output that is the input is refused under any name")
  func isRefused() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    symlink("a.json", scratch.file("s.json"))
    link(scratch.file("a.json"), scratch.file("h.json"))
    for output in ["a.json", "./a.json", "s.json", "h.json"] {
      let run = try ZminProgram.run(["a.json", "-o", output], in: scratch)
      #expect(run.ending == .exit(2))
      #expect(run.errors == "zmin: \(output): the input and the output are the same file; use --in-place\n")
      let rehearsal = try ZminProgram.run(["--dry-run", "a.json", "-o", output], in: scratch)
      #expect(rehearsal.ending == .exit(2))
      #expect(rehearsal.errors == run.errors)
      #expect(rehearsal.output.isEmpty)
    }
    #expect(try ZminProgram.shell("$ZMIN a.json >> a.json", in: scratch).ending == .exit(2))
    #expect(try ZminProgram.shell("$ZMIN < a.json -o a.json", in: scratch).ending == .exit(2))
    #expect(scratch.text(of: "a.json") == "[ 1 ]")
  }

  @Test("A slash at the end names a directory")
  func trailingSlash() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    let output = try ZminProgram.run(["a.json", "-o", "new/"], in: scratch)
    #expect(output.ending == .exit(2))
    #expect(output.errors.hasPrefix("zmin: --output needs a file, but new/ is a directory\n"))
    for option in ["-t", "-i", "--check", "-v", "-oout"] {
      let input = try ZminProgram.run([option, "a.json/"], in: scratch)
      #expect(input.ending == .exit(3))
      #expect(input.errors.contains("zmin: a.json/.: cannot "))
      #expect(input.errors.contains(": Not a directory\n"))
      #expect(input.output.isEmpty)
    }
    #expect(try ZminProgram.run(["missing/"], in: scratch).errors.hasSuffix(": No such file or directory\n"))
    #expect(scratch.names == ["a.json"])
  }

  @Test("No input receives the output of an earlier one")
  func appendedToALaterInput() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]\n", to: "a.jsonl")
    try scratch.write("[ 2 ]\n", to: "b.jsonl")
    mkfifo(scratch.file("fifo.jsonl"), 0o600)
    for inputs in ["a.jsonl b.jsonl", "b.jsonl a.jsonl", "missing.jsonl b.jsonl", "fifo.jsonl b.jsonl"] {
      let run = try ZminProgram.shell("$ZMIN \(inputs) >> b.jsonl", in: scratch)
      #expect(run.ending == .exit(2))
      #expect(
        run.errors.contains("zmin: standard output: the input and the output are the same file; use --in-place\n"))
    }
    #expect(
      try ZminProgram.shell("$ZMIN --format ndjson a.jsonl - < b.jsonl >> b.jsonl", in: scratch).ending == .exit(2))
    #expect(scratch.text(of: "b.jsonl") == "[ 2 ]\n")
    let badLines = try ZminProgram.shell("$ZMIN a.jsonl --bad-lines log > log", in: scratch)
    #expect(badLines.errors.contains("zmin: --bad-lines log and standard output are the same file\n"))
    #expect(badLines.ending == .exit(2))
    #expect(
      try ZminProgram.shell("$ZMIN b.jsonl fifo.jsonl & $ZMIN a.jsonl > fifo.jsonl; wait", in: scratch).output
        == "[2]\n[1]\n")
  }

  @Test("A missing or read-only output directory is an error")
  func noDirectory() throws {
    let run = try ZminProgram.run(["-o", "/nonexistent/out.json"], input: "1")
    #expect(run.ending == .exit(3))
    #expect(run.errors == "zmin: /nonexistent/out.json: cannot open its directory: No such file or directory\n")
  }

  @Test("A stale temporary is removed by the next run for the same output")
  func staleTemporaries() throws {
    let scratch = try Scratch()
    mkfifo(scratch.file("fifo"), 0o600)
    let run = try ZminProgram.shell(
      """
      set -m; exec 3<>fifo; $ZMIN -o out fifo 2>/dev/null 3>&- & printf '[' >&3
      for i in $(seq 100); do ls -A | grep -q '^[.]zmin-' && break; sleep 0.05; done
      kill -KILL $!; wait $! 2>/dev/null; ls -A | grep -c '^[.]zmin-'; ls out 2>/dev/null
      """, in: scratch)
    #expect(run.output == "1\n")
    #expect(scratch.names.count == 2)
    #expect(try ZminProgram.run(["-o", "out"], input: "1", in: scratch).ending == .exit(0))
    #expect(scratch.names == ["fifo", "out"])
  }
}
