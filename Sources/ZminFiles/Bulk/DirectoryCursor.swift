import SystemPackage
package import ZminIO

extension FileList {
  /// Opens a directory step by step from its argument. No step follows a symbolic link, unless it was one when it was
  /// listed and links are followed.
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

/// Opens the directories of inputs and outputs, and keeps the last ones open, as files come by directory.
package struct DirectoryCursor {
  private let list: FileList
  private let files: FileAccess
  private let mirror: MirrorDirectory?
  private var input: (number: Int32, directory: OpenDirectory, path: PathPrefix)?
  private var output: (number: Int32?, directory: OpenDirectory, path: PathPrefix)?

  /// - Parameters:
  ///   - list: The files.
  ///   - files: The access to files.
  ///   - mirror: The directory of the outputs, nil in place.
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

  /// The directory entry of a file's output, in a directory that is created if it is missing.
  ///
  /// Every step down starts in a directory that is held open, and none follows a symbolic link. So the output lies
  /// below the mirror, whatever the names are and whatever happens to the tree meanwhile.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package mutating func outputEntry(of entry: FileEntry) throws(FileError) -> DirectoryEntryReference {
    try outputEntry(of: entry, isMade: true)
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
    let number = entry.directory
    if output?.number != number || output == nil {
      let files = files
      let opened = try mirror.open(number, of: list) { reference throws(FileError) in
        isMade ? try files.makeDirectory(at: reference) : try files.openDirectory(at: reference)
      }
      output = (number, opened.directory, PathPrefix(opened.path))
    }
    guard let output, let bytes = list.namesBelow(of: entry, as: mirror.names).last,
      let name = FilePath.Component(bytes: bytes)
    else {
      throw .system(SystemError(action: .create, file: .path(list.path(of: entry)), errno: .invalidArgument))
    }
    return DirectoryEntryReference(name, in: output.directory, path: output.path.path(of: bytes))
  }
}

/// The path of a directory, to which names are appended as bytes: much faster than as components.
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
