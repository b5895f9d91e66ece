import Foundation
import SystemPackage
import Testing
import ZminIO

/// Each message about content that is not JSON, and what its hint comes to when it is followed as printed.
@Suite("Hints about input that is not valid")
struct HintTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let title: String
    /// Shell commands that make the input.
    let making: String
    /// The input's name, nil for standard input, which then comes from the file `in`.
    var name: String? = "a.json"
    var options: [String] = []
    /// The message after `zmin: NAME:`.
    let message: String
    /// Output once the hint is followed; nil if there is no hint.
    var output: String?
    /// The error after the hint was followed, if it names the true reason.
    var laterError: String?
    /// The lines that `--bad-lines` diverted, if that is the hint.
    var badLines: String?
    /// Programs that the hint or the input needs.
    var tools: [String] = []

    var testDescription: String { title }
    var isRunnable: Bool { tools.allSatisfy(HintTests.isInstalled) }
  }

  private static func isInstalled(_ tool: String) -> Bool {
    ["/usr/bin", "/bin", "/usr/local/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }

  private static let missingTools = Set(HintTable.cases.flatMap(\.tools).filter { !isInstalled($0) })

  @Test(
    "A message names the content, and its hint gives the right bytes or the true reason", arguments: HintTable.cases)
  func hint(_ test: Case) throws {
    guard test.isRunnable else { return }
    let scratch = try Scratch()
    symlink(ZminProgram.program, scratch.file("zmin"))
    let name = test.name ?? "in"
    let making = try ZminProgram.shell(test.making.replacing("$F", with: "\"$F\""), ["F": quoted(name)], in: scratch)
    try #require(making.ending == .exit(0), "\(making.errors)")
    let first = try run(test.options + (test.name.map { ["--", $0] } ?? []), test.name == nil ? "in" : nil, scratch)
    let shown = FileName.path(FilePath(name))
    #expect(first.errors == "zmin: \(test.name == nil ? .standardInput : shown):\(test.message)\n")
    #expect(first.ending == .exit(1))
    guard let hint = first.errors.firstMatch(of: /\(byte \d+\); (.*)\n$/).map({ String($0.output.1) }) else {
      return #expect(test.output == nil && test.laterError == nil, "no hint: \(first.errors)")
    }
    // No command keeps every value: the hint only says what is to be done.
    if test.output == nil, test.laterError == nil { return #expect(!hint.contains("zmin") && !hint.contains("--")) }
    for shell in ["/bin/bash", "/bin/dash"] {
      let second = try follow(hint, test, name, shell, scratch)
      #expect(second.output == (test.output ?? ""), "\(shell): \(hint)")
      #expect(second.ending == .exit(test.laterError == nil ? 0 : 1), "\(shell): \(hint): \(second.errors)")
      if let laterError = test.laterError { #expect(second.errors.contains(laterError), "\(second.errors)") }
      if let badLines = test.badLines { #expect(scratch.text(of: "bad.txt") == badLines) }
      try? FileManager.default.removeItem(atPath: scratch.file("bad.txt"))
    }
  }

  /// Does what a hint says: a command as it stands, or the run once more with the option that is named.
  private func follow(
    _ hint: String, _ test: Case, _ name: String, _ shell: String, _ scratch: Scratch
  ) throws -> ZminProgram.Run {
    if hint.contains(" | zmin") {
      let command = hint.replacing(" FILE ", with: " $F ")
      let script = "PATH=$PWD:$PATH; F='\(quoted(name))'; \(command.replacing("$F", with: "\"$F\""))"
      return try ZminProgram.run(raw: [shell, "-c", script], in: scratch)
    }
    let option: [String]
    if hint == "use --bad-lines FILE to skip such lines" {
      option = ["--bad-lines", "bad.txt"]
    } else if hint == "use --max-depth N to allow more" {
      option = ["--max-depth", "1000"]
    } else {
      option = ["--format", try String(#require(hint.firstMatch(of: /^use --format (ndjson|concat)/)).output.1)]
    }
    return try run(
      test.options + ["--quiet"] + option + (test.name.map { ["--", $0] } ?? []), test.name == nil ? "in" : nil, scratch
    )
  }

  private func run(_ arguments: [String], _ input: String?, _ scratch: Scratch) throws -> ZminProgram.Run {
    let bytes = input.flatMap { FileManager.default.contents(atPath: scratch.file($0)) }
    return try ZminProgram.run(raw: [ZminProgram.program] + arguments, input: Array(bytes ?? Data()), in: scratch)
  }

  /// Escapes text for single quotes of a shell.
  private func quoted(_ name: String) -> String { name.replacing("'", with: "'\\''") }

  @Test(
    "Every tool that a hint names exists",
    .enabled(if: missingTools.isEmpty, "skipped, with the hints that name them: \(missingTools.sorted()) not installed")
  )
  func tools() {}

  @Test("A hint is in the log, apart from the message")
  func log() throws {
    let scratch = try Scratch(["a.json": "1 2"])
    let run = try ZminProgram.run(["--log", "json", "-t", "a.json"], in: scratch)
    #expect(run.errors.contains(#""message":"two values","hint":"use --format concat"}"#), "\(run.errors)")
  }

  @Test("--bad-lines is suggested only if it can be added")
  func withoutBadLines() throws {
    let scratch = try Scratch(["a.jsonl": "1\n[1,]\n"])
    let rehearsal = try ZminProgram.run(["-q", "--dry-run", "a.jsonl"], in: scratch)
    #expect(rehearsal.errors.hasPrefix("zmin: a.jsonl:2:4: trailing comma in array (byte 5)\n"), "\(rehearsal.errors)")
    let used = try ZminProgram.run(["-q", "--bad-lines", "bad.txt", "--max-bad-lines", "0", "a.jsonl"], in: scratch)
    #expect(
      used.errors.hasSuffix("trailing comma in array (byte 5); use --max-bad-lines to allow more\n"), "\(used.errors)")
  }
}
