import Foundation
import Testing

@Suite("README")
struct ReadmeTests {
  private let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("Its table of peers is that of the newest dated file")
  func peers() throws {
    let readme = try String(contentsOf: package.appending(path: "README.md"), encoding: .utf8)
    let start = try #require(readme.range(of: "<!-- benchmark: peers -->"))
    let end = try #require(readme.range(of: "<!-- end of benchmark: peers -->"))
    let results = package.appending(path: "Benchmarks")
    let names = try FileManager.default.contentsOfDirectory(atPath: results.path)
    let newest = try #require(names.filter { $0.hasSuffix("-peers.md") }.max())
    let figures = try String(contentsOf: results.appending(path: newest), encoding: .utf8)
    #expect(figures.contains(readme[start.lowerBound..<end.upperBound]), "run scripts/bench-peers --update-readme")
  }
}
