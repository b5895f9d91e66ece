import Glibc
import SystemPackage

/// A file without a name, beside a record, that holds one long line until its end comes.
package final class LineSpool {
  /// `O_TMPFILE`, which the C headers define only with GNU extensions.
  private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY

  private let file: FileName
  private let access: FileAccess
  private let descriptor: Descriptor
  private var byteCount: Int64 = 0

  /// - Throws: ``FileError/system(_:)``.
  init(beside record: FilePath, using access: FileAccess) throws(FileError) {
    file = .path(record)
    self.access = access
    let destination = try access.resolve(record)
    let directory = destination.directory.descriptor.number
    do throws(Errno) {
      do throws(Errno) {
        descriptor = try access.open(".", in: directory, flags: O_RDWR | Self.unnamed, mode: FileAccess.privateMode)
      } catch .notSupported, .isDirectory, .invalidArgument {
        // The file system does not support files without a name.
        let name = TemporaryName.random(for: destination.name)
        descriptor = try access.open(
          name, in: directory, flags: O_RDWR | O_CREAT | O_EXCL, mode: FileAccess.privateMode)
        try access.retrying { calls throws(Errno) in try calls.unlink(name, in: directory) }
      }
    } catch {
      throw .system(SystemError(action: .create, file: file, errno: error))
    }
  }

  /// Appends all of some bytes.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let piece = rest
      let count = try access.attempt(.write, file) { calls throws(Errno) in
        try calls.write(descriptor.number, piece)
      }
      if count == 0 { throw .system(SystemError(action: .write, file: file, errno: .ioError)) }
      byteCount += Int64(count)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  /// Calls `body` with all bytes, in pieces of at most the size of `buffer`.
  ///
  /// - Throws: ``FileError/system(_:)``, and errors of `body`.
  package func forEachPiece(
    within buffer: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    var offset: Int64 = 0
    while offset < byteCount {
      let start = offset
      let count = try access.attempt(.read, file) { calls throws(Errno) in
        try calls.read(descriptor.number, into: buffer, at: start)
      }
      if count == 0 { throw .system(SystemError(action: .read, file: file, errno: .ioError)) }
      try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).prefix(count)))
      offset += Int64(count)
    }
  }
}
