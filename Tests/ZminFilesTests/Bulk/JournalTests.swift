import Foundation
import Glibc
import SystemPackage
import Testing
import ZminFiles
import ZminIO
import ZminMemory

@Suite("Journal")
struct JournalTests {
  /// A journal that no other has.
  ///
  /// Other tests start processes meanwhile, each of which has all that is open here, and the lock with it, for a moment.
  private func journal(_ tree: FileTree, options: String = "o p%t\n") throws -> Journal {
    for _ in 0..<1000 {
      do { return try openedJournal(tree, options: options) } catch is Journal.InUse { usleep(1000) }
    }
    return try openedJournal(tree, options: options)
  }

  private func openedJournal(_ tree: FileTree, options: String = "o p%t\n") throws -> Journal {
    try Journal(
      at: tree.path("journal"), options: options, version: "1", isSynced: true, files: FileAccess())
  }

  /// The sizes of the outputs of files that are done, -1 for those that are not.
  private func finished(_ journal: Journal, _ list: FileList) throws -> [Int64] {
    try journal.finishedFiles(of: list).map { $0?.storedOutputBytes ?? -1 }
  }

  private func record(_ list: FileList, _ number: Int, outputBytes: Int64 = 5) -> JournalRecord {
    let entry = list[number]
    return JournalRecord(
      path: list.path(of: entry).bytes, storedBytes: entry.storedBytes, modifiedNanoseconds: entry.modifiedNanoseconds,
      storedOutputBytes: outputBytes, outputHash: 0xAB)
  }

  @Test(
    "What is no journal stays as it is",
    arguments: ["{\"precious\":true}", "line 1\nline 2, cut off", "zmin2\t1\n", "x", "\n"])
  func foreign(_ content: String) throws {
    let tree = try FileTree(["journal": content])
    #expect(throws: Journal.Foreign.self) { try journal(tree) }
    #expect(try String(contentsOfFile: tree.path("journal").string, encoding: .utf8) == content)
  }

  @Test("A later run knows what is done, as long as it is as it was left")
  func finished() throws {
    let tree = try FileTree(["a\n%.json": "1", "b.json": "2", "c.json": "3"])
    let list = try tree.walk()
    do {
      let journal = try journal(tree)
      #expect(try finished(journal, list) == [-1, -1, -1])
      try journal.append([record(list, 0), record(list, 1, outputBytes: 7)])
    }
    #expect(try finished(journal(tree), list) == [5, 7, -1])
    #expect(try finished(journal(tree, options: "others"), list) == [-1, -1, -1])
    try tree.write("22", to: "b.json")
    let changed = try tree.walk()
    #expect(try finished(journal(tree), changed) == [5, -1, -1])
    // The last line of a file counts.
    try journal(tree).append([record(changed, 1, outputBytes: 9)])
    #expect(try finished(journal(tree), changed) == [5, 9, -1])
  }

  @Test("A line that was cut off anywhere is none, and the next one stands by itself")
  func cutOff() throws {
    let tree = try FileTree(["a.json": "1", "b.json": "2"])
    let list = try tree.walk()
    try journal(tree).append([record(list, 0)])
    let url = URL(fileURLWithPath: tree.path("journal").string)
    let whole = try Data(contentsOf: url)
    for length in 0..<whole.count {
      try whole.prefix(length).write(to: url)
      let journal = try journal(tree)
      #expect(try finished(journal, list) == [-1, -1])
      try journal.append([record(list, 1)])
      #expect(try finished(journal, list) == [-1, 5], "\(length)")
    }
    try (whole + whole.prefix(10)).write(to: url)
    #expect(try finished(journal(tree), list) == [5, -1])
  }

  @Test("Lines that are none of a journal are passed by")
  func foreignLines() throws {
    let tree = try FileTree(["a.json": "1"])
    let list = try tree.walk()
    let long = String(repeating: "x", count: 200_000)
    try tree.write("zmin1\t1\nhello\n\n\(long)\nzmin1\tx\t1\t1\t-\to\t1\ta.json\n", to: "journal")
    let journal = try journal(tree)
    try journal.append([record(list, 0)])
    #expect(try finished(journal, list) == [5])
  }

  @Test(
    "A line that zmin would not have written so says nothing",
    arguments: [
      ("+1", "5", "a%0A.json"), ("01", "5", "a%0A.json"), ("1", "-5", "a%0A.json"), ("1", "5", "a%+A.json"),
      ("1", "5", "a%0a.json"), ("1", "99999999999999999999", "a%0A.json"), ("1", "5", "a%0A.jso%6E"),
    ])
  func damagedLines(_ byteCount: String, _ outputBytes: String, _ name: String) throws {
    let tree = try FileTree(["a\n.json": "1"])
    let list = try tree.walk()
    func finishedSizes(_ byteCount: String, _ outputBytes: String, _ name: String) throws -> [Int64] {
      let time = list[0].modifiedNanoseconds
      try tree.write(
        "zmin1\t\(byteCount)\t\(time)\t\(outputBytes)\t-\to\t1\t\(tree.root)/\(name)\n", to: "journal")
      return try finished(journal(tree, options: "o"), list)
    }
    #expect(try finishedSizes("1", "5", "a%0A.json") == [5])
    #expect(try finishedSizes(byteCount, outputBytes, name) == [-1])
  }

  @Test("A line that does not know the output's time is understood, and one that does tells it")
  func outputTimes() throws {
    let tree = try FileTree(["a.json": "1", "b.json": "2", "c.json": "3"])
    let list = try tree.walk()
    func line(_ name: String, _ number: Int, _ fields: String) -> String {
      "zmin1\t1\t\(list[number].modifiedNanoseconds)\t5\tab\t\(fields)o\t1\t\(tree.root)/\(name)\n"
    }
    try tree.write(
      line("a.json", 0, "") + line("b.json", 1, "-\t") + line("c.json", 2, "17\t") + line("c.json", 2, "x\t"),
      to: "journal")
    let finished = try journal(tree, options: "o").finishedFiles(of: list)
    #expect(finished.map { $0?.storedOutputBytes } == [5, 5, 5])
    #expect(finished.map { $0?.outputHash } == [0xAB, 0xAB, 0xAB])
    #expect(finished.map { $0?.outputNanoseconds } == [nil, nil, 17])
  }

  @Test("One run has it at a time")
  func lock() throws {
    let tree = try FileTree()
    let first = try journal(tree)
    #expect(throws: Journal.InUse.self) { try openedJournal(tree) }
    withExtendedLifetime(first) {}
  }
}
