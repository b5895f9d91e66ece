import SystemPackage
package import ZminIO

extension FileList {
  /// Opens a directory step by step from the one that was named, so that nothing on the way is a symbolic link unless
  /// it was one when it was listed and links are followed.
  ///
  /// - Throws: ``FileError/system(_:)``.
  func open(_ number: Int32, using files: FileAccess) throws(FileError) -> OpenDirectory {
    let chain = ancestors(of: number)
    var path = FilePath(bytes: name(directory(chain[0])))
    var opened = try files.openDirectory(path)
    for number in chain.dropFirst() {
      let directory = directory(number)
      guard let component = FilePath.Component(bytes: name(directory)) else { continue }
      path.append(component)
      opened = try files.openDirectory(
        at: DirectoryEntryReference(component, in: opened, path: path), followsLink: directory.followsLink)
    }
    return opened
  }
}

/// Opens the directories of files, of inputs and outputs, and keeps the last ones open: files come by directory.
package struct DirectoryCursor {
  private let list: FileList
  private let files: FileAccess
  private let mirror: MirrorDirectory?
  private var input: (number: Int32, directory: OpenDirectory, path: PathPrefix)?
  private var output: (number: Int32?, directory: OpenDirectory, path: PathPrefix)?

  /// - Parameters:
  ///   - list: The files.
  ///   - files: What directories are opened with.
  ///   - mirror: Where outputs go, nil if they go nowhere else.
  package init(_ list: FileList, files: FileAccess, mirror: MirrorDirectory?) {
    self.list = list
    self.files = files
    self.mirror = mirror
  }

  /// A file as the source of a run.
  ///
  /// - Throws: ``FileError/system(_:)`` if its directory cannot be opened.
  package mutating func source(of entry: FileEntry) throws(FileError) -> FileSource {
    guard entry.access == .entry, let number = entry.directory,
      let name = FilePath.Component(bytes: list.name(entry))
    else { return .path(list.path(of: entry)) }
    let current: (number: Int32, directory: OpenDirectory, path: PathPrefix)
    if let input, input.number == number {
      current = input
    } else {
      current = (number, try list.open(number, using: files), PathPrefix(list.path(ofDirectory: number)))
      input = current
    }
    return .entry(DirectoryEntryReference(name, in: current.directory, path: current.path.path(of: list.name(entry))))
  }

  /// Where the output of a file goes, in a directory that is made if there is none.
  ///
  /// Every step down is one in a directory that is held open, and never one through a symbolic link: whatever the names
  /// and whatever happens to the tree meanwhile, it ends below the mirror.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package mutating func outputEntry(of entry: FileEntry) throws(FileError) -> DirectoryEntryReference {
    try outputEntry(of: entry, isMade: true)
  }

  /// Whether outputs go to another directory.
  var hasMirror: Bool { mirror != nil }

  /// What stands where the output of a file goes, or in place where the file is; nil if nothing does.
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

  /// The hash of what a file holds.
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
    let number = entry.directory
    if output?.number != number || output == nil {
      let files = files
      let opened = try mirror.open(number, of: list) { reference throws(FileError) in
        isMade ? try files.makeDirectory(at: reference) : try files.openDirectory(at: reference)
      }
      output = (number, opened.directory, PathPrefix(opened.path))
    }
    guard let output, let bytes = list.namesBelow(of: entry).last, let name = FilePath.Component(bytes: bytes) else {
      throw .system(SystemError(action: .create, file: .path(list.path(of: entry)), errno: .invalidArgument))
    }
    return DirectoryEntryReference(name, in: output.directory, path: output.path.path(of: bytes))
  }
}

/// The way to a directory, to which names are appended again and again: much faster than by components.
struct PathPrefix {
  private let bytes: [UInt8]

  init(_ directory: FilePath) {
    let slash = UInt8(ascii: "/")
    let bytes = directory.bytes
    self.bytes = bytes.isEmpty || bytes.last == slash ? bytes : bytes + [slash]
  }

  /// The path of a file in the directory.
  func path(of name: some Collection<UInt8>) -> FilePath { FilePath(bytes: bytes + name) }
}
