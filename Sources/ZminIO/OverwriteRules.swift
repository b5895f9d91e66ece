import Glibc
package import SystemPackage

extension FileAccess {
  /// The status of an input, which is not opened: opening a FIFO only to close it again would wake its writer and lose
  /// what it writes.
  ///
  /// - Parameter path: Its name, nil for standard input.
  /// - Throws: ``FileError/system(_:)``, also if there is none.
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
}

extension FileStatus {
  /// Whether writing to `other` writes to this file. Terminals and pipes may well be both ends: only what keeps its
  /// bytes is in danger.
  package func isOverwritten(through other: FileStatus?) -> Bool {
    (kind == .regular || kind == .blockDevice) && other?.identity == identity
  }
}

/// What two names have in common that lead to one file, or would once it is made.
package struct ResolvedLocation: Sendable, Equatable {
  /// The file, nil if there is none.
  package let identity: FileIdentity?
  /// Where it is or will be once links are followed, nil if it has no name or there is no way there.
  package let place: Place?

  /// A name in a directory.
  package struct Place: Sendable, Equatable {
    package let directory: FileIdentity
    package let name: FilePath.Component
    /// The directory held open, and what it is asked with; nil for a place that is only compared by its name.
    private let opened: (place: DirectoryEntryReference, files: FileAccess)?

    package init(directory: FileIdentity, name: FilePath.Component) {
      self.directory = directory
      self.name = name
      opened = nil
    }

    init(_ place: DirectoryEntryReference, using files: FileAccess) {
      directory = place.directory.identity
      name = place.name
      opened = (place, files)
    }

    package static func == (one: Place, other: Place) -> Bool {
      one.directory == other.directory && one.name == other.name
    }

    /// Whether both are one in a directory that may fold names. Where it cannot be asked, only equal names are one.
    func isOne(with other: Place) -> Bool {
      if self == other { return true }
      guard directory == other.directory, let (place, files) = opened else { return false }
      return (try? files.isOneName(name, other.name, in: place.directory, place.path)) == true
    }
  }

  package init(identity: FileIdentity?, place: Place?) {
    self.identity = identity
    self.place = place
  }

  /// Whether what is written to one of them ends up in the other.
  package func isOneFile(with other: ResolvedLocation) -> Bool {
    if identity != nil && identity == other.identity { return true }
    guard let place, let otherPlace = other.place else { return false }
    return place.isOne(with: otherPlace)
  }
}

extension FileAccess {
  /// Where a file is; nil for a terminal and other devices for characters, which any number may write to.
  package func resolvedLocation(of file: FileName) -> ResolvedLocation? {
    let status: FileStatus?
    var place: DirectoryEntryReference?
    switch file {
    case .standardInput: status = try? self.status(ofInput: nil)
    case .standardOutput: status = try? statusOfStandardOutput()
    case .path(let path):
      status = try? statusIfPresent(of: path)
      place = try? self.place(behind: path)
    }
    if status?.kind == .characterDevice { return nil }
    if status == nil, place == nil { return nil }
    return ResolvedLocation(
      identity: status?.identity,
      place: place.map { ResolvedLocation.Place($0, using: self) })
  }
}
