import Foundation
import Testing

@Suite("The newline at the end")
struct FinalNewlineTests {
  @Test(
    "json ends as --final-newline asks, in every mode and form",
    arguments: [
      ("none", "[ 1 ]", "[1]"), ("none", "[1]\n", "[1]"), ("keep", "[ 1 ]", "[1]"), ("keep", "[ 1 ]\n", "[1]\n"),
      ("keep", "[1]\n\n", "[1]\n"), ("keep", "[1]\r\n", "[1]\n"), ("keep", "[1]\n ", "[1]"), ("add", "[1]", "[1]\n"),
      ("add", "[ 1 ]\n", "[1]\n"), ("add", "\u{FEFF}7", "7\n"),
    ], ["standard", "streaming"])
  func rules(_ example: (rule: String, input: String, output: String), _ mode: String) throws {
    let scratch = try Scratch(["a.json": example.input])
    let options = ["--final-newline", example.rule, "--mode", mode]
    let run = try ZminProgram.run(options + ["a.json"], in: scratch)
    #expect(run.output == example.output && run.ending == .exit(0))
    #expect(try ZminProgram.run(options, input: example.input).output == example.output)
    _ = try ZminProgram.run(options + ["a.json", "-o", "b.json.gz"], in: scratch)
    #expect(try ZminProgram.shell("gzip -dc b.json.gz", in: scratch).output == example.output)
    _ = try ZminProgram.run(options + ["-i", "a.json"], in: scratch)
    #expect(scratch.text(of: "a.json") == example.output)
    #expect(try ZminProgram.run(options + ["--check", "a.json"], in: scratch).ending == .exit(0))
  }

  @Test("--check --final-newline keep accepts a minified file with and without a newline, and no other whitespace")
  func check() throws {
    let scratch = try Scratch(["a.json": "[1]\n", "b.json": "[1]", "c.json": "[1]\n\n", "d.json": "[1 ]\n"])
    func status(_ file: String, _ options: String...) throws -> ZminProgram.Ending {
      try ZminProgram.run(["--check", file] + options, in: scratch).ending
    }
    #expect(try status("a.json", "--final-newline", "keep") == .exit(0))
    #expect(try status("b.json", "--final-newline", "keep") == .exit(0))
    #expect(try status("c.json", "--final-newline", "keep") == .exit(1))
    #expect(try status("d.json", "--final-newline", "keep") == .exit(1))
    #expect(try status("a.json", "--final-newline", "add") == .exit(0))
    #expect(try status("b.json", "--final-newline", "add") == .exit(1))
    #expect(try status("b.json") == .exit(0))
    let refused = try ZminProgram.run(["--check", "a.json"], in: scratch)
    #expect(refused.ending == .exit(1))
    #expect(
      refused.errors
        == "zmin: a.json: not minified; use --final-newline keep to allow the newline at the end\n")
  }

  @Test("In place, a file that has its newline already is not written")
  func inPlace() throws {
    let scratch = try Scratch(["in/a.json": "[1]\n", "in/b.json": "[2]", "in/c.jsonl": "3\n"])
    let before = scratch.status(of: "in/a.json")
    let keep = try ZminProgram.run(["-ri", "--final-newline", "keep", "in"], in: scratch)
    #expect(keep.errors.hasPrefix("zmin: 3 files: 3 unchanged"))
    let add = try ZminProgram.run(["-ri", "--final-newline", "add", "in"], in: scratch)
    #expect(add.errors.hasPrefix("zmin: 3 files: 1 written, 2 unchanged"))
    #expect(scratch.tree("in") == ["a.json": "[1]\n", "b.json": "[2]\n", "c.jsonl": "3\n"])
    #expect(scratch.status(of: "in/a.json").st_ino == before.st_ino)
  }

  @Test("A terminal gets a newline after the JSON and before a message, unless none is asked for")
  func terminal() throws {
    let long = "[" + String(repeating: "1 ,", count: 200_000) + "]"
    let scratch = try Scratch(["a.json": "[ 1 ]", "b.json": long, "c.jsonl": "1\n"])
    func shown(_ arguments: String) throws -> String {
      try ZminProgram.shell("script -qec \"$ZMIN \(arguments)\" /dev/null", in: scratch).output
    }
    #expect(try shown("a.json") == "[1]\r\n")
    #expect(try shown("--final-newline none a.json") == "[1]")
    #expect(try shown("c.jsonl") == "1\r\n")
    // The output so far ends before the message, and not in it.
    #expect(try shown("b.json").contains(/^\[(1,)+1?,?\r\nzmin: b.json:1:600002: trailing comma in array.*\r\n$/))
    #expect(try shown("a.json > out; cat out") == "[1]")
  }

  @Test("The rule is refused where it has no effect")
  func refusals() throws {
    for arguments in [["-t", "a.json"], ["--format", "ndjson"], ["--format", "concat", "a.json"], ["-rt", "."]] {
      let run = try ZminProgram.run(["--final-newline", "add"] + arguments)
      #expect(run.ending == .exit(2))
      #expect(run.errors.hasPrefix("zmin: --final-newline cannot be used with "))
    }
  }

  @Test("A journal does not skip a file that was written under another rule")
  func journal() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]"])
    for rule in ["none", "add", "add"] {
      _ = try ZminProgram.run(
        ["-r", "in", "--output-dir", "out", "--journal", "j", "--final-newline", rule], in: scratch)
    }
    #expect(scratch.text(of: "out/a.json") == "[1]\n")
    #expect(scratch.text(of: "j")?.split(separator: "\n").count == 2)
  }
}
