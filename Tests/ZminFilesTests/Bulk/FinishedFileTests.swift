import Foundation
import Glibc
import SystemPackage
import Testing
import ZminFiles
import ZminIO
import ZminMemory

@Suite("Outputs that a journal knows") struct FinishedFileTests {
  private static let hash = Array("[1]".utf8).withUnsafeBytes { bytes in
    var hash = OutputHash()
    hash.append(bytes)
    return String(hash.value, radix: 16)
  }

  /// Whether an output that holds `text` counts as what a journal's line says.
  ///
  /// - Parameters:
  ///   - isMirrored: Whether it is in another directory, or the input itself.
  ///   - fields: The line's fields from the hash to the output's time; `TIME` stands for the time that the output has.
  private func isAsLeft(_ text: String, isMirrored: Bool, _ fields: String) throws -> Bool {
    let tree = try FileTree(["in/a.json": isMirrored ? "[ 1 ]" : text, "out/a.json": text])
    let list = try tree.walk(["in"])
    let files = FileAccess()
    let mirror = MirrorDirectory(tree.path("out"), root: try files.openDirectory(tree.path("out")))
    var cursor = DirectoryCursor(list, files: files, mirror: isMirrored ? mirror : nil)
    let name = isMirrored ? "out/a.json" : "in/a.json"
    let time = try #require(try files.statusIfPresent(of: tree.path(name))).modificationTime.sinceEpochNanoseconds
    try tree.write(
      """
      zmin1\t\(list[0].storedBytes)\t\(list[0].modifiedNanoseconds)\t3\t\(fields.replacing("TIME", with: "\(time)"))\
      \to\t1\t\(tree.path("in/a.json"))

      """, to: "journal")
    let journal = try Journal(
      at: tree.path("journal"), options: "o", version: "1", isSynced: false, files: files)
    let finished = try #require(try journal.finishedFiles(of: list)[0])
    return try cursor.isAsLeft(list[0], finished)
  }

  @Test("An output overwritten by as many bytes is not what was left", arguments: [true, false])
  func overwritten(_ isMirrored: Bool) throws {
    for fields in [Self.hash, "\(Self.hash)\t-", "\(Self.hash)\t17"] {
      #expect(try isAsLeft("[1]", isMirrored: isMirrored, fields), "\(fields)")
      #expect(try !isAsLeft("[2]", isMirrored: isMirrored, fields), "\(fields)")
    }
    #expect(try !isAsLeft("[1] ", isMirrored: isMirrored, "\(Self.hash)\t-"))
  }

  @Test("An output whose time proves that it is the same is not read", arguments: [true, false])
  func proven(_ isMirrored: Bool) throws {
    #expect(try isAsLeft("[2]", isMirrored: isMirrored, "\(Self.hash)\tTIME"))
  }

  @Test("What left no output is done, and an output that nothing tells of is not")
  func noHash() throws {
    #expect(try isAsLeft("[1]", isMirrored: false, "-\t-"))
    #expect(try !isAsLeft("[1]", isMirrored: true, "-\t-"))
  }
}
