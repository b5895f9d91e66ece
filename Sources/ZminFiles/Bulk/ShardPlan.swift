package import SystemPackage
import ZminBase
package import ZminIO

/// A cut of files into parts that have about the same number of bytes each, written down, as live sizes change while
/// files are rewritten.
///
/// It is a text: `zmin-shards1` and the number of parts; a line `root` for each argument; a line for each file, with its
/// part, the number of its argument and the path below it (from the number of arguments on: of what is in the same
/// directory as the argument); and a last line, `end` and the number of files. Fields have tabs
/// between them.
package struct ShardPlan {
  /// Why a file is no plan for this run.
  package struct Unusable: Error {
    package let reason: String
  }

  private static let mark = "zmin-shards1"
  private static let lineBytesMax = 32 << 10
  private static let heldBytesMax = 64 << 10
  private static let tab = UInt8(ascii: "\t")

  private let list: FileList
  private let shards: Int
  /// The part of each file.
  package let parts: [Int32]

  /// Gives each file, from the largest on, to the part that has the fewest bytes so far.
  package init(_ list: FileList, shards: Int) {
    var loads = LoadHeap(count: shards)
    var parts = [Int32](repeating: 0, count: list.count)
    let numbers = (0..<list.count).sorted { (list[$1].storedBytes, $0) < (list[$0].storedBytes, $1) }
    // Files of nothing are some work too.
    for number in numbers { parts[number] = loads.addToLeast(max(1, Int(list[number].storedBytes))) }
    self.list = list
    self.shards = shards
    self.parts = parts
  }

  // MARK: Writing

  /// Writes the plan, whole or not at all.
  ///
  /// - Parameter roots: The arguments.
  /// - Returns: False if there is a file already: that one counts.
  /// - Throws: ``FileError``.
  package func publish(at path: FilePath, roots: [FilePath], files: FileAccess) throws(FileError) -> Bool {
    var output = try OutputFile(at: path, using: files)
    var held = Self.line([Array(Self.mark.utf8), Array("\(shards)".utf8)])
    for root in roots { held += Self.line([Array("root".utf8), EscapedPath.escaped(root.bytes)]) }
    let numbers = Dictionary(Self.bases(roots).enumerated().map { ($1, $0) }) { first, _ in first }
    for number in 0..<list.count {
      let entry = list[number]
      let names = list.namesBelow(of: entry).joined(separator: [UInt8(ascii: "/")])
      let fields = [parts[number], Int32(numbers[list.root(of: entry)] ?? 0)].map { Array("\($0)".utf8) }
      held += Self.line(fields + [EscapedPath.escaped(names)])
      if held.count >= Self.heldBytesMax { try Self.write(&held, to: &output) }
    }
    held += Self.line([Array("end".utf8), Array("\(list.count)".utf8)])
    try Self.write(&held, to: &output)
    return try output.publish()
  }

  /// What the paths of files go down from: the arguments, and, for arguments that are files, what these are in.
  private static func bases(_ roots: [FilePath]) -> [FilePath] { roots + roots.map { $0.removingLastComponent() } }

  private static func line(_ fields: [[UInt8]]) -> [UInt8] { fields.joined(separator: [tab]) + [UInt8(ascii: "\n")] }

  private static func write(_ bytes: inout [UInt8], to output: inout OutputFile) throws(FileError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try output.write(bytes) }
    }
    bytes = []
    try result.get()
  }

  // MARK: Reading

  /// Calls `body` with the path of each file of a part, below its root, and `others` with those of other parts.
  ///
  /// - Throws: ``Unusable``, ``FileError/system(_:)``, and what `body` throws.
  package static func forEachFile(
    of shard: Shard, in path: FilePath, roots: [FilePath], files: FileAccess,
    others: (FilePath.ComponentView, FilePath) -> Void = { _, _ in },
    _ body: (FilePath.ComponentView, FilePath) throws -> Void
  ) throws {
    let file = try LineFile(reading: path, using: files)
    var reader = Reader(shard: shard, roots: roots)
    _ = try file.forEachLine(lineBytesMax: lineBytesMax) { line in
      reader.read(line.split(separator: tab, omittingEmptySubsequences: false), others, body)
    }
    if let failure = reader.failure { throw failure }
    if !reader.isAtEnd { throw Unusable(reason: "it is no whole shard plan") }
  }

  private struct Reader {
    private static let isNoPlan = Unusable(reason: "it is no shard plan")

    let shard: Shard
    let roots: [FilePath]
    let bases: [FilePath]
    var rootsRead: [[UInt8]] = []
    var lines = 0
    var fileCount = 0
    var isAtEnd = false
    var failure: (any Error)?

    init(shard: Shard, roots: [FilePath]) {
      self.shard = shard
      self.roots = roots
      bases = ShardPlan.bases(roots)
    }

    mutating func read(
      _ fields: [ArraySlice<UInt8>], _ others: (FilePath.ComponentView, FilePath) -> Void,
      _ body: (FilePath.ComponentView, FilePath) throws -> Void
    ) {
      guard failure == nil else { return }
      lines += 1
      if lines == 1 { return readHead(fields) }
      if fields.count == 2, fields[0].elementsEqual("root".utf8), fileCount == 0, !isAtEnd {
        rootsRead.append(EscapedPath.path(of: fields[1]) ?? [])
      } else if fields.count == 2, fields[0].elementsEqual("end".utf8) {
        if isAtEnd || Int(written: fields[1]) != fileCount { failure = Self.isNoPlan }
        isAtEnd = true
      } else {
        readFile(fields, others, body)
      }
    }

    private mutating func readHead(_ fields: [ArraySlice<UInt8>]) {
      guard fields.count == 2, fields[0].elementsEqual(ShardPlan.mark.utf8), let count = Int(written: fields[1])
      else {
        failure = Self.isNoPlan
        return
      }
      if count != shard.count {
        failure = Unusable(reason: "it is cut into \(count) parts, and --shard says \(shard.count)")
      }
    }

    private mutating func readFile(
      _ fields: [ArraySlice<UInt8>], _ others: (FilePath.ComponentView, FilePath) -> Void,
      _ body: (FilePath.ComponentView, FilePath) throws -> Void
    ) {
      if isAtEnd {
        failure = Self.isNoPlan
        return
      }
      if fileCount == 0, rootsRead != roots.map(\.bytes) {
        failure = Unusable(reason: "it was made for other paths")
        return
      }
      fileCount += 1
      guard fields.count == 3, let part = Int(written: fields[0]), let root = Int(written: fields[1]),
        bases.indices.contains(root), let names = EscapedPath.path(of: fields[2]).map(FilePath.init(bytes:)),
        names.isRelative, names.components.allSatisfy({ $0.kind == .regular })
      else {
        failure = Self.isNoPlan
        return
      }
      guard part == shard.index else { return others(names.components, bases[root]) }
      do { try body(names.components, bases[root]) } catch { failure = error }
    }
  }
}

/// How many bytes each part has, the least on top: a binary heap.
private struct LoadHeap {
  private var loads: [(bytes: Int, part: Int32)]

  init(count: Int) { loads = (0..<count).map { (0, Int32($0)) } }

  /// Adds to the part that has the least, of several the first.
  mutating func addToLeast(_ byteCount: Int) -> Int32 {
    let part = loads[0].part
    loads[0].bytes = loads[0].bytes.addingSaturated(byteCount)
    var index = 0
    while case let child = lesserChild(of: index), child < loads.count, loads[child] < loads[index] {
      loads.swapAt(child, index)
      index = child
    }
    return part
  }

  private func lesserChild(of index: Int) -> Int {
    let left = 2 * index + 1
    return left + 1 < loads.count && loads[left + 1] < loads[left] ? left + 1 : left
  }
}
