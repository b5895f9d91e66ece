import Foundation
import Glibc
import Testing

extension Scratch {
  /// Writes files, and the directories that they are in.
  convenience init(_ files: [String: String]) throws {
    try self.init()
    for (name, text) in files {
      let directory = URL(fileURLWithPath: file(name)).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try write(text, to: name)
    }
  }

  /// The contents of all regular files below a directory, by path.
  func tree(_ directory: String = "") -> [String: String] {
    let paths = FileManager.default.subpaths(atPath: file(directory)) ?? []
    return paths.reduce(into: [:]) { tree, path in
      let name = directory.isEmpty ? path : "\(directory)/\(path)"
      if status(of: name).st_mode & S_IFMT == S_IFREG { tree[path] = text(of: name) }
    }
  }
}

@Suite("Many files")
struct BulkTests {
  @Test("--output-dir mirrors the tree of inputs alone")
  func mirror() throws {
    let scratch = try Scratch([
      "in/a.json": "[ 1 ]", "in/d/e/b.jsonl": "{ }\n\n[ 2 ]", "in/d/c.txt": "[ 3 ]", "in/d/min.json": "[4]",
    ])
    let run = try ZminProgram.run(["-r", "in", "--output-dir", "out"], in: scratch)
    #expect(run.ending == .exit(0))
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("zmin: 3 files: 3 written; 18 B to 13 B, saved 27.8%"))
    #expect(scratch.tree("out") == ["a.json": "[1]", "d/e/b.jsonl": "{}\n[2]\n", "d/min.json": "[4]"])
    // Once more, over what is there; the directory of the outputs is not walked.
    #expect(try ZminProgram.run(["-q", "-r", ".", "--output-dir", "out"], in: scratch).ending == .exit(0))
    #expect(Set(scratch.tree("out").keys).contains("in/d/min.json"))
    #expect(!scratch.tree("out").keys.contains { $0.contains("out/") || $0.contains(".zmin-") })
  }

  @Test("An output keeps the mode of the file that it replaces")
  func modes() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]", "out/a.json": "old"])
    chmod(scratch.file("out/a.json"), 0o640)
    #expect(try ZminProgram.run(["-r", "in", "--output-dir", "out"], in: scratch).ending == .exit(0))
    #expect(scratch.status(of: "out/a.json").st_mode & 0o777 == 0o640)
    #expect(scratch.text(of: "out/a.json") == "[1]")
  }

  @Test("In place, one bad file does not stop the rest, and the summary says what failed")
  func inPlace() throws {
    let scratch = try Scratch([
      "in/a.json": "[ 1 ]", "in/b.json": "[1,]", "in/c.json": "1 2", "in/d/e.json": "[5]", "in/d/f.json": "[ 6 ]",
    ])
    symlink("a.json", scratch.file("in/l.json"))
    let run = try ZminProgram.run(["-ri", "in"], in: scratch)
    #expect(run.ending == .exit(1))
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0] == "zmin: in/b.json:1:4: trailing comma in array (byte 3)")
    #expect(lines[1] == "zmin: in/c.json:1:3: two values (byte 2); use --format concat")
    #expect(
      lines[2].hasPrefix(
        "zmin: 6 files: 2 written, 1 unchanged, 1 skipped, "
          + "2 not valid (1 with several values, see --format); "))
    #expect(lines[3] == "zmin: invalid files are named above; trying again will not help")
    #expect(
      scratch.tree("in")
        == ["a.json": "[1]", "b.json": "[1,]", "c.json": "1 2", "d/e.json": "[5]", "d/f.json": "[6]"])
    #expect(scratch.status(of: "in/l.json").st_mode & S_IFMT == S_IFLNK)
  }

  @Test("--follow-symlinks walks and replaces targets of links once")
  func followedLinks() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]", "other/b.json": "[ 2 ]"])
    symlink("../other", scratch.file("in/d"))
    symlink("../in", scratch.file("other/loop"))
    symlink("../other/b.json", scratch.file("in/l.json"))
    let run = try ZminProgram.run(["-ri", "--follow-symlinks", "in"], in: scratch)
    #expect(run.ending == .exit(0), "\(run.errors)")
    #expect(run.errors.hasPrefix("zmin: 3 files: 2 written, 1 skipped"))
    #expect(scratch.text(of: "in/a.json") == "[1]" && scratch.text(of: "other/b.json") == "[2]")
    #expect(scratch.status(of: "in/l.json").st_mode & S_IFMT == S_IFLNK)
    #expect(try ZminProgram.run(["-rt", "--follow-symlinks", "in"], in: scratch).ending == .exit(0))
  }

  @Test("Lists of names, with LF or NUL between them, keep their directories")
  func lists() throws {
    let scratch = try Scratch(["a/x.json": "[ 1 ]", "b/x.json": "[ 2 ]", "b/n\nl.json": "[ 3 ]", "c.json": "[ 4 ]"])
    try scratch.write("a/x.json\n./b/x.json\n\na/x.json\n\(scratch.path)/c.json", to: "list")
    #expect(try ZminProgram.run(["--files-from", "list", "--output-dir", "out"], in: scratch).ending == .exit(0))
    #expect(
      scratch.tree("out") == [
        "a/x.json": "[1]", "b/x.json": "[2]", "\(scratch.path.dropFirst())/c.json": "[4]",
      ])
    let piped = try ZminProgram.shell(
      "find a b -name '*.json' -print0 | $ZMIN -0 --files-from - --output-dir out2; find out2 -type f | wc -l",
      in: scratch)
    #expect(piped.output == "4\n")
    #expect(scratch.text(of: "out2/b/n\nl.json") == "[3]")
    for (list, part) in [("../x.json", ".."), ("a/../c.json", "..")] {
      try scratch.write(list, to: "list")
      let run = try ZminProgram.run(["--files-from", "list", "--output-dir", "out3"], in: scratch)
      #expect(run.ending == .exit(2))
      #expect(run.errors.contains(part))
    }
    #expect(!scratch.names.contains("out3"))
    try scratch.write("missing.json\nno/way.json\nc.json\na\n", to: "list")
    let missing = try ZminProgram.run(["-t", "--files-from", "list"], in: scratch)
    #expect(missing.ending == .exit(3))
    #expect(missing.errors.contains("zmin: missing.json: cannot open: No such file or directory\n"))
    #expect(missing.errors.contains("zmin: no/way.json: cannot open: No such file or directory\n"))
    #expect(missing.errors.contains("zmin: a: cannot read: Is a directory\n"))
  }

  @Test("Two inputs that would become one output are an error before anything is written")
  func collisions() throws {
    let scratch = try Scratch(["a/x.json": "[ 1 ]", "b/x.json": "[ 2 ]", "a/y.json": "[ 3 ]"])
    for paths in [["-r", "a", "b"], ["a/y.json", "a/x.json", "b/x.json"]] {
      let run = try ZminProgram.run(paths + ["--output-dir", "out"], in: scratch)
      #expect(run.ending == .exit(2))
      #expect(
        run.errors == "zmin: a/x.json and b/x.json would become one file below --output-dir; nothing was done\n")
      #expect(!scratch.names.contains("out"))
    }
    // Of one file nothing is twice.
    #expect(try ZminProgram.run(["a/x.json", "./a/x.json", "--output-dir", "out"], in: scratch).ending == .exit(0))
  }

  @Test("No output replaces an input")
  func inputsAsOutputs() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]", "in/d/a.json": "[ 2 ]"])
    let same = try ZminProgram.run(["-r", "in", "--output-dir", "in"], in: scratch)
    #expect(same.ending == .exit(2))
    #expect(same.errors.hasPrefix("zmin: in: the input and the output are the same file; use --in-place\n"))
    let above = try ZminProgram.run(["-r", "in/d", "in/a.json", "--output-dir", "in/d/.."], in: scratch)
    #expect(above.ending == .exit(2))
    let beside = try ZminProgram.run(["in/a.json", "--output-dir", "in"], in: scratch)
    #expect(beside.ending == .exit(2))
    #expect(beside.errors.contains("zmin: in/a.json: the input and the output are the same file; use --in-place\n"))
    #expect(scratch.tree("in") == ["a.json": "[ 1 ]", "d/a.json": "[ 2 ]"])
  }

  @Test("An output that would replace another input is an error before anything is written")
  func replacedInputs() throws {
    let scratch = try Scratch(["t/sub/a.json": "[ 1 ]", "t/sub/sub/a.json": "[ 2 ]", "t/sub/z.json": "[ 3 ]"])
    let before = scratch.tree()
    for options in [[], ["--dry-run"]] {
      let run = try ZminProgram.run(["-r", "t/sub", "--output-dir", "t"] + options, in: scratch)
      #expect(run.ending == .exit(2))
      #expect(run.output.isEmpty)
      #expect(
        run.errors
          == "zmin: t/sub/a.json: the output of t/sub/sub/a.json would replace this input; use another --output-dir\n")
      #expect(scratch.tree() == before)
    }
    try FileManager.default.removeItem(atPath: scratch.file("t/sub/sub/a.json"))
    try scratch.write("[ 4 ]", to: "t/sub/sub/b.json")
    let run = try ZminProgram.run(["-r", "t/sub", "--output-dir", "t"], in: scratch)
    #expect(run.ending == .exit(0))
    #expect(run.errors.hasPrefix("zmin: 3 files: 3 written"))
    #expect(scratch.text(of: "t/sub/b.json") == "[4]" && scratch.text(of: "t/sub/z.json") == "[ 3 ]")
  }

  @Test("Nothing is written outside the directory of the outputs, whatever links there are")
  func plantedLinks() throws {
    let scratch = try Scratch([
      "in/d/a.json": "[ 1 ]", "in/b.json": "[ 2 ]", "in/c.json": "[ 3 ]", "outside/a.json": "old", "out/x": "",
    ])
    symlink("../outside", scratch.file("out/d"))
    symlink("../outside/a.json", scratch.file("out/b.json"))
    let run = try ZminProgram.run(["-r", "in", "--output-dir", "out"], in: scratch)
    #expect(run.ending == .exit(3))
    #expect(
      run.errors.contains(
        "zmin: out/b.json: not replaced: it is a symbolic link; delete the link, or use another directory\n"))
    #expect(run.errors.contains("out/d"))
    #expect(scratch.tree("outside") == ["a.json": "old"])
    #expect(scratch.text(of: "out/c.json") == "[3]")
  }

  @Test("--test, --check and --dry-run read all files and write nothing")
  func inspections() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]", "in/d/b.json": "[2]"])
    let before = scratch.tree()
    #expect(try ZminProgram.run(["-rt", "in"], in: scratch).ending == .exit(0))
    let check = try ZminProgram.run(["-r", "--check", "in"], in: scratch)
    #expect(check.ending == .exit(1))
    #expect(check.errors.hasPrefix("zmin: in/a.json: not minified\n"))
    #expect(try ZminProgram.run(["-r", "--check", "in/d"], in: scratch).ending == .exit(0))
    let dry = try ZminProgram.run(["-r", "--dry-run", "in", "--output-dir", "out"], in: scratch)
    #expect(
      dry.output == """
        in/a.json: would be written to out/a.json, 5 to 3 bytes, would save 40.0%
        in/d/b.json: would be written to out/d/b.json, 3 to 3 bytes, would save 0.0%

        """)
    let inPlace = try ZminProgram.run(["-ri", "--dry-run", "in"], in: scratch)
    #expect(inPlace.output.contains("in/a.json: would be replaced, 5 to 3 bytes, would save 40.0%\n"))
    #expect(inPlace.output.contains("in/d/b.json: would be unchanged\n"))
    #expect(scratch.tree() == before)
  }

  @Test("Large files in slices and small files in parallel give the same bytes", arguments: ["1", "4"])
  func sizes(_ jobs: String) throws {
    let script = """
      mkdir -p in/d; for i in $(seq 40); do yes '{ "k" : [ 1 , "v  v" ] } ' | head -$((i * i)) > in/d/$i.jsonl; done
      yes '{ "k" : [ 1 , "v  v" ] } ' | head -500000 > in/large.jsonl
      { echo '['; yes '1 ,' | head -3000000; echo '2]'; } > in/x.json
      for mode in auto standard streaming; do
        $ZMIN -q -j \(jobs) --mode $mode -r in --output-dir out-$mode || echo failed
        (cd in; find . -type f) | while read f; do $ZMIN --mode standard in/$f | cmp - out-$mode/$f; done
      done
      """
    let run = try ZminProgram.shell(script, in: Scratch())
    #expect(run.output.isEmpty)
    #expect(run.errors.isEmpty)
  }

  @Test("Memory stays within the budget, and too small a budget is a usage error that names the smallest")
  func memoryBudget() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]", "in/b.jsonl": "1"])
    let run = try ZminProgram.run(["-r", "in", "--output-dir", "out", "--memory-budget", "1M"], in: scratch)
    #expect(run.ending == .exit(2))
    let least = try #require(run.errors.firstMatch(of: /use at least (\d+)/)?.output.1)
    #expect(!scratch.names.contains("out"))
    let enough = ["-r", "in", "--output-dir", "out", "--memory-budget", String(least)]
    #expect(try ZminProgram.run(enough, in: scratch).ending == .exit(0))
  }

  @Test("A walk without files is exit 1 if it checks, and names its directories, patterns and what it skipped")
  func nothing() throws {
    let scratch = try Scratch(["in/a.txt": "", "in/.git/a.json": "[1]"])
    let message = """
      zmin: no matching files in in (patterns: *.json, *.ndjson, *.jsonl, *.jsonlines; see --include)
      zmin: not included: 1 hidden (use --hidden), 1 with other names (use --include)

      """
    for (arguments, status) in [
      (["-rt"], 1), (["-qrt"], 1), (["-r", "--check"], 1), (["-rt", "--shard", "0/2"], 1), (["-ri"], 0),
      (["-r", "--output-dir", "out"], 0), (["-rt", "--hidden"], 0),
    ] as [([String], Int32)] {
      let run = try ZminProgram.run(arguments + ["in"], in: scratch)
      #expect(run.ending == .exit(status), "\(arguments)")
      if status == 1, !arguments.contains("--shard") { #expect(run.errors == message, "\(arguments)") }
    }
    // Only a part of the files is missing.
    try scratch.write("[1]", to: "in/a.json")
    for part in ["0/2", "1/2"] {
      #expect(try ZminProgram.run(["-rt", "--shard", part, "in"], in: scratch).ending == .exit(0))
    }
    #expect(try ZminProgram.run(["-t", "--files-from", "/dev/null"], in: scratch).ending == .exit(0))
  }

  @Test("--check finds an invalid file whose suffix is in capitals, and leaves hidden trees alone")
  func skipped() throws {
    let scratch = try Scratch(["in/a.json": "[1]", "in/B.JSON": "[1,]", "in/.vscode/c.json": "{ /* c */ }"])
    let run = try ZminProgram.run(["--check", "-r", "in"], in: scratch)
    #expect(run.ending == .exit(1))
    #expect(run.errors.contains("zmin: in/B.JSON:1:4: trailing comma in array (byte 3)\n"))
    #expect(run.errors.contains("zmin: not included: 1 hidden (use --hidden)\n"))
    let hidden = try ZminProgram.run(["--check", "-r", "--hidden", "in"], in: scratch)
    #expect(hidden.errors.contains("zmin: in/.vscode/c.json:1:3: comments are not JSON (byte 2)"))
    let log = try ZminProgram.run(["-rt", "--log", "json", "in"], in: scratch)
    #expect(log.errors.contains("\"hidden_not_processed\":1"))
  }

  @Test("A terminal shows progress on one line that is cleared at the end")
  func progress() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]"])
    let run = try ZminProgram.shell(
      """
      mkfifo in/slow; { sleep 2; echo '[ 2 ]'; } > in/slow &
      script -qec "$ZMIN -rt in in/slow" /dev/null | tr '\\r' '\\n'
      """, in: scratch)
    #expect(run.output.contains(" of 2 files  "))
    let shown = run.output.components(separatedBy: "\u{1B}[K")
    #expect(shown.count > 3)
    #expect(shown[shown.count - 1].contains("zmin: 2 files: 2 valid"))
  }
}
