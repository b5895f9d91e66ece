import Foundation
import Testing

/// Documents name files that are there.
@Suite struct DocumentTests {
  static let documents =
    ["README.md", "HACKING.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "scripts/README.md"]
    + Tree.files(below: "Benchmarks", suffixes: [".md"])
    + Tree.files(below: "Documentation", suffixes: [".md"]) + Tree.files(below: "Sources", suffixes: ["README.md"])

  @Test(arguments: documents) func everyRelativeLinkLeadsToAFile(_ document: String) throws {
    let folder = Tree.root.appending(path: document).deletingLastPathComponent()
    for match in try Tree.text(of: document).matches(of: /\]\(([^)#\s]+)[^)]*\)/) {
      let link = String(match.output.1)
      if link.hasPrefix("http") { continue }
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: link).path), "\(document) links to \(link)")
    }
  }

  @Test func everyScriptIsListed() throws {
    let scripts = try FileManager.default.contentsOfDirectory(atPath: Tree.root.appending(path: "scripts").path)
    let list = try Tree.text(of: "scripts/README.md")
    for script in scripts where script != "README.md" { #expect(list.contains("| `\(script)` |"), "\(script)") }
  }

  @Test func everyTargetHasAReadme() throws {
    for target in try LayerTests.Manifest().targets {
      #expect(FileManager.default.fileExists(atPath: Tree.root.appending(path: "Sources/\(target)/README.md").path))
    }
  }

  @Test(arguments: ["Sources", "Tools", "Shaders", "Tests"]) func noMarkIsLeftInTheCode(_ folder: String) throws {
    let marks = ["TO" + "DO", "FIX" + "ME"]
    for file in Tree.files(below: folder) {
      for (number, line) in try Tree.lines(of: file).enumerated() {
        #expect(!marks.contains { line.contains($0) }, "\(file):\(number + 1)")
      }
    }
  }

  @Test(arguments: ["Sources", "Tools", "Tests"]) func noFileIsLongerThan400Lines(_ folder: String) throws {
    for file in Tree.files(below: folder) { #expect(try Tree.lines(of: file).count <= 401, "\(file)") }
  }
}
