import Testing
import ZminTestSupport

/// `zmin part` and `zmin join`, as tasks on several machines call them.
@Suite("Parts of one file") struct PartCommandTests {
  /// Makes an array, lines and values of some hundred kilobytes each.
  private static let inputs = """
    seq 4000 | awk '{ printf "%s{\\n  \\"id\\": %d,\\n  \\"text\\": \\"a \\\\\\"b\\\\\\" c %d\\"\\n}\\n",
      NR == 1 ? "[" : ",", $1, $1 } END { print "]" }' > a.json
    seq 9000 | awk '{ printf "{ \\"id\\": %d, \\"list\\": [ 1, 2, %d ] }\\n", $1, $1 }' > b.jsonl
    seq 9000 | awk '{ printf "{ \\"id\\": %d } [ %d ] \\"x\\"", $1, $1 }' > c.json
    parts() {
      for k in $(seq 0 $(($2 - 1)) | sort -R); do $ZMIN part $k/$2 $1 -o part-$k $3 $4 || echo "part $k: $?"; done
    }
    """

  private func run(_ command: String) throws -> ZminProgram.Run {
    try ZminProgram.shell("\(Self.inputs)\n\(command)", in: try Scratch())
  }

  @Test("Parts joined are the output of one run, in every format")
  func wholeFiles() throws {
    let run = try run(
      """
      for count in 1 2 7 64; do
        parts a.json $count; $ZMIN join part-* -o out.json && $ZMIN a.json | cmp - out.json && rm part-*
        parts b.jsonl $count; $ZMIN join part-* -o out.json && $ZMIN b.jsonl | cmp - out.json && rm part-*
        parts c.json $count --format concat
        $ZMIN join part-* -o out.json && $ZMIN --format concat c.json | cmp - out.json && rm part-*
      done
      ls part-* 2> /dev/null | wc -l
      """)
    #expect(run.output == "0\n" && run.errors.isEmpty, "\(run)")
  }

  @Test("An error has the message of one run, wherever it is")
  func errors() throws {
    let run = try run(
      """
      size=$(wc -c < a.json)
      for offset in 0 1 40 4000 $((size / 7)) $((size / 2)) $((size - 3)) $((size - 1)); do
        for byte in '"' ']' '}' x; do
          cp a.json e.json; printf %s "$byte" | dd of=e.json bs=1 seek=$offset conv=notrunc 2> /dev/null
          $ZMIN e.json -o whole 2> expected; status=$?
          parts e.json 7 2> /dev/null
          $ZMIN join part-* --input e.json -o out 2> found; [ $? = $status ] || echo "$offset $byte: not $status"
          cmp expected found || echo "$offset $byte"; rm -f part-* out
        done
      done
      head -c $((size - 2)) a.json > e.json; $ZMIN -t e.json 2> expected; parts e.json 7
      $ZMIN join part-* --input e.json -o out 2> found; echo $?; cmp expected found; test -e out || echo none
      """)
    #expect(run.output == "1\nnone\n", "\(run)")
  }

  @Test("A part with a wrong start is named without the input, and made again with it")
  func wrongStart() throws {
    let run = try run(
      """
      parts a.json 3; $ZMIN part 1/3 a.json -o part-1 --start string 2> /dev/null
      $ZMIN join part-* -o out.json 2> /dev/null; echo $?; test -e out.json || echo none
      $ZMIN join part-* -o out.json --input a.json; echo $?; $ZMIN a.json | cmp - out.json && echo same
      $ZMIN join part-* --no-assemble --input a.json --proof proof.json; echo $?
      """)
    let redo = #"{"redo":[{"part":"1/3","start":"between"}]}"#
    #expect(run.output.filter { !$0.isWhitespace }.hasPrefix(redo), "\(run)")
    #expect(run.output.hasSuffix("3\nnone\n0\nsame\n0\n"), "\(run)")
  }

  @Test("A part is made again only of the bytes that it was made of")
  func changedInput() throws {
    let run = try run(
      """
      # A long string with the looks of a list.
      { printf '[ "'; printf '%6d , ' $(seq 9000); printf '" ]'; } > d.json; tr 8 9 < d.json > e.json
      for k in 0 1 2; do $ZMIN part $k/3 d.json -o part-$k --start between; done
      $ZMIN join part-* -o out --input e.json; echo $?; test -e out || echo none
      $ZMIN join part-* -o out --input d.json; echo $?; $ZMIN d.json | cmp - out && echo same
      """)
    #expect(run.output == "1\nnone\n0\nsame\n", "\(run)")
    let reason = "e.json: not the file that part-1 was made of, or it has changed; make all parts again\n"
    #expect(run.errors.hasSuffix(reason), "\(run)")
  }

  @Test("A part that is made again and killed leaves no summary of another output")
  func killedAgain() throws {
    let run = try run(
      """
      parts a.json 3; $ZMIN a.json -o whole; mkdir old; cp part-* old; tr 1 2 < a.json > b.json; mv b.json a.json
      calls=rename,renameat,renameat2,linkat,unlink,unlinkat
      for k in 1 2 3 4 5 6; do
        cp old/* .
        strace -qq -o trace -e trace=$calls -e inject=$calls:signal=KILL:when=$k $ZMIN part 1/3 a.json -o part-1
        [ $? = 0 ] && break
        $ZMIN join part-? -o out 2> /dev/null && { cmp out whole && echo same || echo mixed; }
      done
      echo $k
      """)
    let lines = run.output.split(separator: "\n")
    #expect(lines.contains("same") && !lines.contains("mixed"), "\(run)")
    #expect(lines.last.flatMap { Int($0) }.map { (3...6).contains($0) } == true, "\(run)")
  }

  @Test("A task reads its range of the file from standard input")
  func ranges() throws {
    let run = try run(
      """
      size=$(wc -c < a.json)
      $ZMIN part --plan 5 --input-size $size | $ZMIN > plan.json
      grep -o '"start":[0-9]*,"end":[0-9]*' plan.json | tr -c '0-9\\n' ' ' > ranges; wc -l < ranges
      k=0; while read -r start end; do
        tail -c +$((start + 1)) a.json | head -c $((end - start)) \
          | $ZMIN part $k/5 --at $start --input-size $size --input-id tag -o part-$k - || echo $?
        k=$((k + 1))
      done < ranges
      $ZMIN join part-* -o out.json && $ZMIN a.json | cmp - out.json && echo same
      $ZMIN part 2/5 --at $((size / 2)) --input-size $size --input-id tag -o late - < a.json; echo $?
      """)
    #expect(run.output == "5\nsame\n1\n", "\(run)")
    #expect(run.errors.contains("standard input: part 2/5 needs the bytes from "), "\(run)")
  }

  @Test("Parts that do not belong together are refused, each with its reason")
  func mismatches() throws {
    let run = try run(
      """
      fresh() { rm -f part-*; parts a.json 4; }
      fresh; $ZMIN join part-0 part-1 part-3 -o out
      $ZMIN join part-0 part-0 part-1 part-2 part-3 -o out
      $ZMIN part 2/4 a.json -o part-2 --max-depth 9; $ZMIN join part-* -o out
      fresh; $ZMIN part 2/4 a.json -o part-2 --input-id other; $ZMIN join part-* -o out
      fresh; $ZMIN part 2/5 a.json -o part-2; $ZMIN join part-* -o out
      fresh; echo >> part-3; $ZMIN join part-* -o out
      fresh; sed -i 's/"zmin_version": "/&9/' part-2.summary; $ZMIN join part-* -o out
      fresh; echo '{}' > part-2.summary; $ZMIN join part-* -o out
      echo '{' > part-2.summary; $ZMIN join part-* -o out
      fresh; sed -i 's/"minified": /&9/' part-2.summary; $ZMIN join part-* -o out
      fresh; sed -i 's/"zmin_part": 1/"zmin_part": 2/' part-2.summary; $ZMIN join part-* -o out
      fresh; rm part-2.summary; $ZMIN join part-0 part-1 part-2 part-3 -o out; echo $?
      fresh; $ZMIN join part-* -o out --input b.jsonl; echo $?; test -e out || echo none
      """)
    let reasons = [
      "parts are missing: 2", "part 0 is given twice", "part-2: made with another format or depth",
      "part-2: a part of another file", "part-2: one of 5 parts, and the first part is one of 4",
      "part-3: has ", "part-2: made by zmin 9", "part-2.summary: not a summary of a part",
      "part-2.summary: not valid JSON", "part-2.summary: damaged", "part-2.summary: version 2 of the format",
      "part-2.summary: cannot open: No such file or directory", "b.jsonl: has ",
    ]
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == reasons.count, "\(run)")
    for (line, reason) in zip(lines, reasons) { #expect(line.contains(reason), "\(line)") }
    #expect(run.output == "3\n1\nnone\n", "\(run)")
  }

  @Test("What cannot be cut is refused, with the reason")
  func refusals() throws {
    let run = try run(
      """
      gzip -k a.json; $ZMIN part 0/2 a.json.gz -o p; echo $?
      mkfifo f; $ZMIN part 0/2 f -o p; echo $?
      for arguments in "" "0/2" "2/2 a.json -o p" "0/2 a.json" "0/2 - -o p" "--plan 3" "--plan 0 --input-size 4"; do
        $ZMIN part $arguments; echo $?
      done
      $ZMIN join; echo $?; $ZMIN join p; echo $?; test -e p || echo none
      """)
    #expect(run.output == "1\n1\n" + String(repeating: "2\n", count: 9) + "none\n", "\(run)")
    #expect(run.errors.contains("a.json.gz: is gzip data, which cannot be cut; decompress it first"), "\(run)")
  }

  @Test("The proof has the checksums of the input and the output")
  func proof() throws {
    let run = try run(
      """
      crc() { gzip -c $1 | tail -c 8 | head -c 4 | od -An -tx4 --endian=little | tr -d ' '; }
      parts b.jsonl 6; $ZMIN join part-* -o out.json --proof - | $ZMIN > proof.json
      output="{\\"size\\":$(wc -c < out.json),\\"crc32\\":\\"$(crc out.json)\\"}"
      grep -c "\\"crc32\\":\\"$(crc b.jsonl)\\"},\\"output\\":$output" proof.json
      # A part that ended early, as it began in a wrong state.
      $ZMIN part 3/6 b.jsonl -o part-3 --start string 2> /dev/null
      $ZMIN join part-* -o out.json --input b.jsonl --proof - | $ZMIN | cmp - proof.json && echo same
      """)
    #expect(run.output == "1\nsame\n", "\(run)")
  }
}
