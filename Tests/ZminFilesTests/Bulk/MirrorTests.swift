import Foundation
import SystemPackage
import Testing
import ZminFiles
import ZminIO
import ZminMemory
import ZminTestSupport

@Suite("Mirrored outputs")
struct MirrorTests {
  private func cursor(_ list: FileList, _ tree: FileTree) throws -> DirectoryCursor {
    let files = FileAccess()
    let path = tree.path("out")
    return DirectoryCursor(
      list, files: files, mirror: MirrorDirectory(path, root: try files.makeDirectory(path)))
  }

  private func write(_ text: String, to entry: DirectoryEntryReference) throws {
    var output = try OutputFile(at: entry, using: FileAccess())
    try Array(text.utf8).withUnsafeBytes { try output.write($0) }
    try output.commit()
  }

  @Test("An output lies below the directory as its input does below the argument")
  func entries() throws {
    let tree = try FileTree(["in/a.json": "1", "in/d/e/b.json": "2", "single.json": "3"])
    let list = try tree.walk(["in", "in/../single.json"])
    var cursor = try cursor(list, tree)
    for number in 0..<list.count {
      let entry = try cursor.outputEntry(of: list[number])
      try write("\(number)", to: entry)
    }
    for (name, text) in [("a.json", "0"), ("d/e/b.json", "1"), ("single.json", "2")] {
      #expect(try String(contentsOfFile: tree.path("out/\(name)").string, encoding: .utf8) == text)
    }
  }

  @Test("Links and special files on the path are refused, whatever they lead to")
  func links() throws {
    let tree = try FileTree(["in/d/a.json": "1", "in/b.json": "2", "outside/a.json": "old", "out/x": ""])
    try tree.link("out/d", to: "../outside")
    try tree.link("out/b.json", to: "../outside/a.json")
    let list = try tree.walk(["in"])
    var cursor = try cursor(list, tree)
    #expect(tree.names(list) == ["in/b.json", "in/d/a.json"])
    let entry = try cursor.outputEntry(of: list[0])
    #expect(throws: FileError.refused(.path(tree.path("out/b.json")), .outputLink)) { try write("new", to: entry) }
    #expect(throws: FileError.self) { try cursor.outputEntry(of: list[1]) }
    #expect(try String(contentsOfFile: tree.path("outside/a.json").string, encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: tree.path("outside").string) == ["a.json"])
  }

  @Test("A directory that is swapped for a link after it was opened keeps the output")
  func swappedDirectory() throws {
    let tree = try FileTree(["in/d/a.json": "1", "outside/x": ""])
    let list = try tree.walk(["in"])
    var cursor = try cursor(list, tree)
    let entry = try cursor.outputEntry(of: list[0])
    try FileManager.default.moveItem(atPath: tree.path("out/d").string, toPath: tree.path("out/moved").string)
    try tree.link("out/d", to: "../outside")
    try write("new", to: entry)
    #expect(try FileManager.default.contentsOfDirectory(atPath: tree.path("outside").string) == ["x"])
    #expect(try String(contentsOfFile: tree.path("out/moved/a.json").string, encoding: .utf8) == "new")
  }

  @Test("Two inputs with one path below their arguments collide")
  func collisions() throws {
    let tree = try FileTree(["a/x/1.json": "", "b/x/1.json": "", "b/x/2.json": "", "a/2.json": ""])
    #expect(try collision(tree.walk(["a"]), tree) == nil)
    #expect(try collision(tree.walk(["a", "b"]), tree) == ["a/x/1.json", "b/x/1.json"])
    #expect(try collision(tree.walk(["a", "b/x/2.json"]), tree) == ["a/2.json", "b/x/2.json"])
    #expect(try collision(tree.walk(["a/x", "b/x/2.json"]), tree) == nil)
  }

  /// The names of two files whose outputs below `out` would be one.
  private func collision(_ list: FileList, _ tree: FileTree, files: FileAccess = FileAccess()) throws -> [String]? {
    guard let (one, other) = list.firstCollision(below: tree.path("out"), using: files) else { return nil }
    return [one, other].map { String(list.path(of: $0).string.dropFirst(tree.root.string.count + 1)) }
  }

  /// A file system that folds names below a directory, as FAT and APFS do.
  private func folded(_ directory: FilePath) -> FileAccess {
    FileAccess(
      calls: FaultyCalls(.init(folding: (directory, { $0.lowercased().decomposedStringWithCanonicalMapping }))))
  }

  @Test(
    "Two inputs collide only if the target takes their names for one",
    arguments: [
      ("a.json", "A.json"), ("d/e/a.json", "D/e/a.json"), ("d/ab.json", "d/aB.json"), ("\u{E9}.json", "E\u{301}.json"),
      ("\u{3C3}.json", "\u{3A3}.json"),
      (String(repeating: "x", count: 150) + "a.json", String(repeating: "x", count: 150) + "A.json"),
    ])
  func foldedCollisions(_ one: String, _ other: String) throws {
    for made in [[], ["out/z"], ["out/d/e/z"]] {
      let inputs = ["in/\(one)": "1", "in/\(other)": "2", "in/b.json": "3"]
      let tree = try FileTree(inputs.merging(made.map { ($0, "") }) { $1 })
      let list = try tree.walk(["in"])
      #expect(list.count == 3)
      #expect(try collision(list, tree) == nil)
      let found = try #require(try collision(list, tree, files: folded(tree.root)), "\(made)")
      #expect(Set(found) == ["in/\(one)", "in/\(other)"])
      #expect(try FileManager.default.subpathsOfDirectory(atPath: tree.root.string).count { $0.contains("zmin-") } == 0)
    }
  }

  @Test("A case-sensitive directory is asked once, however many names differ in case alone")
  func caseAlone() throws {
    let names = (0..<64).map { number in
      String("abcdef".enumerated().map { number >> $0 & 1 == 1 ? Character($1.uppercased()) : $1 })
    }
    let tree = try FileTree(Dictionary(uniqueKeysWithValues: names.map { ("in/\($0).json", "1") }))
    let calls = FaultyCalls(.init())
    #expect(try collision(tree.walk(["in"]), tree, files: FileAccess(calls: calls)) == nil)
    #expect(calls.log.count { $0 == .unlink } == 1)
  }

  @Test("An output that the target takes for an input is recognised as that input")
  func foldedInput() throws {
    let tree = try FileTree(["in/a.json": "1", "in/b.json": "2"])
    let files = folded(tree.root)
    let list = FileList(ledger: MemoryLedger())
    list.keepIndex()
    let walk = FileWalk(.everywhere, files: files, into: list) { Issue.record("\($0)") }
    try walk.add(tree.path("in"))
    let directory = try files.openDirectory(tree.path("in"))
    for (name, isInput) in [("a.json", true), ("A.JSON", true), ("c.json", false)] as [(FilePath.Component, Bool)] {
      let entry = DirectoryEntryReference(name, in: directory, path: tree.path("in").appending(name))
      #expect(try walk.hasInput(at: entry) == isInput, "\(name)")
    }
  }
}
