import ZminCodec
import ZminIO
package import SystemPackage
package import ZminMemory

/// The files of a bulk run, in the order in which they were found: one buffer of names, and a small record for each
/// file and each directory.
///
/// `@unchecked Sendable` because one thread fills it, and then many read it.
package final class FileList: @unchecked Sendable {
  /// A directory of the list.
  struct Directory: BitwiseCopyable {
    /// The directory that contains it, nil for an argument, whose name is its path.
    let parent: Int32?
    /// One number for all paths to the directory.
    let id: Int32
    let depth: Int32
    let nameBytes: Int32
    let nameOffset: Int
    /// The hash of the path below the argument, with its last slash.
    let hash: PathHash
    /// True if it may be a symbolic link to a directory.
    let followsLink: Bool
  }

  private var names: ChunkedBuffer<UInt8>
  private var directories: ChunkedBuffer<Directory>
  private var entries: ChunkedBuffer<FileEntry>
  /// The index of files by directory and name; nil as long as no file can come twice.
  private var index: EntryIndex?

  /// - Parameter ledger: The ledger of the memory.
  package init(ledger: MemoryLedger) {
    names = ChunkedBuffer(ledger: ledger)
    directories = ChunkedBuffer(ledger: ledger)
    entries = ChunkedBuffer(ledger: ledger)
  }

  /// The number of files.
  package var count: Int { entries.end }

  /// The size of its memory in bytes.
  package var byteCount: Int { names.byteCount + directories.byteCount + entries.byteCount + (index?.byteCount ?? 0) }

  package subscript(number: Int) -> FileEntry { entries[number] }

  // MARK: Names

  func name(_ entry: FileEntry) -> UnsafeBufferPointer<UInt8> {
    names.piece(at: entry.nameOffset, count: Int(entry.nameBytes))
  }

  func name(_ directory: Directory) -> UnsafeBufferPointer<UInt8> {
    names.piece(at: directory.nameOffset, count: Int(directory.nameBytes))
  }

  func directory(_ number: Int32) -> Directory { directories[Int(number)] }

  /// The name of a file as bytes.
  package func nameBytes(_ entry: FileEntry) -> [UInt8] { Array(name(entry)) }

  /// The size of the contents of a file in bytes, estimated where its name says that it is compressed.
  package func estimatedPlainBytes(of entry: FileEntry) -> Int64 {
    Codec.estimatedPlainBytes(ofName: name(entry), storedBytes: entry.storedBytes)
  }

  /// The suffixes of codecs that the names of files end in, nil among them if some have none.
  package var codecSuffixes: Set<String?> {
    Set((0..<count).lazy.map { Codec.suffix(ofName: self.name(self[$0])) })
  }

  /// The path of a file in messages.
  package func path(of entry: FileEntry) -> FilePath {
    guard let directory = entry.directory else { return FilePath(bytes: name(entry)) }
    guard let component = FilePath.Component(bytes: name(entry)) else { return path(ofDirectory: directory) }
    return path(ofDirectory: directory).appending(component)
  }

  /// The path of a directory in messages.
  func path(ofDirectory number: Int32) -> FilePath {
    // As components, the names of a deep directory would be joined in a time of the square of its depth.
    let slash = UInt8(ascii: "/")
    var path: [UInt8] = []
    for number in ancestors(of: number) {
      if !path.isEmpty, path.last != slash { path.append(slash) }
      path += name(directory(number))
    }
    return FilePath(bytes: path)
  }

  /// The directories that are arguments.
  var roots: some Sequence<Int32> { (0..<Int32(directories.end)).lazy.filter { self.directory($0).parent == nil } }

  /// The directories from the argument down to one, itself the last.
  func ancestors(of number: Int32) -> [Int32] {
    var chain = [number]
    while let parent = directory(chain[chain.count - 1]).parent { chain.append(parent) }
    return chain.reversed()
  }

  /// The names from the argument down to a directory, its own the last.
  func namesBelow(ofDirectory number: Int32) -> [[UInt8]] {
    ancestors(of: number).dropFirst().map { Array(name(directory($0))) }
  }

  /// The names from the argument down to a file, its own the last.
  package func namesBelow(of entry: FileEntry) -> [[UInt8]] {
    guard let directory = entry.directory else { return [lastName(of: entry)] }
    return namesBelow(ofDirectory: directory) + [nameBytes(entry)]
  }

  /// The names of the output of a file, from the argument down.
  package func namesBelow(of entry: FileEntry, as outputNames: OutputNames) -> [[UInt8]] {
    var names = namesBelow(of: entry)
    names[names.count - 1] = outputNames.output(of: names[names.count - 1])
    return names
  }

  /// The name of the output of a file.
  func outputName(of entry: FileEntry, as outputNames: OutputNames) -> [UInt8] {
    outputNames.output(of: entry.directory == nil ? lastName(of: entry) : nameBytes(entry))
  }

  /// The path of the argument above a file or, if the file is an argument, of its directory.
  func root(of entry: FileEntry) -> FilePath {
    entry.directory.map { path(ofDirectory: ancestors(of: $0)[0]) } ?? FilePath()
  }

  /// The hash of the path below the argument.
  package func hashBelow(of entry: FileEntry) -> PathHash {
    guard let directory = entry.directory else { return hash(of: lastName(of: entry), in: nil) }
    return hash(of: name(entry), in: directory)
  }

  func hash(of name: some Sequence<UInt8>, in directory: Int32?) -> PathHash {
    var hash = directory.map { self.directory($0).hash } ?? PathHash()
    hash.append(name)
    return hash
  }

  /// The name of a file that is listed by its whole path.
  private func lastName(of entry: FileEntry) -> [UInt8] {
    name(entry).split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? []
  }

  // MARK: Filling

  /// Keeps an index, so that files can be looked up, and no file is listed twice. Call it before the first file.
  package func keepIndex() {
    if index == nil { index = EntryIndex() }
  }

  /// - Returns: The offset of the name.
  func append(name: [UInt8]) throws(OutOfMemory) -> Int { try names.append(inOnePiece: name) }

  func append(_ directory: Directory) throws(OutOfMemory) -> Int32 {
    try directories.append(directory)
    return Int32(directories.end - 1)
  }

  /// Appends a file, unless the index has it already.
  func append(_ entry: FileEntry) throws(OutOfMemory) {
    let number = UInt32(entries.end)
    guard var index else { return try entries.append(entry) }
    self.index = nil
    defer { self.index = index }
    if index.insert(number, directoryID(of: entry), in: self, entry) { try entries.append(entry) }
  }

  /// Marks a file as a link to another one of the list.
  func skip(_ number: Int) { entries[number].access = .linkToTakenFile }

  /// Returns true if the directory has a listed file of that name. Needs the index (see ``keepIndex()``).
  func contains(_ name: [UInt8], inDirectory id: Int32) -> Bool {
    index?.contains(name, id, in: self) ?? false
  }

  func directoryID(of entry: FileEntry) -> Int32 { entry.directory.map { directory($0).id } ?? EntryIndex.noDirectory }
}

/// The numbers of files by directory and name: a hash table with open addressing.
struct EntryIndex {
  /// The ID for files that are listed by their whole path.
  static let noDirectory: Int32 = -1
  private static let none = UInt32.max

  private var slots = [UInt32](repeating: none, count: 64)
  private var count = 0

  var byteCount: Int { slots.count * MemoryLayout<UInt32>.stride }

  /// Adds a file.
  ///
  /// - Returns: False if its directory has one of that name.
  mutating func insert(_ number: UInt32, _ directory: Int32, in list: FileList, _ entry: FileEntry) -> Bool {
    if count * 3 >= slots.count * 2 { grow(list) }
    let slot = slot(of: list.name(entry), directory, in: list)
    guard slots[slot] == Self.none else { return false }
    slots[slot] = number
    count += 1
    return true
  }

  func contains(_ name: [UInt8], _ directory: Int32, in list: FileList) -> Bool {
    name.withUnsafeBufferPointer { slots[slot(of: $0, directory, in: list)] != Self.none }
  }

  private mutating func grow(_ list: FileList) {
    let old = slots
    slots = [UInt32](repeating: Self.none, count: 2 * old.count)
    for number in old where number != Self.none {
      let entry = list[Int(number)]
      slots[slot(of: list.name(entry), list.directoryID(of: entry), in: list)] = number
    }
  }

  /// The slot of a file, or the free slot for it.
  private func slot(of name: UnsafeBufferPointer<UInt8>, _ directory: Int32, in list: FileList) -> Int {
    var hash = PathHash()
    hash.append(name)
    let mixed = (hash.value ^ UInt64(UInt32(bitPattern: directory))) &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: mixed >> 20) & (slots.count - 1)
    while slots[slot] != Self.none {
      let entry = list[Int(slots[slot])]
      if list.directoryID(of: entry) == directory, list.name(entry).elementsEqual(name) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }
}
