import Foundation
import Glibc
import Testing

@Suite("README")
struct ReadmeTests {
  private let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: package.appending(path: path), encoding: .utf8)
  }

  /// The name of the newest dated file of a kind.
  private func newest(_ suffix: String) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: package.appending(path: "Benchmarks").path)
    return try #require(names.filter { $0.hasSuffix(suffix) }.max())
  }

  /// The part of the index of benchmarks between the marks of one of them.
  private func block(_ name: String) throws -> String {
    let readme = try text("Benchmarks/README.md")
    let start = try #require(readme.range(of: "<!-- benchmark: \(name) -->"))
    let end = try #require(readme.range(of: "<!-- end of benchmark: \(name) -->"))
    return String(readme[start.lowerBound..<end.upperBound])
  }

  @Test("The tables of Benchmarks/README.md are those of the newest dated files", arguments: ["peers", "bench"])
  func tables(_ name: String) throws {
    let figures = try text("Benchmarks/\(newest("-\(name).md"))")
    #expect(figures.contains(try block(name)), "run scripts/bench\(name == "peers" ? "-peers" : "") --update-readme")
  }

  /// Rates from file to file: a row for each path, a column for each document.
  @Test("The table of zmin bench says what the report in JSON says")
  func bench() throws {
    let (markdown, json) = (try newest("-bench.md"), try newest("-bench.json"))
    #expect(markdown.dropLast(3) == json.dropLast(5))
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(text("Benchmarks/\(json)").utf8)) as? [String: Any])
    let results = try #require(report["results"] as? [[String: Any]])
    let rows = try block("bench").split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let files = results.filter { $0["mode"] as? String == "file" }
    #expect(files.count > 8 && (rows.count - 2) * (rows[0].count - 1) == files.count)
    for result in files {
      let row = try #require(rows.first { $0[0] == result["label"] as? String })
      let column = try #require(rows[0].firstIndex { $0 == result["document"] as? String })
      let (rate, share) = (result["gigabytes_per_second"] as? Double, result["limit_share"] as? Double)
      #expect(result["verified"] as? Bool == true)
      #expect(row[column] == String(format: "%.2f (%.0f%%)", rate ?? -1, 100 * (share ?? -1)))
    }
    for key in ["version", "commit", "command", "date", "host", "advice"] {
      #expect(report[key] is NSNull == false, "\(key)")
    }
    // A path of the machine would say nothing to anybody.
    #expect((report["command"] as? String)?.contains(" /") == false)
  }

  @Test("The chart, and the text that stands for it, have the rates of the newest table of other programs")
  func chart() throws {
    let (readme, chart) = (try text("README.md"), try text("Benchmarks/peers.svg"))
    let table = try #require(try block("peers").components(separatedBy: "File to file").last)
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(rows.count > 6 && rows[0][1] == "pretty")
    for program in ["zmin", "cp", "json_reformat", "minify --json", "gojq", "jq"] {
      let row = try #require(rows.first { $0[0].trimmingPrefix("**").hasPrefix(program) })
      #expect(chart.contains(">\(row[1])</text>"), "run scripts/bench-peers --update-readme")
      #expect(readme.contains("\(program.prefix { $0 != " " }) \(row[1])"))
    }
  }

  /// Commands of the demonstration, each with the lines that it prints.
  private func demonstration() throws -> [(command: String, printed: String)] {
    let block = try #require(try text("README.md").firstMatch(of: /```console\n\$ ((?:(?!```).*\n)+)```/)).output.1
    return block.split(separator: "\n$ ").map { step in
      let lines = step.split(separator: "\n").map(String.init)
      return (lines[0], lines.dropFirst().joined(separator: "\n"))
    }
  }

  @Test("The demonstration prints what it shows, but for times")
  func demonstrates() throws {
    let scratch = try Scratch()
    symlink(ZminProgram.program, scratch.file("zmin"))
    _ = try ZminProgram.shell("\(package.path)/scripts/sample > sample.json", in: scratch)
    let steps = try demonstration()
    #expect(steps.count > 3)
    for (command, printed) in steps {
      if command.hasPrefix("cat ") {
        try scratch.write(printed + "\n", to: String(command.dropFirst(4)))
        continue
      }
      let run = try ZminProgram.shell("PATH=$PWD:$PATH; \(command)", in: scratch)
      let expected = printed.prefix(upTo: printed.firstRange(of: "%, ")?.lowerBound ?? printed.endIndex)
      #expect((run.output + run.errors).hasPrefix(expected), "\(command)")
    }
  }

  @Test("Every benchmark has its command in the guide")
  func guide() throws {
    let guide = try text("Documentation/Guide/Performance.md")
    for name in try FileManager.default.contentsOfDirectory(atPath: package.appending(path: "scripts").path)
    where name.hasPrefix("bench") { #expect(guide.contains("`scripts/\(name)`"), "\(name)") }
    #expect(try text("README.md").contains("Documentation/Guide/Performance.md"))
  }
}
