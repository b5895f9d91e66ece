import Foundation
import Glibc
import Testing

/// Commands that README.md or an article gives, to be run as they stand.
struct Recipe: Sendable, CustomTestStringConvertible {
  let source: String
  /// The shells that the block is for: those marked `bash` are for bash alone.
  private(set) var shells: [String]
  let text: String

  private init(_ source: String, _ shells: [String], _ text: String) {
    self.source = source
    self.text = text
    self.shells = shells
    if isSlow { self.shells = [shells[shells.count - 1]] }
  }

  var testDescription: String { "\(source): \(text)" }

  /// True if a program feeds zmin or selects its inputs.
  var hasProducer: Bool { text.contains("gzip -dc") || text.contains("find ") || text.contains("sbatch ") }

  /// True if the recipe times or tests something, which takes long.
  var isSlow: Bool { text.contains("zmin bench ") || text.contains("zmin devices ") }

  /// True if bad lines are diverted.
  var divertsBadLines: Bool { text.contains("--bad-lines") }

  /// True if invalid input is an error. Reports are not input, bad lines may be diverted, a part may have no files, and
  /// a part of a file is never an error.
  var readsInputs: Bool {
    !(divertsBadLines && text.hasSuffix(".jsonl"))
      && !["jq ", "zmin bench --compare", "zmin devices", "zmin -ri dumps --shard"].contains { text.hasPrefix($0) }
      && !text.contains("dump.json")
  }

  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let all: [Recipe] = {
    let articles =
      (try? FileManager.default.contentsOfDirectory(atPath: package.path + "/Documentation/Guide")) ?? []
    let blocks = articles.sorted().filter { $0.hasSuffix(".md") }.flatMap { name in
      fences(in: "Documentation/Guide/\(name)").map { shells, text in
        Recipe(name, shells, text)
      }
    }
    return blocks
      + readmeLines.filter { !$0.hasPrefix("scripts/") }.map { line in
        Recipe("README.md", ["/bin/bash", "/bin/dash"], line)
      }
  }()

  static let leftOut = readmeLines.filter { line in !all.contains { $0.text == line } }

  /// Each line of README.md's blocks is a recipe, without the comment at its end.
  private static let readmeLines: [String] = fences(in: "README.md").flatMap { _, text in
    text.split(separator: "\n").map { String($0.replacing(/\s+#.*$/, with: "")) }
  }

  private static func fences(in path: String) -> [(shells: [String], text: String)] {
    guard let page = try? String(contentsOf: package.appending(path: path), encoding: .utf8) else { return [] }
    let isFence = /(?m)^```(sh|bash)\n((?:(?!```).*\n)+)```$/
    return page.matches(of: isFence).map { match in
      let shells = match.output.1 == "bash" ? ["/bin/bash"] : ["/bin/bash", "/bin/dash"]
      return (shells, match.output.2.trimmingCharacters(in: .newlines))
    }
  }

  /// Runs it on inputs that are as they should be, but for what `spoil` does to them and `before` to the shell.
  func run(
    in shell: String, before: String = ":", _ spoil: (Scratch) throws -> Void = { _ in }
  ) throws -> (scratch: Scratch, run: ZminProgram.Run) {
    let scratch = try RecipeInputs.scratch(Self.package)
    if text.contains("--check ") {
      _ = try ZminProgram.shell("$ZMIN -q -i *.json", in: scratch)
    }
    try spoil(scratch)
    // A part of a run is done by each of three machines in turn.
    let script =
      text.contains("$K") ? "code=0; for K in 0 1 2; do (\n\(text)\n) || code=$?; done; exit $code" : text
    let run = try ZminProgram.run(raw: [shell, "-c", "PATH=$PWD/bin:$PATH; \(before); \(script)"], in: scratch)
    return (scratch, run)
  }

  /// Files that are written to as a run goes on, or that have a name for what is not finished.
  static func isRecord(_ name: String) -> Bool {
    name.hasSuffix(".part") || name.hasPrefix("part-") || name.contains("journal") || name.hasSuffix(".log")
      || name.hasPrefix("state/") || name.contains(".zmin-") || name.contains(".prom")
      || ["j", "bad.txt", "dumps.plan"].contains(name)
  }

  /// True if a file is its old form, minified, without the recorded bad lines.
  static func isWithoutBadLines(_ text: String, _ old: String?, record: String?) -> Bool {
    guard let old, let record else { return false }
    let badLines = record.split(separator: "\n")
    let goodLines = old.split(separator: "\n").filter { !badLines.contains($0) }
    return text == goodLines.map { line in line.filter { $0 != " " } + "\n" }.joined()
  }

  /// True if the file is a complete report. Reports are different in each run.
  static func isWholeReport(_ name: String, _ text: String) -> Bool {
    if name.hasSuffix(".html") { return text.hasSuffix("</html>\n") }
    return ["bench.json", "old.json", "new.json"].contains(name)
      && (try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil
  }
}

/// The inputs of recipes.
enum RecipeInputs {
  /// An array of digits that compress to more than 16 KiB.
  static let large: String = {
    var state: UInt64 = 7
    let numbers = (0..<5000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return "\(state >> 20)"
    }
    return "[ \(numbers.joined(separator: ",\n  ")) ]\n"
  }()

  /// The inputs that are not valid in a spoilt directory.
  private static let spoilt = ["in.json", "huge.json", "events.json", "dumps/a.json", "inbox/b.json"]

  static func scratch(_ package: URL) throws -> Scratch {
    let scratch = try Scratch([
      "in.json": large, "huge.json": large, "dump.json": large, "events.json": large, "events.jsonl": "{ }\n[ 3 ]\n",
      "dumps/a.json": large, "dumps/b.json": "[ 1 ]", "dumps/2023/x/raw/b.json": "[ 2 ]",
      "dumps/2024/c.jsonl": "{ }\n[ 3 ]", "dumps/tmp/d.json": "[ 4 ]", "inbox/a.json": large, "inbox/b.json": "[ 2 ]",
      "zmin.log": #"{"event":"file","path":"a.json","status":"invalid","error":{"message":"two values"}}"# + "\n",
      "bad.log": #"{"event":"bad_line","path":"a.jsonl","line":2,"message":"two values on one line"}"# + "\n",
    ])
    try ClusterTools.install(in: scratch)
    try report.write(toFile: scratch.file("old.json"), atomically: false, encoding: .utf8)
    try report.write(toFile: scratch.file("new.json"), atomically: false, encoding: .utf8)
    _ = try ZminProgram.shell("gzip -k events.json", in: scratch)
    return scratch
  }

  /// A report of `zmin bench`.
  private static let report: String = {
    guard let scratch = try? Scratch(["events.json": large]) else { return "" }
    _ = try? ZminProgram.run(["bench", "--json-file", "report.json", "events.json"], in: scratch)
    return scratch.text(of: "report.json") ?? ""
  }()

  /// Makes inputs invalid at their end.
  static func spoil(_ scratch: Scratch) throws {
    for name in spoilt { try scratch.write((scratch.text(of: name) ?? "") + "]", to: name) }
    try scratch.write("{ }\n[ 3 \n", to: "events.jsonl")
    _ = try ZminProgram.shell("gzip -kf events.json", in: scratch)
  }

  /// Puts programs first that give a part of what they should, and fail.
  static func breakProducers(_ scratch: Scratch) throws {
    let programs = [
      "gzip": "case $1 in -dc) echo '[ 1 ]'; exit 1 ;; esac\nexec /bin/gzip \"$@\"",
      "find": "printf 'dumps/b.json\\0'; exit 1", "sbatch": "exit 1",
    ]
    for (name, script) in programs {
      chmod(try scratch.write("#!/bin/sh\n\(script)\n", to: "bin/\(name)"), 0o755)
    }
  }
}
