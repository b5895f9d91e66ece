import Foundation
import Glibc
import Testing

/// Environments that a program does not expect.
@Suite("Hostile environment") struct HostileEnvironmentTests {
  private static let isRoot = geteuid() == 0

  private func run(_ script: String, _ files: [String: String] = ["a.json": "[ 1 ]"]) throws -> (
    run: ZminProgram.Run, scratch: Scratch
  ) {
    let scratch = try Scratch(files)
    return (try ZminProgram.shell(script, in: scratch), scratch)
  }

  // MARK: Descriptors

  @Test(
    "No output is written to a file that has the descriptor of a closed standard stream",
    arguments: ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
  func closedDescriptors(_ closed: String) throws {
    let files = [
      "in/a.json": "[ 1 ]", "in/b.json": "[ 2, ]", "c.jsonl": "[ 3 ]\n[\n", "list": "in/a.json\nin/b.json\n",
    ]
    let lines = [
      "-v -r in --output-dir out --log json --journal j", "-v -i in/a.json in/b.json --stats", "-rt in --log-file log",
      "-v -o x c.jsonl --bad-lines bad --max-bad-lines all", "--metrics-file m -rt in", "--memory-report -t in/a.json",
      "-v --mode streaming -j3 in/a.json --verify -o x", "--memory-report-file r --memory-report in/a.json -o x",
      "--memory-monitor in/a.json -o x", "--files-from list --check", "--bogus", "in/a.json", "in/b.json", "devices",
    ]
    for line in lines {
      let (run, scratch) = try run("$ZMIN \(line) \(closed); echo $? > code", files)
      let what = "\(line) \(closed): \(run)"
      #expect(run.ending == .exit(0), "\(what)")
      #expect(["0\n", "1\n", "2\n", "3\n"].contains(scratch.text(of: "code")), "\(what)")
      let tree = scratch.tree()
      #expect(["[ 1 ]", "[1]"].contains(tree["in/a.json"]), "\(what)")
      #expect(tree["in/b.json"] == files["in/b.json"] && tree["c.jsonl"] == files["c.jsonl"], "\(what)")
      for name in ["out/a.json", "x"] { #expect([nil, "[1]", "[3]\n"].contains(tree[name]), "\(what): \(name)") }
      #expect([nil, "[\n"].contains(tree["bad"]), "\(what)")
      // Every line in a journal or log is one of theirs.
      for (name, text) in tree where ["j", "log"].contains(name) {
        #expect(text.split(separator: "\n").allSatisfy { $0.first == "{" || $0.contains("\t") }, "\(what): \(text)")
      }
      for name in tree.keys { #expect(!name.contains(".zmin-"), "\(what): \(name)") }
    }
  }

  // MARK: Inputs that are no files

  @Test("A walk skips devices, FIFOs and sockets") func specialFiles() throws {
    for task in ["-rt in", "-ri in", "-r in --output-dir out", "--check -r in", "--dry-run -ri in"] {
      let scratch = try Scratch(["in/a.json": "[1]"])
      mkfifo(scratch.file("in/f.json"), 0o666)
      try Self.makeSocket(scratch.file("in/s.json"))
      var count = 2
      if mknod(scratch.file("in/z.json"), S_IFCHR | 0o666, 1 << 8 | 5) == 0 { count += 1 }
      symlink("/dev/zero", scratch.file("in/link.json"))
      let run = try ZminProgram.shell("$ZMIN \(task) --log json", in: scratch)
      #expect(run.ending == .exit(0), "\(run)")
      #expect(run.errors.contains("\"skipped\":\(count + 1)"), "\(run.errors)")
      #expect(scratch.text(of: "in/a.json") == "[1]")
      #expect(scratch.status(of: "in/f.json").st_mode & S_IFMT == S_IFIFO)
      #expect(scratch.status(of: "in/s.json").st_mode & S_IFMT == S_IFSOCK)
    }
  }

  @Test("Named devices and FIFOs are refused in place, and a socket cannot be opened") func specialArguments() throws {
    let scratch = try Scratch()
    mkfifo(scratch.file("f.json"), 0o666)
    try Self.makeSocket(scratch.file("s.json"))
    for (task, code) in [
      ("-i s.json", 3), ("-t s.json", 3), ("s.json -o x", 3), ("-i /dev/null", 1), ("-i f.json /dev/zero", 1),
    ] as [(String, Int32)] {
      let run = try ZminProgram.shell("$ZMIN \(task)", in: scratch)
      #expect(run.ending == .exit(code), "\(task): \(run)")
      #expect(scratch.names == ["f.json", "s.json"])
    }
    let run = try ZminProgram.shell("echo '[ 1 ]' > f.json & $ZMIN f.json; wait", in: scratch)
    #expect(run.output == "[1]" && run.ending == .exit(0), "\(run)")
  }

  private static func makeSocket(_ path: String) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    let code = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(code == 0)
  }

  @Test(
    "Names with .. stay below the output directory",
    arguments: ["-r d/..", "-r ../%/d", "d/../d/b.json a.json", "-r ./d/./..", "--files-from list"])
  func namesThatLeadUp(_ paths: String) throws {
    let scratch = try Scratch([
      "top/a.json": "[ 1 ]", "top/d/b.json": "[ 2 ]", "top/list": "d/../../x.json\n", "x.json": "[ 3 ]",
    ])
    let run = try ZminProgram.shell(
      "cd top && $ZMIN \(paths.replacing("%", with: "top")) --output-dir out", in: scratch)
    let tree = scratch.tree()
    #expect(run.ending == .exit(paths.contains("list") ? 2 : 0), "\(run)")
    let made = tree.keys.filter { !["top/a.json", "top/d/b.json", "top/list", "x.json"].contains($0) }
    #expect(made.allSatisfy { $0.hasPrefix("top/out/") } && made.isEmpty == paths.contains("list"), "\(tree)")
  }

  // MARK: Where nothing can be written

  @Test("A read-only file system is an error that names the file", .enabled(if: ZminProgram.canMount, "needs to mount"))
  func readOnly() throws {
    let scratch = try Scratch(["a.json": "[ 1 ]"])
    let run = try ZminProgram.mountingShell(
      """
      mkdir m && mount -t tmpfs none m || exit
      echo '[ 1 ]' > m/a.json; echo '[1,]' > m/b.json; printf '[1]' > m/c.json; mount -o remount,ro m
      for o in '-i m/a.json' '-ri m' '-r m --output-dir m/out' 'm/a.json -o m/x' 'a.json -o m/a.json' \
        'a.json --journal m/j -i' 'a.json -t --log-file m/l' 'a.json -t --metrics-file m/m' \
        '--memory-report-file m/r --memory-report a.json -o x' '--format ndjson --bad-lines m/bad a.json -o x'
      do $ZMIN $o; echo $?; done
      $ZMIN -i m/c.json; echo $?
      """, in: scratch)
    #expect(run.output == String(repeating: "3\n", count: 10) + "0\n", "\(run)")
    #expect(run.errors.components(separatedBy: "Read-only file system").count > 10, "\(run.errors)")
    #expect(["[ 1 ]", "[1]"].contains(scratch.text(of: "a.json")))
  }

  @Test(
    "A full disk that loses a report or a log is an error",
    arguments: [
      "--log-file /dev/full -t a.json", "--metrics-file /dev/full -t a.json",
      "--memory-report-file /dev/full --memory-report a.json -o x", "--memory-report -t a.json > /dev/full",
      "--format ndjson --bad-lines /dev/full --max-bad-lines all a.json bad.json -o x", "a.json > /dev/full",
      "bench --help > /dev/full", "--version > /dev/full",
    ])
  func fullDevice(_ line: String) throws {
    let (run, scratch) = try run("$ZMIN \(line)", ["a.json": "[ 1 ]", "bad.json": "[\n1\n", "in/b.json": "[ 2 ]"])
    #expect(run.ending == .exit(3), "\(run)")
    #expect(["[ 1 ]", "[1]"].contains(scratch.text(of: "a.json")))
    #expect(run.errors.contains("No space left on device"), "\(run)")
  }

  @Test("An endless device is neither a shard plan nor a journal")
  func endlessFiles() throws {
    let plan = try run("$ZMIN -r in --output-dir out --shard 0/1 --shard-plan /dev/zero", ["in/b.json": "[ 2 ]"]).run
    #expect(plan.ending == .exit(2) && plan.errors.contains("shard plan"), "\(plan)")
    let journal = try run("$ZMIN -ri in --journal /dev/zero", ["in/b.json": "[ 2 ]"]).run
    #expect(journal.ending == .exit(2) && journal.errors.contains("not a zmin journal"), "\(journal)")
  }

  @Test(
    "A file size limit in place is an error that leaves the file unchanged",
    arguments: ["-i in.json", "-ri .", "-r . --output-dir out"])
  func fileSizeLimit(_ line: String) throws {
    guard !ZminProgram.isSanitized else { return }
    let (run, scratch) = try run(
      "{ echo '['; yes '1,' | head -5000; echo '2]'; } > in.json; cp in.json copy; ulimit -f 4; $ZMIN \(line)", [:])
    #expect(run.ending == .exit(3), "\(run)")
    #expect(run.errors.contains("File too large"))
    #expect(scratch.text(of: "in.json") == scratch.text(of: "copy"))
    #expect(scratch.tree().keys.sorted() == ["copy", "in.json"])
  }

  // MARK: Rights

  @Test("A new output has the mode of its input, less the umask", arguments: ["000", "027", "077", "777"])
  func umasks(_ mask: String) throws {
    let (run, scratch) = try run(
      "umask \(mask); $ZMIN a.json -o x && $ZMIN -r in --output-dir out; echo $?",
      ["a.json": "[ 1 ]", "in/b.json": "[ 2 ]"])
    let mode = try #require(mode_t(mask, radix: 8))
    func expected(_ input: String) -> mode_t { scratch.status(of: input).st_mode & 0o777 & ~mode }
    #expect(scratch.status(of: "x").st_mode & 0o777 == expected("a.json"), "\(run)")
    // A directory that its maker may not enter takes no files, unless the maker is root.
    guard mode != 0o777 || Self.isRoot else { return }
    #expect(run.output == "0\n")
    #expect(scratch.status(of: "out").st_mode & 0o777 == expected("in"))
    #expect(scratch.status(of: "out/b.json").st_mode & 0o777 == expected("in/b.json"))
  }

  @Test(
    "A file of another owner is replaced if permitted, else left unchanged", .enabled(if: isRoot, "needs two owners"))
  func otherOwners() throws {
    let (run, scratch) = try run(
      """
      mkdir sticky open closed; chmod 1777 sticky; chmod 777 open; chmod 755 closed
      for d in sticky open closed; do echo '[ 1 ]' > $d/a.json; chmod 644 $d/a.json; chown 12345 $d/a.json; done
      chmod 600 secret.json
      for o in '-i sticky/a.json' '-i closed/a.json' '-i open/a.json' '-t secret.json' 'open/a.json -o closed/x'
      do setpriv --reuid 65534 --regid 65534 --clear-groups $ZMIN $o; echo $?; done
      stat -c '%u %a' */a.json; $ZMIN -i sticky/a.json && stat -c '%u %a' sticky/a.json
      """, ["secret.json": "[ 1 ]"])
    // The name is the directory's: in a directory that all may write to, a file changes its owner.
    #expect(
      run.output == "3\n3\n0\n3\n3\n" + "12345 644\n65534 644\n12345 644\n" + "12345 644\n", "\(run)")
    #expect(scratch.text(of: "closed/a.json") == "[ 1 ]\n" && scratch.text(of: "open/a.json") == "[1]")
    for name in scratch.tree().keys { #expect(!name.contains(".zmin-")) }
  }

  // MARK: What is not there

  @Test("A run works without /proc, /sys and /dev", .enabled(if: isRoot, "needs a mount namespace"))
  func noProc() throws {
    // A sanitizer finds the stacks of threads in /proc.
    guard !ZminProgram.isSanitized else { return }
    let (run, scratch) = try run(
      """
      cat > within <<'END'
      for d in /proc /sys /dev; do mount -t tmpfs none $d || exit 77; done
      $ZMIN a.json -o x && $ZMIN -r in --output-dir out && $ZMIN -ri in -j3 && $ZMIN --mode streaming -j3 a.json -o y \
        && $ZMIN --mode hybrid a.json -o z && cat a.json | $ZMIN | cat \
        && $ZMIN --memory-report=json a.json -o w > report \
        && $ZMIN --memory-budget 40M -t a.json && $ZMIN --verify -t a.json && $ZMIN devices > devices; s=$?
      $ZMIN --mode gpu a.json -o v; echo $? >> code; exit $s
      END
      export ZMIN; unshare -m true 2>/dev/null || exit 77; unshare -m bash within
      """, ["a.json": "[ 1 ]", "in/b.json": "[ 2 ]"])
    if run.ending == .exit(77) { return }
    #expect(run.ending == .exit(0), "\(run)")
    for name in ["x", "y", "z", "w"] { #expect(scratch.text(of: name) == "[1]") }
    #expect(run.output == "[1]" && scratch.text(of: "out/b.json") == "[2]" && scratch.text(of: "in/b.json") == "[2]")
    #expect(scratch.text(of: "code") == "4\n", "\(run)")
  }

  @Test("A run works without a terminal, a home directory and an environment")
  func noTerminal() throws {
    let (run, scratch) = try run(
      "setsid env -i $ZMIN --memory-monitor a.json -o x < /dev/null && setsid env -i $ZMIN -ri . "
        + "&& cd / && rmdir gone 2>/dev/null; true")
    #expect(run.ending == .exit(0), "\(run)")
    #expect(scratch.text(of: "x") == "[1]" && scratch.text(of: "a.json") == "[1]")
  }

  @Test("A removed current directory is an error for relative paths only") func noDirectory() throws {
    let (run, scratch) = try run(
      "p=$PWD; mkdir d; cd d; rmdir ../d; $ZMIN a.json; echo $?; $ZMIN -i $p/a.json; echo $?; "
        + "$ZMIN -r . --output-dir out; echo $?")
    #expect(run.output == "3\n0\n3\n" || run.output == "3\n0\n0\n", "\(run)")
    #expect(scratch.text(of: "a.json") == "[1]")
  }

  @Test("No locale changes a byte of output or messages")
  func locales() throws {
    let script = """
      for o in 'a.json' '-t bad.json' '--check I.JSON i.json' '--stats a.json -o x' '-rt . --include *.JSON' '--help' \
        '-t a.json --log json' '--bogus'
      do $ZMIN $o 2>&1 | sed -E 's/[0-9.]+ ?(s|ms|µs|[kMG]?B\\/s)//g; s/"seconds":[0-9.e-]+//g'; done
      """
    let files = ["a.json": "[ 1.5, \"İıé\" ]", "bad.json": "[ 1,5 \u{E9} ]", "I.JSON": "[1]", "i.json": "[1]"]
    var outputs: [String] = []
    for locale in [
      "", "LC_ALL=C", "LC_ALL=tr_TR.UTF-8 LANGUAGE=tr", "LC_ALL=de_DE.ISO-8859-1", "LC_ALL=../../etc/passwd",
    ] {
      outputs.append(try run("unset LC_ALL LANG; export X=1 \(locale); \(script)", files).run.output)
    }
    #expect(Set(outputs).count == 1 && outputs[0].contains("usage: zmin"), "\(outputs)")
  }
}
