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
