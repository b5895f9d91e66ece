import Foundation
import Glibc
import SystemPackage
import Testing
import ZminTestSupport

/// `--bad-lines FILE`: what a user finds in FILE, and in the inputs that lost the lines.
@Suite("Bad lines") struct BadLineTests {
  private func run(
    _ script: String, _ files: [String: String] = [:]
  ) throws -> (run: ZminProgram.Run, scratch: Scratch) {
    let scratch = try Scratch(files)
    return (try ZminProgram.shell(script, in: scratch), scratch)
  }

  // MARK: A record

  @Test("A second run adds to the lines of the first")
  func secondRun() throws {
    let (run, scratch) = try run(
      "for f in *.jsonl; do $ZMIN -i --bad-lines bad $f || exit 9; done",
      ["a.jsonl": "[ 1 ]\n{a\n", "b.jsonl": "[ 1 ]\n{b\n", "c.jsonl": "[ 1 ]\n"])
    #expect(run.ending == .exit(0), "\(run)")
    #expect(scratch.text(of: "bad") == "{a\n{b\n")
    #expect(scratch.text(of: "a.jsonl") == "[1]\n" && scratch.text(of: "b.jsonl") == "[1]\n")
  }

  @Test(
    "A run that fails at once keeps the lines of other runs",
    arguments: [
      "-i missing.jsonl", "missing.jsonl", "-i --max-bad-lines 0 a.jsonl", "a.jsonl -o no/b", "-i --kernel x a.jsonl",
    ])
  func failsAtOnce(_ arguments: String) throws {
    let (run, scratch) = try run("$ZMIN --bad-lines bad \(arguments)", ["a.jsonl": "1\n[\n", "bad": "old\n"])
    #expect(run.ending != .exit(0))
    #expect(scratch.text(of: "bad") == "old\n" && scratch.text(of: "a.jsonl") == "1\n[\n")
  }

  @Test("Lines of two inputs are not joined, nor with an earlier truncated line")
  func joined() throws {
    let files = ["a.jsonl": "1\n[2", "b.jsonl": "3\n{4", "bad": "cut"]
    let (run, scratch) = try run("$ZMIN -i --bad-lines bad a.jsonl b.jsonl", files)
    #expect(run.ending == .exit(0), "\(run)")
    #expect(["cut\n[2\n{4\n", "cut\n{4\n[2\n"].contains(scratch.text(of: "bad")))
    let (_, other) = try self.run("$ZMIN --bad-lines bad a.jsonl b.jsonl", files)
    #expect(other.text(of: "bad") == "cut\n[2\n{4\n")
  }

  @Test("An interrupted stream leaves in the record each line that it removed")
  func interruptedStream() throws {
    let (run, scratch) = try run(
      """
      mkfifo in; $ZMIN --format ndjson --bad-lines bad < in > out & zmin=$!
      exec 3> in; printf '[ 1 ]\\n{bad\\n[ 2 ]\\n' >&3
      until grep -q 2 out; do sleep 0.02; done
      kill -TERM $zmin; wait $zmin; echo $?
      """)
    #expect(run.output == "143\n", "\(run)")
    #expect(scratch.text(of: "out") == "[1]\n[2]\n")
    #expect(scratch.text(of: "bad") == "{bad\n")
  }

  @Test("A line is in the record, and synced, before the file that lost it gets its name")
  func order() throws {
    for name in ["bad lines", "bad lines, in place"] {
      let scenario = try #require(FaultScenario.all.first { $0.testDescription == name })
      let scratch = try scenario.scratch()
      let path = scratch.file("bad")
      var plan = FaultyCalls.Plan()
      plan.before = { kind in
        guard kind == .rename else { return }
        let record = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
        #expect(record == scenario.results["bad"])
      }
      let (code, calls) = try scenario.run(in: scratch, plan)
      #expect(code == 0)
      let appended = try #require(calls.log.firstIndex(of: .unlock))
      let renamed = try #require(calls.log.firstIndex(of: .rename))
      // The record and its directory.
      #expect(calls.log[appended..<renamed].count { $0 == .sync } >= 2)
      #expect(!calls.log[..<appended].contains(.sync))
    }
  }

  @Test("Runs that share a record tear and join no line")
  func sharedByProcesses() throws {
    let (run, scratch) = try run(
      """
      for k in 1 2 3 4; do
        for i in $(seq 300); do echo "{run $k line $i $(printf 'x%.0s' $(seq $((i % 90))))"; echo $i; done > $k.jsonl
      done
      for k in 1 2 3 4; do $ZMIN -q -i --max-bad-lines all --bad-lines bad $k.jsonl & p="$p $!"; done
      for q in $p; do wait $q || echo failed; done
      for k in 1 2 3 4; do
        for i in $(seq 300); do echo "{run $k line $i $(printf 'x%.0s' $(seq $((i % 90))))"; done
      done | sort > expected
      sort bad | cmp - expected && echo same
      """)
    #expect(run.output == "same\n", "\(run)")
    #expect(scratch.text(of: "3.jsonl")?.hasPrefix("1\n2\n3\n") == true)
  }

  /// Starts a run that waits for the end of a bad line of a million bytes.
  private static let waitingRun = """
    mkfifo in; $ZMIN -q --format ndjson --bad-lines bad < in > out & zmin=$!
    exec 3> in; (echo 1; printf '{x'; head -c 1000000 /dev/zero | tr '\\0' y) >&3
    until grep -q 1 out; do sleep 0.02; done; sleep 0.5
    """

  @Test("A run whose input pauses in a long bad line keeps no other from the record, and tears no line")
  func longLinePauses() throws {
    let (run, scratch) = try run(
      """
      \(Self.waitingRun)
      timeout 10 $ZMIN -q -i --bad-lines bad b.jsonl; echo $?; cat bad
      echo z >&3; exec 3>&-; wait $zmin; echo $?; ls -A
      """, ["b.jsonl": "1\n[b\n"])
    #expect(run.output == "0\n[b\n0\nb.jsonl\nbad\nin\nout\n", "\(run)")
    #expect(scratch.text(of: "bad") == "[b\n{x" + String(repeating: "y", count: 1_000_000) + "z\n")
  }

  @Test("Two runs of one pipeline share a record")
  func pipeline() throws {
    let (run, scratch) = try run(
      """
      z="$ZMIN -q --format ndjson --bad-lines bad --max-bad-lines all"
      (echo 1; for i in 1 2 3; do printf '{x'; head -c 1000000 /dev/zero | tr '\\0' y; echo; echo 2; done) |
        timeout 20 $z | (sed p; printf '[last') | timeout 20 $z
      grep -c 'y$' bad; tail -n 1 bad
      """)
    #expect(run.output == "1\n1\n2\n2\n2\n2\n2\n2\n3\n[last\n", "\(run)")
    #expect(scratch.text(of: "bad")?.utf8.count == 3 * 1_000_003 + 6)
  }

  @Test("A signal in a long bad line of a pipe leaves the part that arrived in the record")
  func interruptedLongLine() throws {
    let (run, scratch) = try run("\(Self.waitingRun)\nkill -TERM $zmin; wait $zmin; echo $?")
    #expect(run.output == "143\n", "\(run)")
    #expect(scratch.text(of: "bad") == "{x" + String(repeating: "y", count: 1_000_000) + "\n")
  }

  @Test("A signal while a stream waits for the lock leaves the values before the bad line in the output")
  func interruptedWait() throws {
    let (run, scratch) = try run(
      """
      mkfifo go in; flock bad sh -c 'echo > go; sleep 60' & held=$!
      cat go > /dev/null
      $ZMIN -q --format ndjson --bad-lines bad < in > out & zmin=$!
      exec 3> in; echo 1 >&3; until grep -q 1 out; do sleep 0.02; done
      printf '2\\n[\\n3\\n' >&3; sleep 1; kill -TERM $zmin; wait $zmin; echo $?; kill $held
      """, ["bad": ""])
    #expect(run.output == "143\n", "\(run)")
    #expect(scratch.text(of: "out") == "1\n2\n" && scratch.text(of: "bad") == "")
  }

  @Test("The workers of one run share a record, and a second run with the journal skips all")
  func sharedByWorkers() throws {
    var files: [String: String] = [:]
    for number in 0..<60 { files["in/\(number % 7)/\(number).jsonl"] = "[ \(number) ]\n{bad \(number)\n" }
    files["in/a.json"] = "[ 1 ]"
    let (run, scratch) = try run(
      "$ZMIN -q -r -j4 -i --bad-lines bad --journal j in && $ZMIN -q -r -i --bad-lines bad --journal j in; echo $?",
      files)
    #expect(run.output == "0\n", "\(run)")
    let lines = (scratch.text(of: "bad") ?? "").split(separator: "\n").map(String.init)
    #expect(lines.sorted() == (0..<60).map { "{bad \($0)" }.sorted())
    #expect(scratch.text(of: "in/3/3.jsonl") == "[3]\n" && scratch.text(of: "in/a.json") == "[1]")
  }

  @Test("Mirrors, lists and shards append to one record too")
  func mirrored() throws {
    let files = ["in/a.jsonl": "1\n[a\n", "in/b.jsonl": "1\n[b\n", "list": "in/a.jsonl\nin/b.jsonl\n"]
    for arguments in [
      "-r in --output-dir out", "--files-from list --output-dir out", "-rt in", "-t in/a.jsonl in/b.jsonl",
      "-r in --output-dir out --shard 0/1",
    ] {
      let (run, scratch) = try run("$ZMIN -q --bad-lines bad \(arguments)", files)
      #expect(run.ending == .exit(0), "\(arguments): \(run)")
      #expect(["[a\n[b\n", "[b\n[a\n"].contains(scratch.text(of: "bad")), "\(arguments)")
    }
  }

  @Test(
    "A record that is moved or removed between two lines is created again and loses none",
    arguments: ["mv bad old", "rm bad"])
  func movedRecord(_ command: String) throws {
    let (run, scratch) = try run(
      """
      mkfifo in; $ZMIN --format ndjson --bad-lines bad < in > out & zmin=$!
      exec 3> in; printf '1\\n' >&3; until grep -q 1 out; do sleep 0.02; done
      \(command); printf '{bad\\n2\\n' >&3; until grep -q 2 out; do sleep 0.02; done
      exec 3>&-; wait $zmin; echo $?
      """)
    #expect(run.output == "0\n", "\(run)")
    #expect(scratch.text(of: "bad") == "{bad\n" && [nil, ""].contains(scratch.text(of: "old")))
  }

  @Test("A record that is removed with lines in it is an error")
  func removedRecord() throws {
    let (run, _) = try run(
      """
      mkfifo in; $ZMIN --format ndjson --bad-lines bad < in > out & zmin=$!
      exec 3> in; printf '{bad\\n1\\n' >&3; until grep -q 1 out; do sleep 0.02; done
      rm bad; exec 3>&-; wait $zmin; echo $?
      """)
    #expect(run.output == "3\n", "\(run)")
    #expect(run.errors.contains("zmin: bad: cannot write: No such file or directory"), "\(run)")
  }

  @Test(
    "A full disk during an append loses no line, and joins none later",
    .disabled(if: ZminProgram.isSanitized, "the thread sanitizer needs larger files than the limit"))
  func fullDisk() throws {
    let line = "{" + String(repeating: "x", count: 100)
    let (run, scratch) = try run(
      """
      head -c 1000 /dev/zero | tr '\\0' '-' > bad; cp a.jsonl b.jsonl
      (ulimit -f 1; $ZMIN -i --bad-lines bad a.jsonl; echo $?); cmp a.jsonl b.jsonl && wc -c < bad
      $ZMIN -q -i --bad-lines bad a.jsonl; echo $?
      """, ["a.jsonl": "1\n\(line)\n"])
    #expect(run.output == "3\n1024\n0\n", "\(run)")
    #expect(run.errors.contains("zmin: bad: cannot write: File too large"))
    #expect(scratch.text(of: "a.jsonl") == "1\n")
    let lines = (scratch.text(of: "bad") ?? "").split(separator: "\n")
    #expect(lines.count == 3 && lines[2] == line && line.hasPrefix(lines[1]))
  }

  @Test("A stream with too many bad lines loses no value and no line before the one too many")
  func failingStream() throws {
    let (run, scratch) = try run(
      """
      printf '1\\n{bad1\\n2\\n{bad2\\n3\\n' | $ZMIN --format ndjson --bad-lines bad --max-bad-lines 1 --log json
      echo $?
      """)
    #expect(run.output == "1\n2\n1\n", "\(run)")
    #expect(scratch.text(of: "bad") == "{bad1\n{bad2\n")
    #expect(run.errors.split(separator: "\n").count { $0.contains(#""event":"bad_line""#) } == 2, "\(run.errors)")
  }

  @Test(
    "A stream whose record is on a full disk writes the values before the lost line, and logs no such line",
    .disabled(if: ZminProgram.isSanitized, "the thread sanitizer needs larger files than the limit"))
  func fullDiskOfStream() throws {
    let line = "{" + String(repeating: "x", count: 100)
    let (run, _) = try run(
      """
      head -c 1000 /dev/zero | tr '\\0' '-' > bad
      (ulimit -f 1; printf '1\\n\(line)\\n2\\n' | $ZMIN --format ndjson --bad-lines bad --log json; echo $?)
      """)
    #expect(run.output == "1\n3\n", "\(run)")
    #expect(!run.errors.contains(#""event":"bad_line""#), "\(run.errors)")
  }

  @Test("A run waits while another appends, and a signal ends the wait", arguments: [false, true])
  func waitsForTheLock(_ isInterrupted: Bool) throws {
    let (run, scratch) = try run(
      """
      mkfifo go; flock bad sh -c 'echo > go; sleep \(isInterrupted ? 60 : 1); echo held >> bad' & held=$!
      cat go > /dev/null
      $ZMIN -q -i --bad-lines bad a.jsonl & zmin=$!
      \(isInterrupted ? "sleep 0.5; kill -TERM $zmin" : ":")
      wait $zmin; echo $?; kill $held
      """, ["a.jsonl": "1\n[\n", "bad": ""])
    #expect(run.output == (isInterrupted ? "143\n" : "0\n"), "\(run)")
    #expect(scratch.text(of: "bad") == (isInterrupted ? "" : "held\n[\n"))
    #expect(scratch.text(of: "a.jsonl") == (isInterrupted ? "1\n[\n" : "1\n"))
  }

  @Test("The message about a failed lock says what to do")
  func noLocks() throws {
    let scenario = try #require(FaultScenario.all.first { $0.testDescription == "bad lines, in place" })
    let scratch = try scenario.scratch()
    let (code, _) = try scenario.run(in: scratch, .init(failingIndex: 0, kind: .lock, isLasting: true, errno: .noLocks))
    #expect(code == 3)
    #expect(
      scratch.text(of: "messages")?.contains("cannot lock: No locks available; give each task a file of its own")
        == true)
    #expect(FaultScenario.tree(scratch) == scenario.files)
  }

  @Test("A pipe and standard error receive bad lines as they arrive")
  func direct() throws {
    let (run, scratch) = try run(
      """
      mkfifo pipe; cat pipe > got & $ZMIN -q -i --bad-lines pipe a.jsonl; echo $?; wait
      $ZMIN -q --bad-lines /dev/stderr b.jsonl 2> errors; echo $?
      """, ["a.jsonl": "1\n[a\n", "b.jsonl": "1\n[b"])
    #expect(run.output == "0\n1\n0\n", "\(run)")
    #expect(scratch.text(of: "got") == "[a\n" && scratch.text(of: "errors") == "[b\n")
  }

  @Test("A new record is no more accessible than its input, and an old one keeps its mode")
  func mode() throws {
    let (run, scratch) = try run(
      """
      umask 022; chmod 600 a.jsonl; chmod 664 b.jsonl old
      $ZMIN -q --bad-lines bad a.jsonl b.jsonl; $ZMIN -q -i --bad-lines more b.jsonl
      $ZMIN -q -i --bad-lines old a.jsonl
      """, ["a.jsonl": "1\n[\n", "b.jsonl": "1\n[\n", "old": ""])
    #expect(run.ending == .exit(0), "\(run)")
    #expect(scratch.status(of: "bad").st_mode & 0o777 == 0o600)
    #expect(scratch.status(of: "more").st_mode & 0o777 == 0o644)
    #expect(scratch.status(of: "old").st_mode & 0o777 == 0o664)
  }
}
