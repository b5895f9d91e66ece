import Glibc
import SystemPackage

extension FileAccess {
  /// The pause between attempts to open a FIFO: no event reports that it has a reader.
  private static let readerPollMilliseconds: Int32 = 20

  /// Opens a file that is not regular for writing. Waits for the reader of a FIFO.
  func openDirectly(_ path: FilePath, _ kind: FileKind) throws(FileError) -> Descriptor {
    let file = FileName.path(path)
    let isInterruptible = kind == .fifo && interruption != nil
    while true {
      do throws(Errno) {
        return try open(path, flags: O_WRONLY | (isInterruptible ? O_NONBLOCK : 0))
      } catch {
        guard isInterruptible && error == .noSuchAddressOrDevice else {
          throw .system(SystemError(action: .open, file: file, errno: error))
        }
      }
      _ = try attempt(.wait, file) { calls throws(Errno) in
        try calls.wait(
          for: 0, on: -1, orWake: interruption?.wakeDescriptor ?? -1, milliseconds: Self.readerPollMilliseconds)
      }
      try interruption?.check()
    }
  }

  /// Reopens the pipe of a descriptor so that writes do not block.
  ///
  /// Setting the mode of the descriptor would change the open file that standard output shares with other processes.
  ///
  /// - Returns: Nil if the pipe belongs to another user, or there is no `/proc`.
  func reopenNonBlocking(_ number: Int32) -> Descriptor? {
    try? open(FilePath("/proc/self/fd/\(number)"), flags: O_WRONLY | O_NONBLOCK)
  }

  /// Opens the file that an output will replace; nil if there is none.
  ///
  /// Another run may rename another file to this name at any time. The opened file counts.
  func openReplaced(_ destination: Destination, _ file: FileName) throws(FileError) -> ReplacedFile? {
    guard let named = try statusIfPresent(of: destination, file) else { return nil }
    let descriptor: Descriptor
    do throws(Errno) {
      guard named.kind == .regular else { throw .staleNFSFileHandle }
      descriptor = try open(
        destination.path, in: destination.directory.descriptor.number, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    } catch {
      // Mode and owner of a file without read permission are kept, as they need no descriptor.
      if error == .permissionDenied {
        return ReplacedFile(status: named, flags: 0, descriptor: nil, keepsTimes: false)
      }
      throw .system(SystemError(action: .open, file: file, errno: error))
    }
    let status = try status(of: descriptor, file)
    let flags = flags(of: descriptor.number)
    return ReplacedFile(status: status, flags: flags, descriptor: descriptor, keepsTimes: false)
  }
}
