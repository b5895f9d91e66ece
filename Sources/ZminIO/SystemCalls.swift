package import Glibc
package import SystemPackage

/// The end of a wait for a descriptor.
package enum WaitOutcome: Sendable, Equatable {
  /// The descriptor can be read or written, or has an error that a read or write will return.
  case ready
  /// The wake descriptor became readable first.
  case woken
  /// Neither became ready within the timeout.
  case timedOut
}

/// The system calls for files.
///
/// One requirement is one call. None retries or knows its purpose, so that an implementation of a test can make the
/// n-th fail. A directory is a descriptor, or `AT_FDCWD` for the current one. All throw the system's error number.
package protocol SystemCalls: Sendable {
  /// `openat`: the new descriptor.
  func open(_ path: FilePath, in directory: Int32, flags: Int32, mode: mode_t) throws(Errno) -> Int32
  /// `close`.
  func close(_ descriptor: Int32) throws(Errno)
  /// `fcntl(F_DUPFD_CLOEXEC)`: a second descriptor of the same open file.
  func duplicate(_ descriptor: Int32) throws(Errno) -> Int32
  /// `read`: the number of bytes, 0 at the end.
  func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int
  /// `pread`: the number of bytes, 0 at or after the end.
  func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int
  /// `write`: the number of bytes taken.
  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int
  /// `copy_file_range`: copies bytes from an offset of one regular file to the position of another. Returns their
  /// number, 0 at the end.
  func copy(_ source: Int32, from offset: Int64, to destination: Int32, byteCount: Int64) throws(Errno) -> Int
  /// `poll` for `events` on one descriptor and for input on another, -1 for none. -1 milliseconds wait for ever.
  func wait(
    for events: Int16, on descriptor: Int32, orWake wakeDescriptor: Int32, milliseconds: Int32
  ) throws(Errno) -> WaitOutcome
  /// `posix_fadvise(POSIX_FADV_SEQUENTIAL)` for the whole file.
  func adviseSequentialReading(_ descriptor: Int32) throws(Errno)
  /// `posix_fadvise(POSIX_FADV_DONTNEED)`: drops those pages of a range that are on the disk already from the page
  /// cache.
  func dropCache(of descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno)
  /// `sync_file_range(SYNC_FILE_RANGE_WRITE)`: starts to write a range to the disk.
  func startWriteBack(of descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno)
  /// `sync_file_range` with all its flags: waits until the bytes of a range are on the disk. A write error that it
  /// reports is not reported again.
  func finishWriteBack(of descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno)
  /// `fallocate(FALLOC_FL_KEEP_SIZE)`: reserves disk space for a range. The size of the file stays.
  func reserve(_ descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno)
  /// `ftruncate`.
  func truncate(_ descriptor: Int32, to byteCount: Int64) throws(Errno)
  /// `fstatfs`: the type of the file system of a file.
  func fileSystemType(of descriptor: Int32) throws(Errno) -> Int
  /// `lseek` by 0: the offset of the next read or write.
  func position(of descriptor: Int32) throws(Errno) -> Int64
  /// `fcntl(F_GETPIPE_SZ)`: the capacity of a pipe in bytes.
  func pipeCapacity(of descriptor: Int32) throws(Errno) -> Int32
  /// `fcntl(F_SETPIPE_SZ)`: sets the capacity of a pipe.
  func setPipeCapacity(of descriptor: Int32, to byteCount: Int32) throws(Errno)
  /// `isatty`.
  func isTerminal(_ descriptor: Int32) -> Bool
  /// `clock_gettime(CLOCK_REALTIME_COARSE)`: the clock of the kernel's time stamps, which stands still between ticks.
  func timeStampClock() -> timespec
  /// `eventfd`: a descriptor that becomes readable after a write of eight bytes, not all zero.
  func makeWakeDescriptor() throws(Errno) -> Int32
  /// `sched_getaffinity` of this process: a bit for each processor; `EINVAL` if `mask` is too small for the machine.
  func processorMask(into mask: UnsafeMutableRawBufferPointer) throws(Errno)

  /// `fstat`.
  func status(of descriptor: Int32) throws(Errno) -> stat
  /// `fstatat`.
  func status(of path: FilePath, in directory: Int32, followingLinks: Bool) throws(Errno) -> stat
  /// `statx`: true if another file system is mounted over the entry.
  func isMountPoint(_ path: FilePath, in directory: Int32) throws(Errno) -> Bool
  /// `readlinkat`: the target of a symbolic link; `EINVAL` for other files.
  func readLink(_ path: FilePath, in directory: Int32) throws(Errno) -> FilePath
  /// `getdents`: calls `body` with the name of each entry except `.` and `..`, valid during the call, and with the kind
  /// that the directory itself reports, else `unknown`.
  func forEachEntry(of directory: Int32, _ body: (FilePath.Component, FileKind) -> Void) throws(Errno)
  /// `mkdirat`.
  func makeDirectory(_ path: FilePath, in directory: Int32, mode: mode_t) throws(Errno)
  /// `fstatfs`: the bytes that the user may still write to a file system.
  func freeBytes(of descriptor: Int32) throws(Errno) -> Int64

  /// `fsync`, of a file or a directory.
  func sync(_ descriptor: Int32) throws(Errno)
  /// `renameat` within one directory.
  func rename(_ oldName: FilePath, to newName: FilePath, in directory: Int32) throws(Errno)
  /// `renameat2(RENAME_EXCHANGE)` within one directory: two files exchange names, atomically.
  func exchange(_ name: FilePath, with other: FilePath, in directory: Int32) throws(Errno)
  /// `linkat` within one directory: adds a second name, if it is free.
  func link(_ name: FilePath, as newName: FilePath, in directory: Int32) throws(Errno)
  /// `unlinkat`.
  func unlink(_ path: FilePath, in directory: Int32) throws(Errno)
  /// `flock` without waiting: `EWOULDBLOCK` if another open file holds the lock.
  func lock(_ descriptor: Int32, exclusively: Bool) throws(Errno)
  /// `flock(LOCK_UN)`.
  func unlock(_ descriptor: Int32) throws(Errno)

  /// `fchmod`.
  func setMode(_ descriptor: Int32, to mode: mode_t) throws(Errno)
  /// `umask`: the permissions that a new file does not get.
  func creationMask() -> mode_t
  /// `fchown`; `nil` leaves the user or group as it is.
  func setOwner(_ descriptor: Int32, user: uid_t?, group: gid_t?) throws(Errno)
  /// `ioctl(FS_IOC_GETFLAGS)`: the flags that `chattr` sets; an error if the file system does not support them.
  func flags(of descriptor: Int32) throws(Errno) -> UInt32
  /// `ioctl(FS_IOC_SETFLAGS)`.
  func setFlags(_ descriptor: Int32, to flags: UInt32) throws(Errno)
  /// `futimens`.
  func setTimes(_ descriptor: Int32, access: timespec, modification: timespec) throws(Errno)
  /// `flistxattr`: the byte count of all names, NUL after each; an empty buffer only asks for the count.
  func attributeNames(of descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int
  /// `fgetxattr`: the byte count of the value; an empty buffer only asks for the count.
  func attribute(
    _ name: UnsafePointer<CChar>, of descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int
  /// `fsetxattr`.
  func setAttribute(
    _ name: UnsafePointer<CChar>, of descriptor: Int32, to value: UnsafeRawBufferPointer
  ) throws(Errno)
  /// `fremovexattr`.
  func removeAttribute(_ name: UnsafePointer<CChar>, of descriptor: Int32) throws(Errno)
}
