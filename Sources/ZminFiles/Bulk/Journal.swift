package import SystemPackage
package import ZminIO

/// What a journal says of a file that is done.
package struct JournalRecord: Sendable, Equatable {
  /// The way to the input, as messages name it.
  package var path: [UInt8]
  /// The size of the input on the disk, as the run left it: in place, the size of the output.
  package var storedBytes: Int64
  package var modifiedNanoseconds: Int64
  /// The size of the output on the disk.
  package var storedOutputBytes: Int64
  /// Nil where there was no output.
  package var outputHash: UInt64?
  /// When the output was last changed; nil if it may change once more and keep this time.
  package var outputNanoseconds: Int64?

  package init(
    path: [UInt8], storedBytes: Int64, modifiedNanoseconds: Int64, storedOutputBytes: Int64, outputHash: UInt64?,
    outputNanoseconds: Int64? = nil
  ) {
    self.path = path
    self.storedBytes = storedBytes
    self.modifiedNanoseconds = modifiedNanoseconds
    self.storedOutputBytes = storedOutputBytes
    self.outputHash = outputHash
    self.outputNanoseconds = outputNanoseconds
  }
}

/// A file with a line for each input that is done, from which a later run knows what is left.
///
/// A line has fields with tabs between them: `zmin1`, the input's size and time in nanoseconds, the output's size, XXH64
/// (`-` for none) and time (`-` where an equal time would prove nothing), the options, the version, the path. Lines of
/// versions that did not know the output's time lack that field. A line without its end was cut off by a kill: it is
/// none, and goes before another is appended.
package final class Journal: Sendable {
  private static let mark = Array("zmin1".utf8)
  /// A path has 4096 bytes at most, three times as many when all are escaped.
  private static let lineBytesMax = 32 << 10
  private static let tab = UInt8(ascii: "\t")

  /// Another run has the journal.
  package struct InUse: Error {}
  /// The file is something else, and stays as it is.
  package struct Foreign: Error {}

  private let file: LineFile
  private let options: [UInt8]
  private let version: [UInt8]
  private let isSynced: Bool

  /// Opens a journal for this run alone.
  ///
  /// - Parameters:
  ///   - path: Where it is; it is made if there is none.
  ///   - options: What makes outputs what they are. Files that were done with others are not done.
  ///   - version: The program's version, in the same way.
  ///   - isSynced: Whether lines are brought to the disk.
  ///   - files: What it is opened with.
  /// - Throws: ``InUse``, ``Foreign``, ``FileError/system(_:)``.
  package init(
    at path: FilePath, options: String, version: String, isSynced: Bool, files: FileAccess
  ) throws {
    file = try LineFile(path, using: files)
    self.options = EscapedPath.escaped(options.utf8)
    self.version = EscapedPath.escaped(version.utf8)
    self.isSynced = isSynced
    guard try file.lock() else { throw InUse() }
    // A path that was mistyped may be anything: of what does not begin as a journal does, nothing is cut off.
    let mark = Self.mark + [Self.tab]
    guard mark.starts(with: try file.bytes(at: 0, atMost: mark.count)) else { throw Foreign() }
    let end = try file.forEachLine(lineBytesMax: Self.lineBytesMax) { _ in }
    if try file.byteCount() != end { try file.truncate(to: end) }
  }

  /// The files of a list that are done, and whose inputs are as they were left.
  ///
  /// - Returns: For each file what it has left, nil if it is not done.
  /// - Throws: ``FileError/system(_:)``.
  package func finishedFiles(of list: FileList) throws(FileError) -> [FinishedFile?] {
    let paths = PathIndex(list)
    var finished = [FinishedFile?](repeating: nil, count: list.count)
    _ = try file.forEachLine(lineBytesMax: Self.lineBytesMax) { line in
      guard let (record, isSame) = record(of: line), let number = paths.number(of: record.path, in: list) else {
        return
      }
      let entry = list[number]
      let isAsLeft =
        isSame && entry.storedBytes == record.storedBytes && entry.modifiedNanoseconds == record.modifiedNanoseconds
      finished[number] = isAsLeft ? FinishedFile(record) : nil
    }
    return finished
  }

  /// Appends a line for each of these files, all of which must be on the disk, and brings them there too.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func append(_ records: [JournalRecord]) throws(FileError) {
    guard !records.isEmpty else { return }
    try file.append(records.flatMap(line))
    if isSynced { try file.sync() }
  }

  // MARK: Lines

  private func line(_ record: JournalRecord) -> [UInt8] {
    let hash = record.outputHash.map { String($0, radix: 16) } ?? "-"
    let time = record.outputNanoseconds.map { "\($0)" } ?? "-"
    let numbers = [
      "\(record.storedBytes)", "\(record.modifiedNanoseconds)", "\(record.storedOutputBytes)", hash, time,
    ].map { Array($0.utf8) }
    let fields = [Self.mark] + numbers + [options, version, EscapedPath.escaped(record.path)]
    return Array(fields.joined(separator: [Self.tab])) + [UInt8(ascii: "\n")]
  }

  /// What a line says, and whether of these options and this version; nil if it is no line of a journal.
  private func record(of line: ArraySlice<UInt8>) -> (JournalRecord, isSame: Bool)? {
    var fields = line.split(separator: Self.tab, omittingEmptySubsequences: false)
    let none = [UInt8(ascii: "-")][...]
    if fields.count == 8 { fields.insert(none, at: 5) }
    guard fields.count == 9, fields[0].elementsEqual(Self.mark),
      let storedBytes = Int64(written: fields[1]), storedBytes >= 0, let modified = Int64(written: fields[2]),
      let storedOutputBytes = Int64(written: fields[3]), storedOutputBytes >= 0,
      let path = EscapedPath.path(of: fields[8])
    else { return nil }
    let outputNanoseconds = Int64(written: fields[5])
    guard outputNanoseconds != nil || fields[5] == none else { return nil }
    let record = JournalRecord(
      path: path, storedBytes: storedBytes, modifiedNanoseconds: modified, storedOutputBytes: storedOutputBytes,
      outputHash: UInt64(String(decoding: fields[4], as: UTF8.self), radix: 16), outputNanoseconds: outputNanoseconds)
    return (record, fields[6].elementsEqual(options) && fields[7].elementsEqual(version))
  }
}

extension FinishedFile {
  fileprivate init(_ record: JournalRecord) {
    storedOutputBytes = record.storedOutputBytes
    outputNanoseconds = record.outputNanoseconds
    outputHash = record.outputHash
  }
}

/// Numbers of files by their paths: an open hash table.
private struct PathIndex {
  private static let none = UInt32.max
  private var slots: [UInt32]

  init(_ list: FileList) {
    var size = 64
    while size * 2 < list.count * 3 { size *= 2 }
    slots = [UInt32](repeating: Self.none, count: size)
    for number in 0..<list.count {
      let slot = slot(of: list.path(of: list[number]).bytes, in: list)
      if slots[slot] == Self.none { slots[slot] = UInt32(number) }
    }
  }

  func number(of path: [UInt8], in list: FileList) -> Int? {
    let number = slots[slot(of: path, in: list)]
    return number == Self.none ? nil : Int(number)
  }

  private func slot(of path: [UInt8], in list: FileList) -> Int {
    var hash = PathHash()
    hash.append(path)
    var slot = Int(truncatingIfNeeded: hash.value ^ hash.value >> 32) & (slots.count - 1)
    while slots[slot] != Self.none, list.path(of: list[Int(slots[slot])]).bytes != path {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }
}
