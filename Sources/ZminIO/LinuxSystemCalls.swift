import CZminSystem
package import Glibc
package import SystemPackage

/// Constants that the C headers define only with GNU extensions.
private enum GNU {
  static let fallocateKeepSize: Int32 = 1
  static let syncFileRangeWaitBefore: UInt32 = 1
  static let syncFileRangeWrite: UInt32 = 2
  static let syncFileRangeWaitAfter: UInt32 = 4
  static let setPipeSize: Int32 = 1031
  static let getPipeSize: Int32 = 1032
  static let renameExchange: UInt32 = 2
  /// `_IOR('f', 1, long)` and `_IOW('f', 2, long)`. The kernel reads and writes 32 bits all the same.
  static let getFlags: UInt = 0x8008_6601
  static let setFlags: UInt = 0x4008_6602
}

/// The system calls of the Linux kernel.
package struct LinuxSystemCalls: SystemCalls {
  /// Makes the implementation, which has no state.
  package init() {}

  package func open(
    _ path: FilePath, in directory: Int32, flags: Int32, mode: mode_t
  ) throws(Errno) -> Int32 {
    try checked(path.withPlatformString { openat(directory, $0, flags, mode) })
  }

  package func close(_ descriptor: Int32) throws(Errno) {
    try checked(Glibc.close(descriptor))
  }

  package func duplicate(_ descriptor: Int32) throws(Errno) -> Int32 {
    try checked(fcntl(descriptor, F_DUPFD_CLOEXEC, 0))
  }

  package func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    try checked(Glibc.read(descriptor, buffer.baseAddress, buffer.count))
  }

  package func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) throws(Errno) -> Int {
    try checked(pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)))
  }

  package func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    try checked(Glibc.write(descriptor, bytes.baseAddress, bytes.count))
  }

  package func copy(
    _ source: Int32, from offset: Int64, to destination: Int32, byteCount: Int64
  ) throws(Errno) -> Int {
    var offset = Int(offset)
    return try checked(copy_file_range(source, &offset, destination, nil, UInt(byteCount), 0))
  }

  package func wait(
    for events: Int16, on descriptor: Int32, orWake wakeDescriptor: Int32, milliseconds: Int32
  ) throws(Errno) -> WaitOutcome {
    var polled: InlineArray<2, pollfd> = [
      pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: events, revents: 0),
    ]
    let count = withUnsafeMutablePointer(to: &polled) { pointer in
      pointer.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, milliseconds) }
    }
    try checked(count)
    if polled[0].revents != 0 { return .woken }
    return polled[1].revents != 0 ? .ready : .timedOut
  }

  package func adviseSequentialReading(_ descriptor: Int32) throws(Errno) {
    try advise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
  }

  package func dropCache(of descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno) {
    try advise(descriptor, offset, byteCount, POSIX_FADV_DONTNEED)
  }

  private func advise(_ descriptor: Int32, _ offset: Int64, _ byteCount: Int64, _ advice: Int32) throws(Errno) {
    // This function returns its error number.
    let code = posix_fadvise(descriptor, off_t(offset), off_t(byteCount), advice)
    if code != 0 { throw Errno(rawValue: code) }
  }

  package func startWriteBack(of descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno) {
    try checked(sync_file_range(descriptor, Int(offset), Int(byteCount), GNU.syncFileRangeWrite))
  }

  package func finishWriteBack(of descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno) {
    let flags = GNU.syncFileRangeWaitBefore | GNU.syncFileRangeWrite | GNU.syncFileRangeWaitAfter
    try checked(sync_file_range(descriptor, Int(offset), Int(byteCount), flags))
  }

  package func reserve(_ descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno) {
    try checked(fallocate(descriptor, GNU.fallocateKeepSize, Int(offset), Int(byteCount)))
  }

  package func truncate(_ descriptor: Int32, to byteCount: Int64) throws(Errno) {
    try checked(ftruncate(descriptor, off_t(byteCount)))
  }

  package func fileSystemType(of descriptor: Int32) throws(Errno) -> Int {
    var status = statfs()
    try checked(fstatfs(descriptor, &status))
    return Int(status.f_type)
  }

  package func position(of descriptor: Int32) throws(Errno) -> Int64 {
    Int64(try checked(lseek(descriptor, 0, SEEK_CUR)))
  }

  package func pipeCapacity(of descriptor: Int32) throws(Errno) -> Int32 {
    try checked(fcntl(descriptor, GNU.getPipeSize))
  }

  package func setPipeCapacity(of descriptor: Int32, to byteCount: Int32) throws(Errno) {
    try checked(fcntl(descriptor, GNU.setPipeSize, byteCount))
  }

  package func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1
  }

  package func timeStampClock() -> timespec {
    var time = timespec()
    // It fails only for an unsupported clock, and every kernel supports this one.
    clock_gettime(CLOCK_REALTIME_COARSE, &time)
    return time
  }

  package func makeWakeDescriptor() throws(Errno) -> Int32 {
    try checked(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
  }

  package func processorMask(into mask: UnsafeMutableRawBufferPointer) throws(Errno) {
    try checked(sched_getaffinity(0, mask.count, mask.baseAddress))
  }

  package func status(of descriptor: Int32) throws(Errno) -> stat {
    var status = stat()
    try checked(fstat(descriptor, &status))
    return status
  }

  package func status(of path: FilePath, in directory: Int32, followingLinks: Bool) throws(Errno) -> stat {
    var status = stat()
    let flags = followingLinks ? 0 : AT_SYMLINK_NOFOLLOW
    try checked(path.withPlatformString { fstatat(directory, $0, &status, flags) })
    return status
  }

  package func isMountPoint(_ path: FilePath, in directory: Int32) throws(Errno) -> Bool {
    try checked(path.withPlatformString { zmin_is_mount_point(directory, $0) }) != 0
  }

  package func readLink(_ path: FilePath, in directory: Int32) throws(Errno) -> FilePath {
    // The target of a link has at most PATH_MAX bytes with its NUL, which readlink does not write.
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    try checked(path.withPlatformString { readlinkat(directory, $0, &target, Int(PATH_MAX)) })
    return FilePath(platformString: target)
  }

  package func forEachEntry(
    of directory: Int32, _ body: (FilePath.Component, FileKind) -> Void
  ) throws(Errno) {
    // A new descriptor, since closedir closes it and its offset must not be shared.
    let own = try checked(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    guard let stream = fdopendir(own) else {
      let code = errno
      _ = Glibc.close(own)
      throw Errno(rawValue: code)
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw Errno(rawValue: errno) }
        return
      }
      let component = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { FilePath.Component(platformString: $0) }
      }
      if let component, component.kind == .regular {
        body(component, FileKind(directoryEntryType: entry.pointee.d_type))
      }
    }
  }

  package func makeDirectory(_ path: FilePath, in directory: Int32, mode: mode_t) throws(Errno) {
    try checked(path.withPlatformString { mkdirat(directory, $0, mode) })
  }

  package func freeBytes(of descriptor: Int32) throws(Errno) -> Int64 {
    var status = statfs()
    try checked(fstatfs(descriptor, &status))
    let (byteCount, overflow) = Int64(clamping: status.f_bavail).multipliedReportingOverflow(by: Int64(status.f_bsize))
    return overflow ? .max : byteCount
  }

  package func sync(_ descriptor: Int32) throws(Errno) {
    try checked(fsync(descriptor))
  }

  package func rename(_ oldName: FilePath, to newName: FilePath, in directory: Int32) throws(Errno) {
    let result = oldName.withPlatformString { old in
      newName.withPlatformString { new in renameat(directory, old, directory, new) }
    }
    try checked(result)
  }

  package func exchange(_ name: FilePath, with other: FilePath, in directory: Int32) throws(Errno) {
    let result = name.withPlatformString { one in
      other.withPlatformString { two in renameat2(directory, one, directory, two, GNU.renameExchange) }
    }
    try checked(result)
  }

  package func link(_ name: FilePath, as newName: FilePath, in directory: Int32) throws(Errno) {
    let result = name.withPlatformString { old in
      newName.withPlatformString { new in linkat(directory, old, directory, new, 0) }
    }
    try checked(result)
  }

  package func unlink(_ path: FilePath, in directory: Int32) throws(Errno) {
    try checked(path.withPlatformString { unlinkat(directory, $0, 0) })
  }

  package func lock(_ descriptor: Int32, exclusively: Bool) throws(Errno) {
    try checked(flock(descriptor, (exclusively ? LOCK_EX : LOCK_SH) | LOCK_NB))
  }

  package func unlock(_ descriptor: Int32) throws(Errno) { try checked(flock(descriptor, LOCK_UN)) }

  package func setMode(_ descriptor: Int32, to mode: mode_t) throws(Errno) {
    try checked(fchmod(descriptor, mode))
  }

  /// Read once, since reading means to set another one: for a moment, files that other threads create are private.
  private static let creationMask: mode_t = {
    let mask = umask(0o077)
    umask(mask)
    return mask
  }()

  package func creationMask() -> mode_t { Self.creationMask }

  package func setOwner(_ descriptor: Int32, user: uid_t?, group: gid_t?) throws(Errno) {
    // All ones mean "leave as it is".
    try checked(fchown(descriptor, user ?? uid_t.max, group ?? gid_t.max))
  }

  package func flags(of descriptor: Int32) throws(Errno) -> UInt32 {
    // The kernel writes 32 bits.
    var flags: UInt32 = 0
    try checked(ioctl(descriptor, GNU.getFlags, &flags))
    return flags
  }

  package func setFlags(_ descriptor: Int32, to flags: UInt32) throws(Errno) {
    var flags = flags
    try checked(ioctl(descriptor, GNU.setFlags, &flags))
  }

  package func setTimes(_ descriptor: Int32, access: timespec, modification: timespec) throws(Errno) {
    let times = [access, modification]
    try checked(futimens(descriptor, times))
  }

  package func attributeNames(
    of descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    try checked(
      flistxattr(descriptor, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count))
  }

  package func attribute(
    _ name: UnsafePointer<CChar>, of descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    try checked(fgetxattr(descriptor, name, buffer.baseAddress, buffer.count))
  }

  package func setAttribute(
    _ name: UnsafePointer<CChar>, of descriptor: Int32, to value: UnsafeRawBufferPointer
  ) throws(Errno) {
    try checked(fsetxattr(descriptor, name, value.baseAddress, value.count, 0))
  }

  package func removeAttribute(_ name: UnsafePointer<CChar>, of descriptor: Int32) throws(Errno) {
    try checked(fremovexattr(descriptor, name))
  }

  /// Returns the result of a call, or throws the error in `errno` if it is negative.
  @discardableResult
  private func checked<Result: BinaryInteger>(_ result: Result) throws(Errno) -> Result {
    if result < 0 { throw Errno(rawValue: errno) }
    return result
  }
}
