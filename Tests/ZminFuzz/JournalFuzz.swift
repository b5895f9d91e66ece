import Foundation
import SystemPackage
import ZminFiles
import ZminIO
import ZminMemory

/// Any bytes as a journal or a shard plan. Both are read a second time, plainly, and nothing may count that is not a whole
/// line as zmin writes it.
///
/// Bytes from 0x80 on stand for whole lines, as chance would hardly make them.
enum JournalFuzz {
  private static let names = ["a.json", "b%\n.json"]
  private static let options = "o"
  private static let version = "1"

  @Sendable static func run(_ input: inout FuzzInput) throws {
    switch input.number(below: 2) {
    case 0: try readJournal(expanded(input.rest, journalLines))
    default: try readPlan(expanded(input.rest, planLines), partOf: input.number(below: 3))
    }
  }

  private static func expanded(_ bytes: [UInt8], _ lines: [String]) -> [UInt8] {
    bytes.flatMap { $0 < 0x80 ? [$0] : Array(lines[Int($0) % lines.count].utf8) }
  }

  // MARK: Journals

  private static let journalLines = [
    "zmin1\t1\t1000000000\t1\tab\to\t1\ta.json\n", "zmin1\t2\t1000000000\t0\t-\to\t1\tb%25%0A.json\n",
    "zmin1\t1\t1000000000\t7\tff\to\t1\ta.json",
    "zmin1\t1\t1000000000\t1\tab\t5\to\t1\ta.json\n", "zmin1\t1\t1000000000\t1\tab\tother\t1\ta.json\n",
    "zmin1\t1\t1000000000\t1\tab\to\t2\ta.json\n", "zmin1\t",
    "\t1000000000\t", "\to\t1\ta.json\n", "%0A", "9223372036854775807",
  ]

  private static func readJournal(_ bytes: [UInt8]) throws {
    let path = try Folder.shared.write(bytes, to: "journal")
    let journal: Journal
    do {
      journal = try Journal(at: path, options: options, version: version, isSynced: false, files: FileAccess())
    } catch is Journal.Foreign {
      if try Folder.shared.bytes(of: "journal") != bytes { fail("what is no journal was changed") }
      return
    }
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let list = Folder.shared.list
    for (number, finished) in try journal.finishedFiles(of: list).enumerated() {
      let last = bytes[..<end].split(separator: UInt8(ascii: "\n")).last { isLine($0, of: number) }
      let expected = last.flatMap { output(in: $0, number) }
      if finished?.storedOutputBytes != expected?.byteCount || finished?.outputNanoseconds != expected?.nanoseconds {
        fail("file \(number) is said to have left \(finished as Any), not \(expected as Any)")
      }
    }
    let entry = list[0]
    try journal.append([
      JournalRecord(
        path: Array(names[0].utf8), storedBytes: entry.storedBytes, modifiedNanoseconds: entry.modifiedNanoseconds,
        storedOutputBytes: 77, outputHash: nil)
    ])
    if try !Folder.shared.bytes(of: "journal").starts(with: bytes[..<end]) { fail("whole lines were changed") }
    if try journal.finishedFiles(of: list)[0]?.storedOutputBytes != 77 { fail("what was appended does not count") }
  }

  /// The path of a file as a journal has it.
  private static func escaped(_ number: Int) -> [UInt8] { Array(["a.json", "b%25%0A.json"][number].utf8) }

  private static func fields(_ line: ArraySlice<UInt8>) -> [String] {
    String(decoding: line, as: Unicode.ASCII.self).components(separatedBy: "\t")
  }

  /// The fields of a line of a journal. The output's time may be missing, as before it was known.
  private static func journalFields(_ line: ArraySlice<UInt8>) -> [String] {
    var fields = fields(line)
    if fields.count == 8 { fields.insert("-", at: 5) }
    return fields
  }

  /// Whether a line is about a file: nine fields, numbers where they belong.
  private static func isLine(_ line: ArraySlice<UInt8>, of number: Int) -> Bool {
    let fields = journalFields(line)
    guard fields.count == 9, fields[0] == "zmin1", fields[8].utf8.elementsEqual(escaped(number)) else { return false }
    return (1...3).allSatisfy { isNumber(fields[$0], mayBeNegative: $0 == 2) }
      && (fields[5] == "-" || isNumber(fields[5], mayBeNegative: true))
  }

  /// Whether a text is what a number is written as.
  private static func isNumber(_ text: String, mayBeNegative: Bool) -> Bool {
    Int64(text).map { "\($0)" == text && (mayBeNegative || $0 >= 0) } ?? false
  }

  /// What a line says that a file has left, if all the rest of it is so.
  private static func output(
    in line: ArraySlice<UInt8>, _ number: Int
  ) -> (byteCount: Int64?, nanoseconds: Int64?)? {
    let fields = journalFields(line)
    let isSame =
      fields[1] == "\(number + 1)" && fields[2] == "1000000000" && fields[6] == options && fields[7] == version
    return isSame ? (Int64(fields[3]), Int64(fields[5])) : nil
  }

  // MARK: Shard plans

  private static let planLines = [
    "zmin-shards1\t2\n", "root\t.\n", "0\t0\ta.json\n", "1\t0\tb/c.json\n", "1\t1\tb/c.json\n", "end\t1\n", "end\t2\n",
    "0\t0\t../a.json\n", "0\t0\t/a.json\n",
  ]

  private static func readPlan(_ bytes: [UInt8], partOf index: Int) throws {
    guard let shard = Shard(index: index, count: 2) else { return }
    let path = try Folder.shared.write(bytes, to: "plan")
    var found: [String] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    do {
      try ShardPlan.forEachFile(of: shard, in: path, roots: ["."], files: FileAccess()) { components, _ in
        if components.contains(where: { $0.kind != .regular }) { fail("a name that leads elsewhere") }
        found.append("\(components)")
      }
    } catch is ShardPlan.Unusable {
      return
    }
    let files = lines.filter { fields($0).count == 3 }
    guard let end = lines.last.map(fields), end.count == 2, end[0] == "end", Int(end[1]) == files.count else {
      fail("a plan without its end")
    }
    if found.count != files.count(where: { fields($0)[0] == "\(index)" }) { fail("other files than in the plan") }
  }
}

/// A folder of one process, with the files that journals are about.
private final class Folder: Sendable {
  static let shared = Folder()

  let list: FileList
  private let url: URL

  init() {
    url = URL(fileURLWithPath: "/dev/shm/zmin-fuzz-\(getpid())")
    list = FileList(ledger: MemoryLedger())
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      if !FileManager.default.changeCurrentDirectoryPath(url.path) { fail("cannot go to \(url.path)") }
      let walk = FileWalk(WalkRules(), files: FileAccess(), into: list) { fail("\($0)") }
      for (number, name) in ["a.json", "b%\n.json"].enumerated() {
        try Data(repeating: 0x31, count: number + 1).write(to: url.appendingPathComponent(name))
        var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        utimensat(AT_FDCWD, name, &times, 0)
        try walk.add(FilePath(name))
      }
    } catch {
      fail("\(error)")
    }
    atexit { try? FileManager.default.removeItem(atPath: "/dev/shm/zmin-fuzz-\(getpid())") }
  }

  func write(_ bytes: [UInt8], to name: String) throws -> FilePath {
    try Data(bytes).write(to: url.appendingPathComponent(name))
    return FilePath(name)
  }

  func bytes(of name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url.appendingPathComponent(name))) }
}
