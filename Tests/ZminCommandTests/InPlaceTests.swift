import Glibc
import Testing

@Suite("In place")
struct InPlaceTests {
  @Test("Files that change are replaced with their mode, and others stay untouched")
  func replace() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    try scratch.write("[2]", to: "b.json")
    chmod(scratch.file("a.json"), 0o640)
    let before = scratch.status(of: "b.json")
    let run = try ZminProgram.run(["-i", "-v", "a.json", "b.json"], in: scratch)
    #expect(run.ending == .exit(0))
    #expect(run.errors.contains("zmin: a.json: replaced, 5 to 3 bytes, saved 40.0%\n"))
    #expect(run.errors.contains("zmin: b.json: unchanged\n"))
    #expect(scratch.text(of: "a.json") == "[1]")
    #expect(scratch.status(of: "a.json").st_mode & 0o7777 == 0o640)
    #expect(scratch.status(of: "b.json").st_ino == before.st_ino)
    #expect(scratch.status(of: "b.json").st_ctim.tv_nsec == before.st_ctim.tv_nsec)
    #expect(scratch.names == ["a.json", "b.json"])
  }

  @Test("--preserve keeps the times")
  func times() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    let run = try ZminProgram.shell("touch -d @1000000000.5 a.json; $ZMIN -i --preserve a.json", in: scratch)
    #expect(run.ending == .exit(0))
    #expect(scratch.status(of: "a.json").st_mtim.tv_sec == 1_000_000_000)
    #expect(scratch.status(of: "a.json").st_mtim.tv_nsec == 500_000_000)
    #expect(scratch.text(of: "a.json") == "[1]")
  }

  @Test("One bad file does not stop the rest, and the summary counts it")
  func bulk() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    try scratch.write("[ 1", to: "b.json")
    try scratch.write("1 2", to: "c.json")
    try scratch.write("[ 4 ]", to: "d.json")
    let run = try ZminProgram.run(["-i", "a.json", "b.json", "c.json", "missing.json", "d.json"], in: scratch)
    #expect(run.ending == .exit(3))
    #expect(
      run.errors == """
        zmin: b.json:1:4: input ends inside an array (byte 3)
        zmin: c.json:1:3: two values (byte 2); use --format concat
        zmin: missing.json: cannot open: No such file or directory
        zmin: 5 files: 2 not valid (1 with several values, see --format), 1 failed

        """)
    #expect(scratch.text(of: "a.json") == "[1]")
    #expect(scratch.text(of: "b.json") == "[ 1")
    #expect(scratch.text(of: "d.json") == "[4]")
    #expect(scratch.names == ["a.json", "b.json", "c.json", "d.json"])
    #expect(try ZminProgram.run(["-t", "-q", "a.json", "b.json"], in: scratch).ending == .exit(1))
  }

  @Test("Symbolic links are refused unless followed")
  func symbolicLinks() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    symlink("a.json", scratch.file("s.json"))
    let refused = try ZminProgram.run(["-i", "s.json"], in: scratch)
    #expect(refused.ending == .exit(1))
    #expect(
      refused.errors
        == "zmin: s.json: not replaced: it is a symbolic link; use --follow-symlinks to replace its target\n")
    #expect(scratch.text(of: "a.json") == "[ 1 ]")
    #expect(try ZminProgram.run(["-i", "--follow-symlinks", "s.json"], in: scratch).ending == .exit(0))
    #expect(scratch.text(of: "a.json") == "[1]")
    #expect(scratch.status(of: "s.json").st_mode & S_IFMT == S_IFLNK)
  }

  @Test("Hard links are refused unless forced")
  func hardLinks() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    link(scratch.file("a.json"), scratch.file("h.json"))
    let refused = try ZminProgram.run(["-i", "a.json"], in: scratch)
    #expect(refused.ending == .exit(1))
    #expect(refused.errors == "zmin: a.json: not replaced: it has 2 hard links; use --force to replace it\n")
    #expect(try ZminProgram.run(["-i", "--force", "a.json"], in: scratch).ending == .exit(0))
    #expect(scratch.text(of: "a.json") == "[1]")
    #expect(scratch.text(of: "h.json") == "[ 1 ]")
  }

  @Test("A mount point is refused before it is read", .enabled(if: ZminProgram.canMount, "needs to mount"))
  func mountPoint() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.mountingShell(
      """
      echo '[ 1 ]' > a.json; echo '[ 2 ]' > b.json; echo '[ 3 ]' > c.json; mount --bind c.json a.json || exit
      for arguments in '-i a.json' '-i --dry-run a.json' 'b.json -o a.json' '-i a.json b.json'; do
        $ZMIN $arguments 2>> errors; echo $?
      done; cat a.json b.json
      """, in: scratch)
    #expect(run.output == "1\n1\n1\n1\n[ 3 ]\n[2]", "\(run)")
    let message = "zmin: a.json: not replaced: it is a mount point; write to another file, or mount its directory\n"
    #expect(scratch.text(of: "errors")?.hasPrefix(String(repeating: message, count: 4)) == true)
  }

  @Test(
    "--min-saving keeps files that would save less",
    arguments: [("2", true), ("3", false), ("40%", true), ("41%", false)])
  func minimumSaving(_ least: String, _ isReplaced: Bool) throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    let rehearsal = try ZminProgram.run(["--dry-run", "-i", "--min-saving", least, "a.json"], in: scratch)
    #expect(
      rehearsal.output
        == "a.json: would be \(isReplaced ? "replaced, 5 to 3 bytes, would save 40.0%" : "unchanged")\n")
    #expect(scratch.text(of: "a.json") == "[ 1 ]")
    #expect(try ZminProgram.run(["-i", "--min-saving", least, "a.json"], in: scratch).ending == .exit(0))
    #expect(scratch.text(of: "a.json") == (isReplaced ? "[1]" : "[ 1 ]"))
  }

  @Test("A dry run names files that would be refused")
  func rehearsal() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    symlink("a.json", scratch.file("s.json"))
    let run = try ZminProgram.run(["--dry-run", "-i", "s.json"], in: scratch)
    #expect(run.ending == .exit(1))
    #expect(run.errors.contains("not replaced: it is a symbolic link"))
  }

  @Test("A file that changes while it is read is not replaced")
  func changedInput() throws {
    let scratch = try Scratch()
    // Held up while writing the temporary's second half, so that the change falls into the run.
    // A machine that is busy with other things may be too late: then it is tried again.
    let script = """
      { echo '['; yes '{ "a" : 1 } ,' | head -2000000; echo 'null ]'; } > kept
      for attempt in $(seq 20); do
        cp kept a.json
        $ZMIN -i a.json & pid=$!
        for i in $(seq 1000); do ls -A | grep -q '^[.]zmin-' && break; sleep 0.001; done
        kill -STOP $pid 2> /dev/null && break
        wait $pid
      done
      echo >> a.json; kill -CONT $pid; wait $pid; echo $?; wc -c < a.json; rm kept
      """
    let run = try ZminProgram.shell(script, in: scratch)
    let unchanged = 2_000_000 * 14 + 2 + 7 + 1
    #expect(run.output == "3\n\(unchanged)\n")
    #expect(run.errors == "zmin: a.json: changed while it was read; try again when no program writes to it\n")
    #expect(scratch.names == ["a.json"])
  }

  @Test("A full disk stops the rest", .enabled(if: ZminProgram.canMount, "needs to mount"))
  func fullDisk() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.mountingShell(
      """
      mkdir d && mount -t tmpfs -o size=64k none d || exit
      printf '[ 1 ]' > d/b.json; { printf '[ '; yes '1 ,' | head -12000 | tr -d '\\n'; printf '2 ]'; } > d/a.json
      cp d/b.json d/c.json; $ZMIN -i d/a.json d/b.json d/c.json; echo $?; cat d/b.json; ls -A d
      """, in: scratch)
    #expect(run.output == "3\n[ 1 ]a.json\nb.json\nc.json\n")
    #expect(
      run.errors == """
        zmin: d/a.json: cannot write: No space left on device
        zmin: 3 files: 1 failed, 2 not processed

        """)
  }
}
