import SystemPackage
import Testing
import ZminIO
import ZminTestSupport

@Suite("Folded names") struct FoldedNameTests {
  @Test("Two outputs are one only if the file system takes their names for one")
  func outputs() throws {
    let directory = try TemporaryDirectory()
    let folded = FileAccess(calls: FaultyCalls(.init(folding: (directory.path, { $0.lowercased() }))))
    let (one, other) = (directory.path("out.json"), directory.path("OUT.json"))
    #expect(try folded.isOneOutput(one, other))
    #expect(try !FileAccess().isOneOutput(one, other))
    #expect(try !folded.isOneOutput(one, directory.path("other.json")))
    for (files, isOne) in [(folded, true), (FileAccess(), false)] {
      let resolvedLocation = try [one, other].map { try #require(files.resolvedLocation(of: .path($0))) }
      #expect(resolvedLocation[0].isOneFile(with: resolvedLocation[1]) == isOne)
    }
    #expect(directory.names == [])
  }

  @Test(
    "Names that some file system takes for one have equal keys",
    arguments: [
      ("a", "A"), ("\u{E9}", "E\u{301}"), ("\u{DF}", "SS"), ("\u{1E9E}", "ss"), ("\u{3C2}", "\u{3A3}"),
      ("k", "\u{212A}"), ("a\u{AD}b", "AB"), ("\u{17F}", "S"),
    ] as [(FilePath.Component, FilePath.Component)])
  func keys(_ one: FilePath.Component, _ other: FilePath.Component) {
    #expect(one.foldedKey == other.foldedKey)
  }

  @Test("Names that no file system takes for one have different keys")
  func differentKeys() {
    let names: [FilePath.Component] = ["a", "b", "ab", "a.", "\u{E9}", "e", "1", "\u{4E00}"]
    #expect(Set(names.map(\.foldedKey)).count == names.count)
  }
}
