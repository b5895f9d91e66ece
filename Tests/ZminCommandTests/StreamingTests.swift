import Testing

/// Runs on several threads, from outside.
@Suite("Runs in slices")
struct StreamingTests {
  /// Records of about 60 bytes each, enough for many slices.
  private static let records = (0..<40_000).map {
    "{ \"id\" : \($0),\t\"text\" : \"a \\\"b\\\" é\", \"n\" : [ 1.5, -2e3 ] }"
  }
  private static let options = [
    "--mode standard", "--mode streaming -j1", "--mode streaming -j2", "-j 5 --mode streaming",
  ]

  @Test("Any number of workers gives the same bytes, from files and pipes")
  func sameBytes() throws {
    let scratch = try Scratch()
    try scratch.write("[\n" + Self.records.joined(separator: ",\n") + "]\n", to: "a.json")
    try scratch.write("[" + Self.records.joined(separator: ",") + "]", to: "b.json")
    try scratch.write(Self.records.joined(separator: "\r\n\n"), to: "c.ndjson")
    let first = try ZminProgram.shell("$ZMIN --mode standard -o a.min a.json && cmp a.min <($ZMIN b.json)", in: scratch)
    #expect(first.ending == .exit(0))
    for options in Self.options {
      let variables = ["O": options]
      for name in ["a.json", "b.json"] {
        let run = try ZminProgram.shell(
          "$ZMIN $O \(name) -o \(name).out && cmp a.min \(name).out && cat \(name) | $ZMIN $O | cat | cmp a.min - "
            + "&& $ZMIN $O < \(name) | cmp a.min - && $ZMIN $O --check a.min && $ZMIN $O -t \(name) "
            + "&& cp \(name) in.place && $ZMIN $O -i in.place && cmp a.min in.place", variables, in: scratch)
        #expect(run.ending == .exit(0), "\(options), \(name): \(run.errors)")
      }
      let lines = try ZminProgram.shell(
        "$ZMIN $O c.ndjson -o c.min && $ZMIN --mode standard c.ndjson | cmp - c.min "
          + "&& cat c.ndjson | $ZMIN $O --format ndjson | cmp c.min - && wc -l < c.min "
          + "&& $ZMIN $O --format concat b.json c.ndjson | tail -n +2 | cmp c.min -", variables, in: scratch)
      #expect(lines.output == "40000\n", "\(options): \(lines.errors)")
      #expect(lines.ending == .exit(0))
    }
  }

  @Test("Any number of workers reports the same first error")
  func sameErrors() throws {
    let scratch = try Scratch()
    for place in [0, 1, 4_000, 20_000, 39_999] {
      var records = Self.records
      records[place] = "{ \"id\" : 01 }"
      if place < 39_000 { records[place + 700] = "nul" }
      try scratch.write("[\n" + records.joined(separator: ",\n") + "]\n", to: "a.json")
      let expected = try ZminProgram.shell("$ZMIN --mode standard a.json -o out", in: scratch)
      #expect(expected.errors.contains(":\(place + 2):11: leading zero"))
      for options in Self.options {
        let run = try ZminProgram.shell("$ZMIN $O a.json -o out; s=$?; ls; exit $s", ["O": options], in: scratch)
        #expect(run.errors == expected.errors, "\(options)")
        #expect(run.output == "a.json\n" && run.ending == .exit(1), "\(options)")
        let pipe = try ZminProgram.shell("cat a.json | $ZMIN $O > /dev/null", ["O": options], in: scratch)
        #expect(pipe.errors == expected.errors.replacing("a.json", with: "standard input"), "\(options)")
      }
    }
  }

  @Test("Records of a slow producer are written as they arrive")
  func slowProducer() throws {
    let run = try ZminProgram.shell(
      """
      mkfifo in
      $ZMIN --format ndjson -j3 < in | { read a; echo "got $a" > first; cat > rest; } &
      exec 3> in
      printf '[ 1 ]\\n{ "a"' >&3
      for i in $(seq 100); do [ -s first ] && break; sleep 0.1; done
      cat first
      printf ': 2 }\\n' >&3
      exec 3>&-
      wait
      cat rest
      """, in: try Scratch())
    #expect(run.output == "got [1]\n{\"a\":2}\n")
  }

  @Test("An error is reported at once, even if the producer stays open")
  func quietProducer() throws {
    for options in Self.options {
      let run = try ZminProgram.shell(
        """
        mkfifo in
        $ZMIN $O --format ndjson < in > out 2> errors &
        exec 3> in
        for i in $(seq 30000); do echo '{"a": 1}'; done >&3
        printf '{x}                    \\n' >&3
        for i in $(seq 100); do [ -s errors ] && break; sleep 0.1; done
        cat errors
        """, ["O": options], in: try Scratch())
      #expect(run.output.contains("standard input:30001:2: "), "\(options)")
    }
  }

  @Test("A memory budget is kept, or is a usage error that names the smallest")
  func memoryBudget() throws {
    let scratch = try Scratch()
    try scratch.write("[" + Self.records.joined(separator: ",") + "]", to: "a.json")
    let little = try ZminProgram.shell("$ZMIN --mode streaming -j2 --memory-budget 5M a.json", in: scratch)
    #expect(little.ending == .exit(2) && little.output.isEmpty)
    let least = try #require(little.errors.firstMatch(of: /use at least (\d+)/)).1
    let run = try ZminProgram.shell(
      "$ZMIN -v --mode streaming -j2 --memory-budget \(least) a.json -o out && $ZMIN a.json | cmp out -", in: scratch)
    #expect(run.ending == .exit(0))
    #expect(run.errors.contains("1 worker, 2 slices of 32768 bytes"))
  }
}
