import Glibc
import Testing

@Suite("Signals")
struct SignalTests {
  /// A run in the background that waits for more input, its temporary file already there; `$pid` is the program.
  private static let waitingRun = """
    set -m; mkfifo fifo; exec 3<>fifo; $RUN $ZMIN -o out fifo 3>&- & job=$!; printf '[ 1' >&3
    for i in $(seq 200); do ls -A | grep -q '^[.]zmin-' && break; sleep 0.02; done
    pid=$job; if [ -n "$RUN" ]; then pid=$(pgrep -P $job -x zmin || echo $job); fi

    """

  @Test("A signal stops the run and leaves no file", arguments: [("INT", Int32(130)), ("HUP", 129)])
  func stop(_ signal: String, _ status: Int32) throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(Self.waitingRun + "kill -\(signal) $pid; wait $job", in: scratch)
    #expect(run.ending == .exit(status))
    // The shell may say that its job ended.
    #expect(!run.errors.contains("zmin:"))
    #expect(scratch.names == ["fifo"])
  }

  @Test("A termination lets a short run end, and still determines the exit code")
  func shortRun() throws {
    let scratch = try Scratch()
    // More than a pipe holds: the program is at work on it when the signal comes.
    let run = try ZminProgram.shell(
      Self.waitingRun
        + "{ head -c 200000000 /dev/zero | tr '\\0' ' '; printf ']'; } >&3 & sleep 0.05; kill -TERM $pid; "
        + "exec 3>&-; wait $job", in: scratch)
    #expect(run.ending == .exit(143))
    #expect(scratch.text(of: "out") == "[1]")
  }

  @Test("A termination stops a run that does not end in five seconds")
  func longRun() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      Self.waitingRun + """
        yes ' ' >&3 2>/dev/null & yes=$!
        start=$SECONDS; kill -TERM $pid; wait $job; s=$?; echo $((SECONDS - start)); kill $yes; exit $s
        """, in: scratch)
    #expect(run.ending == .exit(143))
    #expect(["5\n", "6\n"].contains(run.output))
    #expect(scratch.names == ["fifo"])
  }

  @Test("A termination ends an idle stream at once, and no unfinished output appears")
  func idleRun() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      Self.waitingRun
        + "kill -TERM $pid; for i in $(seq 80); do kill -0 $job 2>/dev/null || break; sleep 0.05; done; "
        + "kill -0 $job 2>/dev/null && echo 'still there'; wait $job", in: scratch)
    #expect(run.output.isEmpty)
    #expect(run.ending == .exit(143))
    #expect(scratch.names == ["fifo"])
  }

  @Test(
    "Statistics and log after a signal count the bytes read and written", arguments: ["standard", "streaming"])
  func interruptedTotals(_ mode: String) throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      """
      set -m; mkfifo fifo; exec 3<>fifo; printf '1 2 3 ' >&3
      $ZMIN --mode \(mode) --format concat --stats --log json fifo > out 3>&- & job=$!
      for i in $(seq 200); do test "$(wc -c < out)" = 6 && break; sleep 0.02; done; kill -TERM $job; wait $job
      """, in: scratch)
    #expect(run.ending == .exit(143))
    #expect(scratch.text(of: "out") == "1\n2\n3\n")
    #expect(run.errors.contains("in 6 bytes, out 6 bytes"), "\(run.errors)")
    #expect(run.errors.contains("\"bytes_in\":6,\"bytes_out\":6"), "\(run.errors)")
  }

  @Test("A signal that was ignored at the start stays ignored")
  func ignored() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      "trap '' HUP INT;" + Self.waitingRun
        + "kill -HUP $pid; kill -INT $pid; sleep 0.3; printf ' ]' >&3; exec 3>&-; wait $job", in: scratch)
    #expect(run.ending == .exit(0))
    #expect(scratch.text(of: "out") == "[1]")
  }

  @Test("Output to a pipe that nobody reads can be interrupted")
  func blockedOutput() throws {
    let scratch = try Scratch()
    try scratch.write("[" + String(repeating: "\"0123456789\" , ", count: 100_000) + "1]", to: "big.json")
    let run = try ZminProgram.shell(
      "set -m; mkfifo fifo; exec 3<>fifo; $ZMIN big.json > fifo 3>&- & sleep 0.3; kill -INT $!; wait $!", in: scratch)
    #expect(run.ending == .exit(130))
  }

  @Test("A second Ctrl-C ends a blocked run at once", .enabled(if: Self.has("strace"), "needs strace"))
  func secondInterrupt() throws {
    let scratch = try Scratch()
    try scratch.write("[ 1 ]", to: "a.json")
    let run = try ZminProgram.shell(
      """
      set -m; strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:delay_enter=20000000 \
        $ZMIN --sync -o out a.json & job=$!
      for i in $(seq 200); do ls -A | grep -q '^[.]zmin-' && break; sleep 0.02; done; sleep 0.3
      pid=$(pgrep -P $job -x zmin); start=$SECONDS
      kill -INT $pid; sleep 0.3; kill -INT $pid; sleep 0.3; ls -A; echo $((SECONDS - start < 10))
      kill -KILL $pid $job 2>/dev/null
      """, in: scratch)
    #expect(run.output == "a.json\n1\n")
  }

  @Test("Signals work in process 1", .enabled(if: Self.canUnshare, "needs a process namespace of its own"))
  func processOne() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell(
      "RUN='unshare --fork --pid';" + Self.waitingRun + "kill -INT $pid; wait $job", in: scratch)
    #expect(run.ending == .exit(130))
    #expect(scratch.names == ["fifo"])
    let pipe = try ZminProgram.shell(
      """
      { echo '['; yes '1,' | head -1000000; echo '1]'; } > big
      unshare --fork --pid $ZMIN big | head -c 1; echo " ${PIPESTATUS[0]}"
      """, in: scratch)
    #expect(pipe.output == "[ 141\n")
  }

  private static func has(_ tool: String) -> Bool {
    (try? ZminProgram.shell("command -v \(tool)").ending) == .exit(0)
  }

  private static let canUnshare = (try? ZminProgram.shell("unshare --fork --pid true").ending) == .exit(0)
}
