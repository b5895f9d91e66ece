import Testing

@Suite("Compressed input and output") struct CompressedInputTests {
  @Test("Compressed input is read from files and from standard input, under any name")
  func input() throws {
    let scratch = try Scratch()
    _ = try ZminProgram.shell("echo '[ 1 ]' | gzip -c > a.json; echo '[ 1 ]' | xz -c > b", in: scratch)
    #expect(try ZminProgram.run(["a.json"], in: scratch).output == "[1]")
    #expect(try ZminProgram.shell("$ZMIN < a.json; $ZMIN - < b; cat b | $ZMIN", in: scratch).output == "[1][1][1]")
    #expect(try ZminProgram.run(["-t", "a.json", "b"], in: scratch).ending == .exit(0))
    #expect(try ZminProgram.run(["--check", "a.json"], in: scratch).ending == .exit(1))
  }

  @Test("Input that comes byte by byte is recognised, and plain input is not waited for")
  func slowInput() throws {
    let scratch = try Scratch()
    _ = try ZminProgram.shell("echo '[ 1 ]' | gzip -c > a", in: scratch)
    let dribble = "for i in 1 2 3 4 5 6 7 8; do dd bs=1 count=1 status=none; sleep 0.02; done; cat"
    #expect(try ZminProgram.shell("(\(dribble)) < a | $ZMIN", in: scratch).output == "[1]")
    let lines = "(echo '{ }'; sleep 5) | $ZMIN --format ndjson | head -n 1"
    let run = try ZminProgram.shell("timeout 3 bash -c \"\(lines)\"; true", in: scratch)
    #expect(run.output == "{}\n")
  }

  @Test("The format of a compressed file is that of the name before its suffix")
  func format() throws {
    let scratch = try Scratch()
    _ = try ZminProgram.shell("printf '{ }\\n[ ]\\n' | gzip -c > a.jsonl.gz", in: scratch)
    #expect(try ZminProgram.run(["a.jsonl.gz"], in: scratch).output == "{}\n[]\n")
  }

  @Test("A file that is cut off is invalid, with its offsets, and no output appears")
  func truncated() throws {
    let scratch = try Scratch()
    _ = try ZminProgram.shell("echo '[ 1 ]' | gzip -nc | head -c 20 > a.json.gz", in: scratch)
    let run = try ZminProgram.run(["a.json.gz", "-o", "b.json"], in: scratch)
    #expect(run.ending == .exit(1))
    #expect(
      run.errors == """
        zmin: a.json.gz: the data ends early, within a member (byte 20 of the gzip data, byte 6 decoded)

        """)
    #expect(scratch.names == ["a.json.gz"])
    let log = try ZminProgram.run(["a.json.gz", "-o", "b.json", "--log", "json"], in: scratch).errors
    #expect(log.contains(#""status":"invalid""#))
    #expect(log.contains(#""error":{"code":"truncated","offset":20,"plain_offset":6,"#))
    #expect(log.contains(#""invalid":1,"failed":0"#))
  }

  @Test("The suffix of -o compresses, and one that zmin does not write is refused")
  func output() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.shell("echo '[ 1 ]' | $ZMIN -o a.json.gz && gzip -dc a.json.gz", in: scratch)
    #expect(run.output == "[1]" && run.ending == .exit(0))
    for name in ["b.json.bz2", "b.json.xz", "b.json.lz4"] {
      let run = try ZminProgram.run(["-o", name], input: "1", in: scratch)
      #expect(run.ending == .exit(2) && run.errors.contains("use .gz or .zst"))
    }
    #expect(scratch.names == ["a.json.gz"])
  }

  @Test("Standard input is read in the windows that it had, compressed or not")
  func windows() throws {
    let scratch = try Scratch()
    for command in ["$ZMIN < a", "cat a | $ZMIN", "$ZMIN a"] {
      let run = try ZminProgram.shell("printf '{\"a\":1}\n{\"b\":2}\n' > a; \(command)", in: scratch)
      #expect(run.output == "" && run.ending == .exit(1), "\(command): \(run)")
    }
  }

  @Test(
    "A budget that a decoder does not fit in is an error that names one that works",
    arguments: ["xz -9c < a > b", "cat a | zstd -qc --long=27 > b", "cat a | zstd -qc --long=26 > b"])
  func budget(_ command: String) throws {
    let run = try ZminProgram.shell(
      """
      (printf '['; head -c 100000 /dev/zero | tr '\\0' ' '; echo ']') > a; \(command); rm a
      mkdir in; for i in 1 2 3 4 5 6 7 8 9; do ln b in/$i.json; done
      for run in "-t b" "-t b --mode streaming" "-t -r in" "-t -r in --mode streaming"; do
        $ZMIN $run --memory-budget 40M > log 2>&1; echo $?
        budget=$(grep -m 1 -o 'at least [0-9]*)' log | grep -o '[0-9]*')
        $ZMIN $run --memory-budget $budget; echo $?
      done
      """, in: try Scratch())
    #expect(run.output == "1\n0\n1\n0\n1\n0\n1\n0\n", "\(run)")
  }
}
