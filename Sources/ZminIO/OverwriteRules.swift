import Glibc
package import SystemPackage

// No output, report or other file of a run may destroy an input or another output. All checks ask the same rules:
//
//     both files exist            FileStatus.isOverwritten(through:)        one device and inode
//     one may not exist yet       ResolvedLocation.isOneFile(with:)         one identity, or one name in one directory
//     two outputs, by path        FileAccess.isOneOutput(_:_:)              one name in one directory, links followed
//     an output of many           GuardedFile.isOverwritten(at:using:)      the same, looked up when the output is made
//
// Names are one if they are equal, or if the directory, which may ignore case, takes them for one: it is asked.
// Terminals and other character devices take any number of writers, and are never in danger.

extension FileAccess {
  /// The status of an input, which is not opened. Opening and closing a FIFO would wake its writer, and lose what it
  /// writes.
  ///
  /// - Parameter path: The path, nil for standard input.
  /// - Throws: ``FileError/system(_:)``, also if there is no such file.
  package func status(ofInput path: FilePath?) throws(FileError) -> FileStatus {
    guard let path else { return try status(ofStream: STDIN_FILENO, .standardInput) }
    return try attempt(.open, .path(path)) { calls throws(Errno) in
      FileStatus(try calls.status(of: path, in: AT_FDCWD, followingLinks: true))
    }
  }

  /// The status of standard output.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func statusOfStandardOutput() throws(FileError) -> FileStatus {
    try status(ofStream: STDOUT_FILENO, .standardOutput)
  }

  private func status(ofStream number: Int32, _ file: FileName) throws(FileError) -> FileStatus {
    try status(of: Descriptor(number: number, calls: calls, isLent: true), file)
  }

  /// Returns true if outputs at both paths would be one file, of which only the last written would remain. False for
  /// files that are not regular.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func isOneOutput(_ first: FilePath, _ second: FilePath) throws(FileError) -> Bool {
    for path in [first, second] {
      if let status = try statusIfPresent(of: path), status.kind != .regular { return false }
    }
    let (one, other) = (try resolve(first), try resolve(second))
    guard one.directory.identity == other.directory.identity else { return false }
    return try isOneName(one.name, other.name, in: one.directory, second)
  }

  /// The location of a file. Nil for a character device, and for a path that leads nowhere.
  package func resolvedLocation(of file: FileName) -> ResolvedLocation? {
    let status: FileStatus?
    var entry: DirectoryEntryReference?
    switch file {
    case .standardInput: status = try? self.status(ofInput: nil)
    case .standardOutput: status = try? statusOfStandardOutput()
    case .path(let path):
      status = try? statusIfPresent(of: path)
      entry = try? self.entry(behind: path)
    }
    if status?.kind == .characterDevice { return nil }
    if status == nil, entry == nil { return nil }
    return ResolvedLocation(
      identity: status?.identity,
      entry: entry.map { ResolvedLocation.Entry($0, using: self) })
  }
}

extension FileStatus {
  /// Returns true if writing to `other` would overwrite this file. Only regular files and block devices keep their
  /// bytes: a terminal or a pipe may be both input and output.
  package func isOverwritten(through other: FileStatus?) -> Bool {
    (kind == .regular || kind == .blockDevice) && other?.identity == identity
  }
}

/// A file by identity and by directory entry, to compare two names one of which may not exist yet.
package struct ResolvedLocation: Sendable, Equatable {
  /// The file, nil if it does not exist.
  package let identity: FileIdentity?
  /// The directory entry, links followed; nil if there is no name or no such directory.
  package let entry: Entry?

  /// A name in a directory.
  package struct Entry: Sendable, Equatable {
    package let directory: FileIdentity
    package let name: FilePath.Component
    /// The entry with its directory held open, to ask it about names; nil if names are only compared.
    private let opened: (entry: DirectoryEntryReference, files: FileAccess)?

    package init(directory: FileIdentity, name: FilePath.Component) {
      self.directory = directory
      self.name = name
      opened = nil
    }

    init(_ entry: DirectoryEntryReference, using files: FileAccess) {
      directory = entry.directory.identity
      name = entry.name
      opened = (entry, files)
    }

    package static func == (one: Entry, other: Entry) -> Bool {
      one.directory == other.directory && one.name == other.name
    }

    /// Returns true if the directory takes both names for one. If it cannot be asked, only equal names are one.
    func isOne(with other: Entry) -> Bool {
      if self == other { return true }
      guard directory == other.directory, let (entry, files) = opened else { return false }
      return (try? files.isOneName(name, other.name, in: entry.directory, entry.path)) == true
    }
  }

  package init(identity: FileIdentity?, entry: Entry?) {
    self.identity = identity
    self.entry = entry
  }

  /// Returns true if bytes that are written to one of them end up in the other.
  package func isOneFile(with other: ResolvedLocation) -> Bool {
    if identity != nil && identity == other.identity { return true }
    guard let entry, let otherEntry = other.entry else { return false }
    return entry.isOne(with: otherEntry)
  }
}

/// A file that none of many outputs may overwrite. It is looked up for each output, as its directory may be made during
/// the run.
package struct GuardedFile: Sendable {
  private let name: FileName
  /// Set only for standard output.
  private let identity: FileIdentity?
  /// Folded names that the file may have. An output of another name is not looked up.
  private let foldedNames: Set<String>

  package init(_ name: FileName, using files: FileAccess) {
    self.name = name
    let location = files.resolvedLocation(of: name)
    guard case .path(let path) = name else {
      (identity, foldedNames) = (location?.identity, [])
      return
    }
    identity = nil
    foldedNames = Set([path.lastComponent, location?.entry?.name].compactMap(\.?.foldedKey))
  }

  /// Returns true if an output with this directory entry would overwrite the file. If the directory cannot be asked
  /// whether it takes two names for one, they count as one.
  package func isOverwritten(at entry: DirectoryEntryReference, using files: FileAccess) -> Bool {
    if let identity { return (try? files.statusIfPresent(of: entry))?.identity == identity }
    guard foldedNames.contains(entry.name.foldedKey), let own = files.resolvedLocation(of: name)?.entry else {
      return false
    }
    return own.directory == entry.directory.identity
      && (try? files.isOneName(own.name, entry.name, in: entry.directory, entry.path)) != false
  }
}
