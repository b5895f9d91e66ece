import SystemPackage
package import ZminIO

extension FileList {
  /// Opens a directory step by step from its argument, as ``DirectoryChain/input(_:in:using:)`` does.
  ///
  /// - Throws: ``FileError/system(_:)``.
  func open(_ number: Int32, using files: FileAccess) throws(FileError) -> OpenDirectory {
    var chain = DirectoryChain(levelsMax: 1)
    return try chain.input(number, in: self, using: files).directory
  }
}

/// Opens the directories of inputs and outputs, and keeps some open, as files come by directory.
package struct DirectoryCursor {
  private let list: FileList
  private let files: FileAccess
  private let mirror: MirrorDirectory?
  private var inputs: DirectoryChain
  private var outputs: DirectoryChain

  /// - Parameters:
  ///   - list: The files.
  ///   - files: The access to files.
  ///   - mirror: The directory of the outputs, nil in place.
  ///   - openDirectoriesMax: The number of directories of inputs, and of outputs, that are held open.
  package init(_ list: FileList, files: FileAccess, mirror: MirrorDirectory?, openDirectoriesMax: Int = 8) {
    self.list = list
    self.files = files
    self.mirror = mirror
    inputs = DirectoryChain(levelsMax: openDirectoriesMax)
    outputs = DirectoryChain(levelsMax: openDirectoriesMax)
  }

  /// A file as the source of a run.
  ///
  /// - Throws: ``FileError/system(_:)`` if its directory cannot be opened.
  package mutating func source(of entry: FileEntry) throws(FileError) -> FileSource {
    guard entry.access == .entry, let number = entry.directory,
      let name = FilePath.Component(bytes: list.name(entry))
    else { return .path(list.path(of: entry)) }
    let level = try inputs.input(number, in: list, using: files)
    return .entry(DirectoryEntryReference(name, in: level.directory, path: level.path.path(of: list.name(entry))))
  }

  /// The directory entry of a file's output, in a directory that is created if it is missing.
  ///
  /// Every step down starts in a directory that is held open, and none follows a symbolic link. So the output lies
  /// below the mirror, whatever the names are and whatever happens to the tree meanwhile.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package mutating func outputEntry(of entry: FileEntry) throws(FileError) -> DirectoryEntryReference {
    try outputEntry(of: entry, isMade: true)
  }

  /// The directory entry of a file's output, nil if its directory does not exist.
  package mutating func outputEntryIfPresent(of entry: FileEntry) -> DirectoryEntryReference? {
    try? outputEntry(of: entry, isMade: false)
  }

  /// True if outputs go to another directory.
  var hasMirror: Bool { mirror != nil }

  /// The existing output of a file or, in place, the file; nil if there is none.
  mutating func output(of entry: FileEntry) -> (reference: DirectoryEntryReference, status: FileStatus)? {
    guard let reference = hasMirror ? try? outputEntry(of: entry, isMade: false) : inputEntry(of: entry),
      let status = try? files.statusIfPresent(of: reference)
    else { return nil }
    return (reference, status)
  }

  private mutating func inputEntry(of entry: FileEntry) -> DirectoryEntryReference? {
    switch try? source(of: entry) {
    case .entry(let reference): reference
    // A link that was followed leads to the file that was replaced.
    case .path(let path): try? files.entry(behind: path)
    default: nil
    }
  }

  /// The hash of the contents of a file.
  ///
  /// - Throws: ``FileError/inputChanged(_:)``, ``FileError/system(_:)`` or ``FileError/interrupted(_:)``.
  func contentHash(of reference: DirectoryEntryReference) throws(FileError) -> UInt64 {
    let file = try OpenedFile(reference, using: files)
    var input = FileReader(file)
    var hash = OutputHash()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while case let count = try input.read(into: buffer), count > 0 {
      hash.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    try file.checkUnchanged(after: input.extent)
    return hash.value
  }

  private mutating func outputEntry(of entry: FileEntry, isMade: Bool) throws(FileError) -> DirectoryEntryReference {
    guard let mirror else { preconditionFailure("no directory for outputs") }
    let files = files
    let step = { (reference: DirectoryEntryReference) throws(FileError) in
      isMade ? try files.makeDirectory(at: reference) : try files.openDirectory(at: reference)
    }
    let (directory, path) = try mirror.open(entry.directory, of: list, through: &outputs, step: step)
    let bytes = list.outputName(of: entry, as: mirror.names)
    guard let name = FilePath.Component(bytes: bytes) else {
      throw .system(SystemError(action: .create, file: .path(list.path(of: entry)), errno: .invalidArgument))
    }
    return DirectoryEntryReference(name, in: directory, path: path.path(of: bytes))
  }
}
