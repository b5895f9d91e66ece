import Glibc
import SystemPackage

extension FileAccess {
  /// How long to wait before looking again whether a FIFO has a reader: there is nothing that tells.
  private static let readerPollMilliseconds: Int32 = 20

  /// Opens what is not a regular file for writing. A FIFO's reader is waited for.
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

  /// The pipe behind a descriptor, opened anew so that writing does not block.
  ///
  /// The mode belongs to the open file, which standard output shares with other processes: it is not ours to change.
  /// Nil where the pipe is another user's, or there is no `/proc`.
  func reopenNonBlocking(_ number: Int32) -> Descriptor? {
    try? open(FilePath("/proc/self/fd/\(number)"), flags: O_WRONLY | O_NONBLOCK)
  }

  /// What an output will replace, nil if that is nothing.
  ///
  /// Another run may give the name to another file at any time; the one that is opened is the one that counts.
  func openReplaced(_ destination: Destination, _ file: FileName) throws(FileError) -> ReplacedFile? {
    guard let named = try statusIfPresent(of: destination, file) else { return nil }
    let descriptor: Descriptor
    do throws(Errno) {
      guard named.kind == .regular else { throw .staleNFSFileHandle }
      descriptor = try open(
        destination.path, in: destination.directory.descriptor.number, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    } catch {
      // What may not be read keeps mode and owner, which take no descriptor.
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
