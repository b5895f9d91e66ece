import Testing

/// The program at the end of a pipe whose producer stays, and gives nothing for a while.
@Suite("Producers that stay open") struct IdleProducerTests {
  private static let modes = ["--mode standard", "--mode streaming -j1", "--mode streaming -j2", "--mode auto"]

  /// Starts the program, with `$O` and `$FORMAT`, on a pipe that descriptor 3 keeps open. `await FILE TEXT` waits until
  /// a file has that text, and `awaitEnd` until the program has ended.
  private static let start = """
    set -m; mkfifo in
    await() { for i in $(seq 400); do [ "$(cat $1)" = "$2" ] && return; sleep 0.05; done; }
    awaitEnd() { for i in $(seq 400); do kill -0 $job 2>/dev/null || return; sleep 0.05; done; kill -KILL $job; }
    $ZMIN $O --format $FORMAT < in > out 2> errors & job=$!
    exec 3> in

    """

  @Test("A value of concat is written at its last byte, and once", arguments: modes)
  func concatValues(_ mode: String) throws {
    for (text, value) in [
      ("{\"a\": 1}", "{\"a\":1}"), ("[ 1 ]", "[1]"), ("\"x y\"", "\"x y\""), ("12 ", "12"), ("true\\n", "true"),
    ] {
      let run = try ZminProgram.shell(
        Self.start + """
          printf '%b' "$TEXT" >&3; await out "$VALUE"; cat out; echo .
          printf ' [2]"three"4' >&3; await out "$VALUE"$'\\n[2]\\n"three"'; cat out; echo .
          exec 3>&-; wait $job; s=$?; cat out errors; exit $s
          """, ["O": mode, "FORMAT": "concat", "TEXT": text, "VALUE": value], in: try Scratch())
      let lines = ["\(value)\n", "[2]\n\"three\"\n", "4\n"]
      #expect(
        run.output == "\(lines[0]).\n\(lines[0...1].joined()).\n\(lines.joined())", "\(mode), \(text)")
      #expect(run.ending == .exit(0))
    }
  }

  @Test("A record of ndjson is written at its LF", arguments: modes)
  func ndjsonRecords(_ mode: String) throws {
    let run = try ZminProgram.shell(
      Self.start + """
        printf '{"a": 1}\\n[ 2' >&3; await out '{"a":1}'; cat out; echo .
        printf ' ]\\n' >&3; await out $'{"a":1}\\n[2]'; cat out
        exec 3>&-; wait $job
        """, ["O": mode, "FORMAT": "ndjson"], in: try Scratch())
    #expect(run.output == "{\"a\":1}\n.\n{\"a\":1}\n[2]\n")
    #expect(run.ending == .exit(0))
  }

  @Test(
    "A signal at an idle producer loses no complete value", arguments: modes,
    [("INT", Int32(130)), ("TERM", 143), ("HUP", 129)])
  func signals(_ mode: String, _ signal: (name: String, status: Int32)) throws {
    for (format, text, output) in [
      ("concat", "{\"a\": 1} 12 [2]\"three\"", "{\"a\":1}\n12\n[2]\n\"three\"\n"),
      ("concat", "{\"a\": 1} 12 [2]{\"b\": ", "{\"a\":1}\n12\n[2]\n"),
      ("ndjson", "{\"a\": 1}\\n12\\n[2", "{\"a\":1}\n12\n"),
    ] {
      // The first value says that the program is at work; the rest may come just before the signal.
      let run = try ZminProgram.shell(
        Self.start + """
          printf '[ 0 ]\\n' >&3; await out '[0]'
          printf '%b' "$TEXT" >&3; await out $'[0]\\n'"$VALUES"; kill -$S $job; awaitEnd
          wait $job; s=$?; cat out errors; exit $s
          """,
        ["O": mode, "FORMAT": format, "TEXT": text, "VALUES": String(output.dropLast()), "S": signal.name],
        in: try Scratch())
      #expect(run.output == "[0]\n" + output, "\(mode), \(format)")
      #expect(run.ending == .exit(signal.status), "\(mode), \(format)")
    }
  }

  @Test("An error is reported while the producer stays open, after the values before it", arguments: modes)
  func errors(_ mode: String) throws {
    let badLine = "; use --bad-lines FILE to skip such lines"
    for (format, text, output, error) in [
      ("concat", "{\"a\": 1} oops", "{\"a\":1}\n", "1:10: end of input expected, found 'o' (byte 9)"),
      ("concat", "[1]\\n]", "[1]\n", "2:1: ']' closes nothing (byte 4)"),
      ("ndjson", "{\"a\": 1}\\n[2,]", "{\"a\":1}\n", "2:4: trailing comma in array (byte 12)\(badLine)"),
      ("ndjson", "{\"a\": 1}\\n[2,]\\n", "{\"a\":1}\n", "2:4: trailing comma in array (byte 12)\(badLine)"),
      ("json", "[1, x", "", "1:5: value expected, found 'x' (byte 4)"),
    ] {
      let run = try ZminProgram.shell(
        Self.start + "printf '%b' \"$TEXT\" >&3; awaitEnd; wait $job; s=$?; cat out errors; exit $s",
        ["O": mode, "FORMAT": format, "TEXT": text], in: try Scratch())
      #expect(run.ending == .exit(1), "\(mode), \(format), \(text)")
      if format == "json" {
        #expect(run.output.hasSuffix("zmin: standard input:\(error)\n"), "\(mode)")
      } else {
        #expect(run.output == "\(output)zmin: standard input:\(error)\n", "\(mode)")
      }
    }
  }

  @Test("A pipe that -o names gets the values before an error", arguments: modes)
  func namedPipe(_ mode: String) throws {
    for format in ["ndjson", "concat"] {
      let scratch = try Scratch()
      try scratch.write("{\"a\": 1}\n[2]\n[3,]\n", to: "in.json")
      let run = try ZminProgram.shell(
        "mkfifo pipe; cat pipe > got & $ZMIN $O --format $FORMAT in.json -o pipe; s=$?; wait; cat got; exit $s",
        ["O": mode, "FORMAT": format], in: scratch)
      #expect(run.output == "{\"a\":1}\n[2]\n")
      #expect(run.ending == .exit(1))
    }
  }

  @Test("concat gives the same bytes with --verify and in pieces", arguments: modes)
  func sameBytes(_ mode: String) throws {
    let values = (0..<3000).map { "{ \"id\" : \($0) }" + ["", " ", "\n", "\t12 ", "\"a b\"", "[]"][$0 % 6] }
    let scratch = try Scratch()
    try scratch.write(values.joined(), to: "in.json")
    let run = try ZminProgram.shell(
      """
      $ZMIN --mode standard --format concat in.json > expected
      $ZMIN $O --verify --format concat in.json | cmp - expected \
        && cat in.json | $ZMIN $O --format concat | cmp - expected \
        && { while IFS= read -r -N 97 piece; do printf '%s' "$piece"; done; printf '%s' "$piece"; } < in.json \
          | $ZMIN $O --verify --format concat | cmp - expected && wc -l < expected
      """, ["O": mode], in: scratch)
    #expect(run.output == "4500\n", "\(mode): \(run.errors)")
    #expect(run.ending == .exit(0))
  }
}
