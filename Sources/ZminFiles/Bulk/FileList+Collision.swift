package import SystemPackage
package import ZminIO

extension FileList {
  /// Finds two files whose outputs would be one file: their paths below the arguments are equal, or the file system
  /// takes them for one. Nil if there are none.
  ///
  /// The file system is asked only about paths that it might take for one, with a temporary in the output directory or,
  /// if that is missing, in the nearest directory above it. If it cannot be asked, only equal paths are found.
  ///
  /// - Complexity: O(*n*) for *n* files, and 12 bytes for each. A directory is asked once about names that differ in
  ///   ASCII case alone, and once for each pair of names that differ in other ways.
  package func firstCollision(
    below mirror: FilePath, named outputNames: OutputNames = OutputNames(), using files: FileAccess
  ) -> (FileEntry, FileEntry)? {
    var hashes = FoldedHashes(self, outputNames)
    var foldings = KnownFoldings(files)
    var slots = [UInt32](repeating: .max, count: max(64, (count * 3 / 2).nextPowerOfTwo))
    for number in 0..<count {
      let entry = self[number]
      let hash = hashes.hash(of: entry)
      var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
      while slots[slot] != .max {
        let other = self[Int(slots[slot])]
        if hashes.hash(of: other) == hash,
          isOneOutput(
            components(below: other, outputNames), components(below: entry, outputNames), below: mirror, using: files,
            &foldings)
        {
          return (other, entry)
        }
        slot = (slot + 1) & (slots.count - 1)
      }
      slots[slot] = UInt32(number)
    }
    return nil
  }

  /// Finds a file whose output would replace an input, and the path of that input. Nil if there is none.
  ///
  /// - Parameters:
  ///   - mirror: The directory of outputs.
  ///   - outputNames: The names of outputs.
  ///   - walk: The walk that filled the list, which must have an index.
  ///   - files: The access to files.
  /// - Throws: ``FileError/system(_:)`` if it is unknown.
  package func firstReplacedInput(
    below mirror: FilePath, named outputNames: OutputNames, of walk: FileWalk, using files: FileAccess
  ) throws(FileError) -> (entry: FileEntry, input: FilePath)? {
    // A directory that is missing has no inputs.
    guard let root = try? files.openDirectory(mirror) else { return nil }
    var cursor = DirectoryCursor(
      self, files: files, mirror: MirrorDirectory(mirror, root: root, names: outputNames), openDirectoriesMax: 64)
    var missing: Int32?
    for number in 0..<count {
      let entry = self[number]
      if let missing, missing == entry.directory { continue }
      guard let output = cursor.outputEntryIfPresent(of: entry) else {
        missing = entry.directory
        continue
      }
      if try walk.hasInput(at: output) { return (entry, output.path) }
    }
    return nil
  }

  private func isOneOutput(
    _ names: [FilePath.Component], _ others: [FilePath.Component], below mirror: FilePath, using files: FileAccess,
    _ foldings: inout KnownFoldings
  ) -> Bool {
    if names == others { return true }
    guard names.count == others.count, zip(names, others).allSatisfy({ $0.foldedKey == $1.foldedKey }),
      var directory = nearestDirectory(to: mirror, using: files)
    else { return false }
    var isThere = directory.path == mirror
    for (name, other) in zip(names, others) {
      let path = directory.path.appending(name)
      guard foldings.isOneName(name, other, in: directory.opened, path) else { return false }
      // A new directory will fold names as its parent does.
      let entry = DirectoryEntryReference(name, in: directory.opened, path: path)
      guard isThere, let next = try? files.openDirectory(at: entry) else {
        isThere = false
        continue
      }
      directory = (next, path)
    }
    return true
  }

  private func components(below entry: FileEntry, _ outputNames: OutputNames) -> [FilePath.Component] {
    namesBelow(of: entry, as: outputNames).compactMap { FilePath.Component(bytes: $0) }
  }

  private func nearestDirectory(
    to path: FilePath, using files: FileAccess
  ) -> (opened: OpenDirectory, path: FilePath)? {
    var path = path
    while true {
      if let opened = try? files.openDirectory(path) { return (opened, path) }
      if !path.removeLastComponent() { return nil }
    }
  }
}

/// The cached answers of directories about names that differ in ASCII case alone.
private struct KnownFoldings {
  private let files: FileAccess
  private var ignoresCase: [FileIdentity: Bool] = [:]

  init(_ files: FileAccess) { self.files = files }

  /// Returns true if a directory takes two names for one, false also if it cannot be asked.
  mutating func isOneName(
    _ one: FilePath.Component, _ other: FilePath.Component, in directory: OpenDirectory, _ path: FilePath
  ) -> Bool {
    if one == other { return true }
    let differsInCaseAlone = one.asciiLowercased == other.asciiLowercased
    if differsInCaseAlone, let answer = ignoresCase[directory.identity] { return answer }
    let answer = (try? files.isOneName(one, other, in: directory, path)) == true
    if differsInCaseAlone { ignoresCase[directory.identity] = answer }
    return answer
  }
}

extension FilePath.Component {
  fileprivate var asciiLowercased: [UInt8] {
    string.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  }
}

/// Hashes of paths below the arguments. Paths that a file system might take for one have equal hashes.
private struct FoldedHashes {
  private let list: FileList
  private let outputNames: OutputNames
  /// The hashes of directories, by number.
  private var known: [Int32: Int] = [:]

  init(_ list: FileList, _ outputNames: OutputNames) {
    self.list = list
    self.outputNames = outputNames
  }

  mutating func hash(of entry: FileEntry) -> UInt64 {
    let hash =
      if let directory = entry.directory {
        combine(hash(ofDirectory: directory), outputNames.output(of: list.nameBytes(entry)))
      } else {
        combine(0, list.namesBelow(of: entry, as: outputNames)[0])
      }
    return UInt64(bitPattern: Int64(hash))
  }

  private mutating func hash(ofDirectory number: Int32) -> Int {
    if let hash = known[number] { return hash }
    let hash = list.namesBelow(ofDirectory: number).reduce(0, combine)
    known[number] = hash
    return hash
  }

  private func combine(_ directory: Int, _ name: [UInt8]) -> Int {
    var hasher = Hasher()
    hasher.combine(directory)
    hasher.combine(FilePath.Component(bytes: name)?.foldedKey)
    return hasher.finalize()
  }
}

extension Int {
  /// The least power of two that is at least this.
  fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
