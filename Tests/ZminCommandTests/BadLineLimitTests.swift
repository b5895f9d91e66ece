import Foundation
import Glibc
import SystemPackage
import Testing
import ZminTestSupport

/// `--bad-lines FILE`: which inputs lose no line to it, what it takes of memory, and what is said of it.
@Suite("Limits of bad lines") struct BadLineLimitTests {
  private func run(
    _ script: String, _ files: [String: String] = [:]
  ) throws -> (run: ZminProgram.Run, scratch: Scratch) {
    let scratch = try Scratch(files)
    return (try ZminProgram.shell(script, in: scratch), scratch)
  }

  @Test("-v announces no slices for files whose lines are separated", arguments: [true, false])
  func announcement(_ isBulk: Bool) throws {
    let (run, _) = try run(
      """
      mkdir in; (yes '[ 1 ]' | head -n 100000; echo '{bad') > in/a.jsonl
      $ZMIN -v --mode streaming -j2 --bad-lines bad \(isBulk ? "-r in --output-dir out" : "in/a.jsonl -o out")
      wc -l < bad
      """)
    #expect(run.output == "1\n", "\(run)")
    #expect(run.errors.contains("windows of "), "\(run.errors)")
    #expect(!run.errors.contains("slices") && !run.errors.contains("mode streaming"), "\(run.errors)")
  }

  // MARK: What is not taken apart

  @Test(
    "Content that is not lines of JSON is left unchanged and unrecorded",
    arguments: [
      "iconv -t UTF-16 < a > x.jsonl", "iconv -t UTF-16LE < a > x.jsonl",
      "iconv -t UTF-32BE < a > x.jsonl", "sed 's/^/\\x1e/' < a > x.jsonl", "head -c 5000 /dev/zero > x.jsonl",
      "(cat a; head -c 600 /dev/zero; cat a) > x.jsonl",
    ])
  func notLines(_ command: String) throws {
    let (run, scratch) = try run(
      """
      \(command); cp x.jsonl y
      $ZMIN -i --max-bad-lines all --bad-lines bad x.jsonl; echo $?
      cmp x.jsonl y && echo same
      """,
      ["a": String(repeating: "[ 1 ]\n{bad\n", count: 20)])
    #expect(run.output == "1\nsame\n", "\(run)")
    #expect(scratch.text(of: "bad") == "")
    #expect(run.errors.hasPrefix("zmin: x.jsonl:"), "\(run.errors)")
  }

  @Test("A run of NULs among valid lines is one bad line")
  func tornRecord() throws {
    let (run, scratch) = try run(
      """
      (seq 2000; printf '{"a":'; head -c 600 /dev/zero; echo; seq 2000) > a.jsonl
      $ZMIN -q -i --bad-lines bad a.jsonl; echo $?; (seq 2000; seq 2000) | cmp - a.jsonl && wc -c < bad
      """)
    #expect(run.output == "0\n606\n", "\(run)")
    #expect(scratch.text(of: "bad")?.hasPrefix("{\"a\":\0") == true)
  }

  @Test("A file without a valid line is left unchanged")
  func noneValid() throws {
    let (run, scratch) = try run(
      "$ZMIN -i --max-bad-lines all --bad-lines bad a.jsonl; echo $?", ["a.jsonl": "{'a': 1}\n{'a': 2}\n"])
    #expect(run.output == "1\n" && run.errors.hasPrefix("zmin: a.jsonl:1:2: no valid line; "), "\(run)")
    #expect(scratch.text(of: "a.jsonl") == "{'a': 1}\n{'a': 2}\n" && scratch.text(of: "bad") == "")
  }

  @Test("More bad lines than 1% and ten leave the input unchanged")
  func limits() throws {
    let (run, scratch) = try run(
      """
      for n in 10 11; do
        (yes '[' | head -n $n; seq 100) > $n.jsonl; cp $n.jsonl $n
        $ZMIN -q -i --bad-lines bad $n.jsonl; echo $?; cmp -s $n $n.jsonl && echo same
      done
      $ZMIN -i --max-bad-lines 10% --bad-lines bad 11.jsonl; echo $?
      """)
    #expect(run.output == "0\n1\nsame\n0\n", "\(run)")
    #expect(run.errors.hasPrefix("zmin: 11.jsonl:1:2: 11 of 111 lines are not valid, more than the 10 allowed; "))
    #expect(run.errors.contains("; use --max-bad-lines to allow more\n"))
    #expect(scratch.text(of: "bad") == String(repeating: "[\n", count: 21))
  }

  // MARK: Memory

  @Test("A long bad line stays within the budget, and the error about a longer one names the option")
  func budget() throws {
    let (run, _) = try run(
      """
      (echo 1; printf '[x'; head -c 9M /dev/zero | tr '\\0' y; echo; echo 2) > bad.jsonl
      (echo 1; printf '["'; head -c 9M /dev/zero | tr '\\0' y; echo '" ]'; echo 2) > long.jsonl
      b="--format ndjson -q --memory-budget 19M --bad-lines bad"
      $ZMIN $b bad.jsonl; cat bad.jsonl | $ZMIN $b; $ZMIN $b long.jsonl | wc -c
      tail -n +2 bad.jsonl | head -n 1 > line; cat line line | cmp - bad && echo same
      cat long.jsonl | $ZMIN $b; echo $?
      cat long.jsonl | $ZMIN $b --memory-budget 29M | wc -c
      """)
    #expect(run.output == "1\n2\n1\n2\n9437193\nsame\n1\n3\n9437193\n", "\(run)")
    #expect(run.errors.contains("zmin: standard input:2:1: the line is longer than "), "\(run.errors)")
    #expect(run.errors.contains("; raise --memory-budget (to at least "), "\(run.errors)")
  }

  @Test("A pipe among many files may have a line as long as the budget allows")
  func pipeOfManyFiles() throws {
    let (run, _) = try run(
      """
      (printf '["'; head -c 9M /dev/zero | tr '\\0' y; echo '" ]') > long; mkfifo pipe
      for b in 19M 40M; do
        cat long > pipe & $ZMIN -q -t --format ndjson --bad-lines bad --memory-budget $b pipe b.ndjson; echo $?; wait
      done
      """, ["b.ndjson": "1\n"])
    #expect(run.output == "3\n0\n", "\(run)")
    #expect(run.errors.contains("zmin: pipe:1:1: the line is longer than "), "\(run.errors)")
  }

  @Test("A line of a pipe that is too long is an error before it ends")
  func endlessLine() throws {
    let (run, _) = try run(
      "(printf '['; yes '1,' | tr -d '\\n') | $ZMIN --format ndjson --memory-budget 19M --bad-lines bad; echo $?")
    #expect(run.output == "3\n", "\(run)")
  }

  // MARK: What is said

  @Test("The log has file and line of each bad line, and their number")
  func log() throws {
    let (run, _) = try run(
      "$ZMIN -r -j1 -t --bad-lines bad --log json in | grep -v progress", ["in/a.jsonl": "1\n\n [\r\n2\n{x"])
    #expect(
      run.errors.contains(
        #"{"event":"bad_line","path":"in/a.jsonl","line":3,"offset":3,"bytes":3,"message":"value not finished"#),
      "\(run)")
    #expect(
      run.errors.contains(#"{"event":"bad_line","path":"in/a.jsonl","line":5,"offset":9,"bytes":2,"message":"string"#))
    #expect(run.errors.contains(#""written":false,"bad_lines":2"#))
    #expect(run.errors.contains(#""skipped":0,"bad_lines":2"#))
  }

  @Test(
    "A record that is another file of the run is an error",
    arguments: [
      "-i a.jsonl --bad-lines a.jsonl", "-i a.jsonl --bad-lines link", "a.jsonl -o x --bad-lines x",
      "a.jsonl -o x --bad-lines ./x", "a.jsonl --bad-lines x --log-file x", "a.jsonl --bad-lines x --metrics-file x",
      "-ri in --bad-lines in/b.jsonl", "-rt in --bad-lines in/b.jsonl", "-ri in --bad-lines x --journal x",
      "-ri in --bad-lines x --journal ./x", "-ri in --bad-lines x --shard 0/1 --shard-plan x",
      "-i --files-from list --bad-lines list", "a.jsonl --bad-lines x >> x",
      "- --format ndjson --bad-lines a.jsonl < a.jsonl",
      "a.jsonl --bad-lines x --memory-report --memory-report-file x", "-r in --output-dir out --bad-lines out/b.jsonl",
    ])
  func apart(_ arguments: String) throws {
    let files = ["a.jsonl": "1\n[\n", "in/b.jsonl": "1\n[\n", "in/c.jsonl": "2\n", "list": "a.jsonl\n"]
    let (run, scratch) = try run("ln -s a.jsonl link; mkdir out; $ZMIN \(arguments)", files)
    #expect(run.ending == .exit(2), "\(run)")
    for (name, text) in files { #expect(scratch.text(of: name) == text || arguments.contains("out/"), "\(name)") }
    #expect([nil, ""].contains(scratch.text(of: "x")))
  }
}
