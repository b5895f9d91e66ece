import Testing

@Suite("Compressed outputs") struct CompressedOutputTests {
  /// Makes `a.json` and compressed forms of it. Minified, they become smaller.
  private static let inputs = """
    seq 1 3000 | sed 's/.*/  { "id": & },/' > items; (echo '['; sed '$ s/,$//' items; echo ']') > a.json; rm items
    gzip -nk a.json; zstd -qk a.json; bzip2 -k a.json; xz -k a.json
    $ZMIN a.json > minified
    """

  private func run(_ command: String) throws -> ZminProgram.Run {
    try ZminProgram.shell("\(Self.inputs)\n\(command)", in: try Scratch())
  }

  @Test("--compress sets the form on standard output, and same is that of the first input")
  func standardOutput() throws {
    let run = try run(
      """
      $ZMIN --compress gzip a.json | gzip -dc | cmp - minified && echo gzip
      $ZMIN --compress same a.json.zst | zstd -dqc | cmp - minified && echo zstd
      $ZMIN --compress same < a.json.gz | gzip -dc | cmp - minified && echo same
      $ZMIN --compress gzip --layout bgzf a.json > b.gz
      cat b.gz | $ZMIN --compress same | cmp - b.gz && echo layout
      $ZMIN --compress same a.json | cmp - minified && $ZMIN --compress none a.json.gz | cmp - minified && echo plain
      printf '1\\n' > b.jsonl; printf '[\\n' > c.jsonl
      $ZMIN -q --compress gzip b.jsonl c.jsonl b.jsonl | gzip -dc
      """)
    #expect(run.output == "gzip\nzstd\nsame\nlayout\nplain\n1\n1\n", "\(run)")
  }

  @Test("The suffix of -o wins over the input, and --compress over the suffix")
  func namedOutput() throws {
    let run = try run(
      """
      $ZMIN a.json.gz -o b.json.zst && zstd -dqc b.json.zst | cmp - minified && echo zstd
      $ZMIN a.json.gz -o b.json && cmp b.json minified && echo plain
      $ZMIN a.json -o b.JSON.GZ && gzip -dc < b.JSON.GZ | cmp - minified && echo case
      $ZMIN a.json --compress gzip -o c && gzip -dc < c | cmp - minified && echo gzip
      $ZMIN a.json --compress none -o d.json.xz && cmp d.json.xz minified && echo none
      """)
    #expect(run.output == "zstd\nplain\ncase\ngzip\nnone\n", "\(run)")
  }

  @Test("Options that have no effect or ask for what a form lacks are usage errors")
  func usage() throws {
    let scratch = try Scratch()
    for (arguments, message) in [
      (["--level", "3"], "--level needs compressed output; use --compress, or -o with .gz or .zst"),
      (["-o", "a", "--layout", "blocks"], "--layout needs compressed output"),
      (["--never-larger"], "--never-larger needs compressed output"),
      (["--never-larger", "--compress", "gzip"], "--never-larger needs an output file"),
      (["-t", "--compress", "gzip"], "--compress cannot be used with --test or --check"),
      (["--compress", "gzip", "--level", "13"], "gzip has no level 13; use 1 to 12"),
      (["-o", "a.gz", "--level", "22"], "gzip has no level 22"),
      (["--compress", "zstd", "--level", "23"], "expected a number from 1 to 22"),
      (["--compress", "zstd", "--layout", "bgzf"], "zstd has no layout bgzf; use single or blocks"),
      (["--compressed"], "--compressed needs --recursive"),
    ] {
      let run = try ZminProgram.run(arguments + ["x.json"], in: scratch)
      #expect(run.ending == .exit(2) && run.errors.contains(message), "\(arguments): \(run)")
    }
  }

  @Test("In place, a compressed file keeps its form and becomes smaller, or stays as it was")
  func inPlace() throws {
    let run = try run(
      """
      $ZMIN -i a.json.gz a.json.zst && gzip -dc a.json.gz | cmp - minified && zstd -dqc a.json.zst | cmp - minified
      echo $?; stat -c %i a.json.gz a.json.zst > before
      $ZMIN -iv a.json.gz a.json.zst 2>&1 | grep -c unchanged; stat -c %i a.json.gz a.json.zst | cmp - before; echo $?
      """)
    #expect(run.output == "0\n2\n0\n", "\(run)")
  }

  @Test("In place, a file whose compressed output is not smaller is skipped, unless any size is allowed")
  func notSmaller() throws {
    let run = try run(
      """
      printf '[1] ' | gzip -n9 > b.json.gz; cp b.json.gz before; z="$ZMIN -i --layout bgzf"
      $z b.json.gz --log json; echo $?; cmp before b.json.gz; echo $?
      $z --dry-run b.json.gz
      $z --min-saving any b.json.gz; echo $?; gzip -dc b.json.gz; cmp -s before b.json.gz; echo $?
      """)
    #expect(run.output == "0\n0\nb.json.gz: would be unchanged\n0\n[1]1\n", "\(run)")
    #expect(run.errors.contains(#""status":"skipped""#) && run.errors.contains(#""reason":"not_smaller""#), "\(run)")
    #expect(run.errors.contains(#""skipped":1"#))
  }

  @Test("A compressed file is the old one or the new one after a kill at any time", arguments: ["gz", "zst"])
  func killed(_ suffix: String) throws {
    let run = try run(
      """
      for i in 1 2 3 4 5 6 7 8; do cat a.json; done > b.json
      (gzip -nc b.json > b.gz; zstd -qc b.json > b.zst); cp b.\(suffix) old; z="$ZMIN --format concat -i b.\(suffix)"
      $z; cp b.\(suffix) new; cmp -s old new; echo $?
      for i in $(seq 1 3 40); do
        cp old b.\(suffix); timeout -s KILL 0.0$(printf %02d $i) $z > /dev/null 2>&1
        cmp -s b.\(suffix) old || cmp b.\(suffix) new
      done; echo done
      """)
    #expect(run.output == "1\ndone\n", "\(run)")
  }

  @Test("--verify=stored reads outputs again from the disk")
  func readBack() throws {
    let run = try run(
      """
      z="$ZMIN --verify=stored"; $z a.json -o b.json && cmp b.json minified
      $z -i a.json.gz && gzip -dc a.json.gz | cmp - minified
      mkdir in; cp a.json in; $z -qr in --output-dir out && cmp out/a.json minified
      $z a.json; echo $?
      """)
    #expect(run.output == "2\n" && run.errors.contains("--verify=stored needs an output file"), "\(run)")
  }

  @Test("In place, another form than the input's must be asked for where the input's cannot be written")
  func otherForm() throws {
    let run = try run(
      """
      cp a.json.bz2 before; $ZMIN -i a.json.bz2 a.json.gz; echo $?; cmp before a.json.bz2; echo $?
      gzip -dc a.json.gz | cmp - minified; echo $?
      $ZMIN -i --compress gzip --min-saving any a.json.bz2; echo $?; gzip -dc < a.json.bz2 | cmp - minified; echo $?
      $ZMIN -i --compress none --min-saving any a.json.zst; echo $?; cmp a.json.zst minified; echo $?
      """)
    #expect(run.output == "2\n0\n0\n0\n0\n0\n0\n", "\(run)")
    #expect(
      run.errors.contains("zmin: a.json.bz2: bzip2 can be read and not written; use --compress gzip, zstd or none\n"))
  }

  @Test("A walk counts compressed files, and takes them with --compressed or a pattern that names the suffix")
  func walk() throws {
    let run = try run(
      """
      mkdir in; mv a.json a.json.* in; echo 1 > in/b.gz
      $ZMIN -r in --output-dir one; ls one
      rm in/*.bz2 in/*.xz
      $ZMIN -r in --compressed --output-dir two; ls two
      $ZMIN -r in --include '*.json.gz' --output-dir three; ls three; gzip -dc three/a.json.gz | cmp - minified
      """)
    #expect(run.output == "a.json\na.json\na.json.gz\na.json.zst\na.json.gz\n", "\(run)")
    #expect(
      run.errors.contains("zmin: not included: 1 with other names (use --include), 4 compressed (use --compressed)\n"))
    #expect(run.errors.ranges(of: "(use --compressed)").count == 1)
  }

  @Test("A mirror adapts the suffix to the form, and finds collisions before it writes")
  func mirror() throws {
    let run = try run(
      """
      mkdir in; mv a.json.bz2 in/a.json.bz2; mv a.json.gz in/b.json.gz; mv a.json in/c.json; cp a.json.xz in/D.json.XZ
      z="$ZMIN -r --compressed in"
      $z --output-dir zstd --compress zstd; ls zstd; for f in zstd/*; do zstd -dqc $f | cmp - minified; done
      $z --output-dir none --compress none; ls none; for f in none/*; do cmp $f minified; done
      $z --output-dir dry --compress gzip --dry-run | cut -d, -f1
      cp in/a.json.bz2 in/c.json.bz2; $z --output-dir no --compress gzip; echo $?; ls no 2> /dev/null
      """)
    #expect(
      run.output == """
        D.json.zst
        a.json.zst
        b.json.zst
        c.json.zst
        D.json
        a.json
        b.json
        c.json
        in/D.json.XZ: would be written to dry/D.json.gz
        in/a.json.bz2: would be written to dry/a.json.gz
        in/b.json.gz: would be written to dry/b.json.gz
        in/c.json: would be written to dry/c.json.gz
        2

        """, "\(run)")
    #expect(run.errors.contains("would become one file below --output-dir; nothing was done"), "\(run)")
  }

  @Test("The journal of compressed files is one of their sizes on the disk")
  func journal() throws {
    let run = try run(
      """
      mkdir in; mv a.json.gz a.json.zst in; z="$ZMIN -r --compressed in --journal j --output-dir out"
      $z; $z; touch -d yesterday out/a.json.gz; $z; echo x >> out/a.json.zst; $z
      $z --compress gzip --level 9 -q; ls out
      i="$ZMIN -ri --compressed in --journal i"; $i; $i; $i
      """)
    let lines = run.errors.split(separator: "\n").map { $0.prefix { $0 != ";" } }
    #expect(
      lines.prefix(4) == [
        "zmin: 2 files: 2 written", "zmin: 2 files: 2 skipped", "zmin: 2 files: 2 skipped",
        "zmin: 2 files: 1 written, 1 skipped",
      ], "\(run)")
    #expect(
      lines.suffix(3) == ["zmin: 2 files: 2 written", "zmin: 2 files: 2 skipped", "zmin: 2 files: 2 skipped"], "\(run)")
  }

  @Test("Log, statistics and summary have plain and stored sizes")
  func figures() throws {
    let run = try run(
      """
      cat a.json | wc -c; cat minified | wc -c; cat a.json.gz | wc -c
      $ZMIN a.json.gz -o b.json.zst --stats --log-file log; cat b.json.zst | wc -c; cat log
      """)
    let lines = run.output.split(separator: "\n")
    let (plain, minified, stored, written) = (lines[0], lines[1], lines[2], lines[3])
    let figures =
      #""bytes_in":\#(plain),"bytes_out":\#(minified),"stored_in":\#(stored),"stored_out":\#(written)"#
    #expect(run.output.ranges(of: figures).count == 2, "\(run)")
    #expect(run.errors.contains(", stored \(stored) to \(written) bytes, saved "), "\(run)")
  }

  @Test("Totals of input that is damaged say how much of it was read")
  func damagedTotals() throws {
    let run = try run(
      """
      head -c -4 a.json.gz > b.json.gz; wc -c < a.json; $ZMIN -t b.json.gz --log json 2>&1
      $ZMIN -i b.json.gz --log json 2>&1
      """)
    let lines = run.output.split(separator: "\n")
    #expect(run.output.ranges(of: #""status":"invalid","bytes_in":\#(lines[0]),"#).count == 2, "\(run)")
  }

  @Test("Output that is larger than its input is warned of once, and refused if asked")
  func larger() throws {
    let run = try run(
      """
      mkdir in; printf '[1] ' | gzip -n9 > in/r.json.gz; cp in/r.json.gz in/s.json.gz
      z="$ZMIN -r --compressed --layout bgzf in"
      $z --output-dir out; $z --output-dir two --never-larger; echo $?; ls two
      $ZMIN --never-larger --layout bgzf in/r.json.gz -o t.json.gz; echo $?; test -e t.json.gz; echo $?
      """)
    #expect(run.output == "1\n1\n1\n", "\(run)")
    #expect(run.errors.contains("r.json.gz: the output is larger than the input ("), "\(run)")
    let refusal = "in/r.json.gz: not written: compressed, the output is larger than the input ("
    #expect(run.errors.ranges(of: refusal).count == 2, "\(run)")
  }

  @Test("--max-plain-size refuses input that decodes to more")
  func plainSize() throws {
    let run = try run(
      """
      $ZMIN -t a.json.gz --max-plain-size 1000; echo $?; $ZMIN -t a.json.gz --max-plain-size 1M; echo $?
      $ZMIN -i a.json.gz --max-plain-size 1000 --log json; echo $?
      """)
    #expect(run.output == "1\n0\n1\n", "\(run)")
    #expect(run.errors.contains("the decoded data is longer than 1000 bytes, the size allowed"), "\(run)")
    #expect(run.errors.contains(#""code":"limit""#))
  }

  @Test("Bad lines of compressed files go to the record, in place too")
  func badLines() throws {
    let run = try run(
      """
      printf '{ "a": 1 }\\n[2\\n[ 3 ]\\n' | gzip -n > b.jsonl.gz
      $ZMIN -qi --bad-lines bad b.jsonl.gz; echo $?; gzip -dc b.jsonl.gz; cat bad
      """)
    #expect(run.output == "0\n{\"a\":1}\n[3]\n[2\n", "\(run)")
  }
}
