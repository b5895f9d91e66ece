import Foundation
import SystemPackage
import Testing
import ZminFiles
import ZminIO
import ZminMemory

@Suite("Mirrored outputs")
struct MirrorTests {
  private func cursor(_ list: FileList, _ tree: FileTree) throws -> DirectoryCursor {
    let files = FileAccess()
    let path = tree.path("out")
    return DirectoryCursor(
      list, files: files, mirror: MirrorDirectory(path, root: try files.makeDirectory(path)))
  }

  private func write(_ text: String, to place: FilePlace) throws {
    var output = try OutputFile(at: place, using: FileAccess())
    try Array(text.utf8).withUnsafeBytes { try output.write($0) }
    try output.commit()
  }

  @Test("An output lies below the directory as its input does below the argument")
  func places() throws {
    let tree = try FileTree(["in/a.json": "1", "in/d/e/b.json": "2", "single.json": "3"])
    let list = try tree.walk(["in", "in/../single.json"])
    var cursor = try cursor(list, tree)
    for number in 0..<list.count {
      let place = try cursor.outputPlace(of: list[number])
      try write("\(number)", to: place)
    }
    for (name, text) in [("a.json", "0"), ("d/e/b.json", "1"), ("single.json", "2")] {
      #expect(try String(contentsOfFile: tree.path("out/\(name)").string, encoding: .utf8) == text)
    }
  }

  @Test("Links and special files in the way are refused, whatever they lead to")
  func links() throws {
    let tree = try FileTree(["in/d/a.json": "1", "in/b.json": "2", "outside/a.json": "old", "out/x": ""])
    try tree.link("out/d", to: "../outside")
    try tree.link("out/b.json", to: "../outside/a.json")
    let list = try tree.walk(["in"])
    var cursor = try cursor(list, tree)
    #expect(tree.names(list) == ["in/b.json", "in/d/a.json"])
    let place = try cursor.outputPlace(of: list[0])
    #expect(throws: FileError.refused(.path(tree.path("out/b.json")), .symbolicLink)) { try write("new", to: place) }
    #expect(throws: FileError.self) { try cursor.outputPlace(of: list[1]) }
    #expect(try String(contentsOfFile: tree.path("outside/a.json").string, encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: tree.path("outside").string) == ["a.json"])
  }

  @Test("A directory that is swapped for a link after it was opened keeps the output")
  func swappedDirectory() throws {
    let tree = try FileTree(["in/d/a.json": "1", "outside/x": ""])
    let list = try tree.walk(["in"])
    var cursor = try cursor(list, tree)
    let place = try cursor.outputPlace(of: list[0])
    try FileManager.default.moveItem(atPath: tree.path("out/d").string, toPath: tree.path("out/moved").string)
    try tree.link("out/d", to: "../outside")
    try write("new", to: place)
    #expect(try FileManager.default.contentsOfDirectory(atPath: tree.path("outside").string) == ["x"])
    #expect(try String(contentsOfFile: tree.path("out/moved/a.json").string, encoding: .utf8) == "new")
  }

  @Test("Two inputs of one path below their arguments collide")
  func collisions() throws {
    let tree = try FileTree(["a/x/1.json": "", "b/x/1.json": "", "b/x/2.json": "", "a/2.json": ""])
    #expect(try tree.walk(["a"]).firstCollision() == nil)
    let list = try tree.walk(["a", "b"])
    let collision = try #require(list.firstCollision())
    #expect([collision.0, collision.1].map(list.path(of:)) == [tree.path("a/x/1.json"), tree.path("b/x/1.json")])
    #expect(try tree.walk(["a", "b/x/2.json"]).firstCollision() != nil)
    #expect(try tree.walk(["a/x", "b/x/2.json"]).firstCollision() == nil)
  }
}
