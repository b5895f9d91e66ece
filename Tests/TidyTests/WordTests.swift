import Testing

/// Words that a machine can check. Documentation is about a subject: it starts with a verb or a noun.
@Suite struct WordTests {
  static let bannedOpeners = ["What", "Whether", "How", "There", "Hears", "Says", "Who", "Where", "Which", "Why"]

  @Test(arguments: ["Sources", "Tools", "Tests"]) func documentationStartsWithAVerbOrANoun(_ folder: String) throws {
    for file in Tree.files(below: folder, suffixes: [".swift", ".c", ".h"]) {
      let lines = try Tree.lines(of: file)
      for (number, line) in lines.enumerated() where isOpening(number, of: lines) {
        let opener = line.drop { " /*!-".contains($0) }.prefix { $0.isLetter }
        #expect(!Self.bannedOpeners.contains(String(opener)), "\(file):\(number + 1): \(line)")
      }
    }
  }

  @Test(arguments: ["Sources", "Tools", "Tests", "Shaders", "scripts"])
  func noLineIsLongerThan120Characters(_ folder: String) throws {
    for file in Tree.files(below: folder, suffixes: [".swift", ".c", ".h", ".comp", ".glsl", ".sh", ".py"]) {
      for (number, line) in try Tree.lines(of: file).enumerated() {
        #expect(line.count <= 120, "\(file):\(number + 1)")
      }
    }
  }

  /// A server passes the messages of the library on to its clients, who have no command line.
  @Test(arguments: [
    "Zmin", "ZminBase", "ZminCPU", "ZminCodec", "ZminCore", "ZminEngine", "ZminMemory", "ZminVulkan",
  ])
  func noMessageOfTheLibraryNamesAnOption(_ target: String) throws {
    for file in Tree.files(below: "Sources/\(target)", suffixes: [".swift"]) {
      for (number, line) in try Tree.lines(of: file).enumerated() {
        let isComment = line.drop { $0 == " " }.hasPrefix("//")
        #expect(isComment || !line.contains(/(^|[" (])--[a-z]/), "\(file):\(number + 1): \(line)")
      }
    }
  }

  /// True for the first line of a block of documentation, and for the text of a parameter.
  private func isOpening(_ number: Int, of lines: [Substring]) -> Bool {
    let line = lines[number].drop { $0 == " " }
    guard line.hasPrefix("///") || line.hasPrefix("/**") else { return false }
    return number == 0 || !lines[number - 1].drop { $0 == " " }.hasPrefix("///")
  }
}
