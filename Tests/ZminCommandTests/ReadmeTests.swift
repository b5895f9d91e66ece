import Foundation
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

  /// The text between the marks of a benchmark.
  private func block(_ name: String) throws -> String {
    let readme = try text("README.md")
    let start = try #require(readme.range(of: "<!-- benchmark: \(name) -->"))
    let end = try #require(readme.range(of: "<!-- end of benchmark: \(name) -->"))
    return String(readme[start.lowerBound..<end.upperBound])
  }

  @Test("The README's tables are those of the newest dated files", arguments: ["peers", "bench"])
  func tables(_ name: String) throws {
    let figures = try text("Benchmarks/\(newest("-\(name).md"))")
    #expect(figures.contains(try block(name)), "run scripts/bench\(name == "peers" ? "-peers" : "") --update-readme")
  }

  /// Rates from file to file: a row for each path, a column for each document.
  @Test("The README's table of zmin bench matches the JSON report")
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

  @Test("Every benchmark has its command in the guide")
  func guide() throws {
    let guide = try text("Documentation/Guide/Performance.md")
    for name in try FileManager.default.contentsOfDirectory(atPath: package.appending(path: "scripts").path)
    where name.hasPrefix("bench") { #expect(guide.contains("`scripts/\(name)`"), "\(name)") }
    #expect(try text("README.md").contains("Documentation/Guide/Performance.md"))
  }
}
