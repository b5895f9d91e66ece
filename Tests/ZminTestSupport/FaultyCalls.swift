package import Glibc
import Synchronization
package import SystemPackage
package import ZminIO

/// Real system calls with faults: the n-th fails, reads and writes are cut short, or a closure runs before each call.
package final class FaultyCalls: SystemCalls {
  package enum Kind: Sendable, Equatable, CaseIterable {
    case open, close, duplicate, read, readAt, write, copy, wait, advise, makeWake, status, statusOfPath, readLink, list
    case sync, rename, unlink, lock, unlock, setMode, setOwner, setTimes
    case attributeNames, attribute, setAttribute, removeAttribute
    case dropCache, startWriteBack, finishWriteBack, reserve, truncate, processorMask
    case fileSystemType, position, pipeCapacity, setPipeCapacity, makeDirectory, freeBytes, link
    case exchange, flags, setFlags, isMountPoint
  }

  package struct Plan: Sendable {
    /// The index of the call that fails, from 0. Nil for none. If `kind` is set, only calls of that kind count.
    package var failingIndex: Int?
    package var kind: Kind?
    /// True if all later calls fail too.
    package var isLasting = false
    /// The offset from which positional reads fail, nil for none.
    package var unreadableFrom: Int64?
    /// The error of failing calls.
    package var errno = Errno.ioError
    /// The most bytes that a read or write moves.
    package var pieceBytesMax = Int.max
    /// The processors of the simulated machine, a bit each. Nil for the real ones.
    package var processorMask: [UInt8]?
    /// The type of all file systems of the simulated machine. Nil for the real types.
    package var fileSystemType: Int?
    /// The clock of time stamps of the simulated machine. Nil for the real clock.
    package var timeStampClock: (@Sendable () -> timespec)?
    /// A change made to the status of each file. Nil for none.
    package var changingStatus: (@Sendable (stat) -> stat)?
    /// A change made to the names in a directory and below it, as by a file system that folds case. Nil for none.
    package var folding: (directory: FilePath, name: @Sendable (String) -> String)?
    /// False to simulate a file system that cannot exchange two names.
    package var canExchange = true
    /// Called before each system call, to simulate what other processes do meanwhile.
    package var before: (@Sendable (Kind) -> Void)?

    package init(
      failingIndex: Int? = nil, kind: Kind? = nil, isLasting: Bool = false, unreadableFrom: Int64? = nil,
      errno: Errno = .ioError,
      pieceBytesMax: Int = .max,
      processorMask: [UInt8]? = nil, fileSystemType: Int? = nil, timeStampClock: (@Sendable () -> timespec)? = nil,
      changingStatus: (@Sendable (stat) -> stat)? = nil,
      folding: (directory: FilePath, name: @Sendable (String) -> String)? = nil, canExchange: Bool = true,
      before: (@Sendable (Kind) -> Void)? = nil
    ) {
      self.canExchange = canExchange
      self.failingIndex = failingIndex
      self.kind = kind
      self.isLasting = isLasting
      self.unreadableFrom = unreadableFrom
      self.errno = errno
      self.pieceBytesMax = pieceBytesMax
      self.processorMask = processorMask
      self.fileSystemType = fileSystemType
      self.timeStampClock = timeStampClock
      self.changingStatus = changingStatus
      self.folding = folding
      self.before = before
    }
  }

  private struct State {
    var count = 0
    var failed: Kind?
    var openDescriptors = 0
    var log: [Kind] = []
    var ranges: [Kind: [Range<Int64>]] = [:]
  }

  private let plan: Plan
  private let live = LinuxSystemCalls()
  private let state = Mutex(State())

  package init(_ plan: Plan) {
    self.plan = plan
  }

  /// The last call that was made to fail, nil if none was.
  package var failed: Kind? { state.withLock { $0.failed } }
  /// The number of open descriptors.
  package var openDescriptors: Int { state.withLock { $0.openDescriptors } }
  /// All calls so far.
  package var log: [Kind] { state.withLock { $0.log } }

  /// The ranges of bytes passed to calls of a kind.
  package func ranges(_ kind: Kind) -> [Range<Int64>] { state.withLock { $0.ranges[kind] ?? [] } }

  private func enter(_ kind: Kind, _ range: Range<Int64>? = nil) throws(Errno) {
    plan.before?(kind)
    let isFailing = state.withLock { state in
      state.log.append(kind)
      if let range { state.ranges[kind, default: []].append(range) }
      guard plan.kind == nil || plan.kind == kind else { return false }
      state.count += 1
      guard let index = plan.failingIndex, state.count - 1 == index || plan.isLasting && state.count > index else {
        return false
      }
      state.failed = kind
      return true
    }
    if isFailing { throw plan.errno }
  }

  /// Counts a new descriptor.
  private func counted(_ descriptor: Int32) -> Int32 {
    state.withLock { $0.openDescriptors += 1 }
    return descriptor
  }

  package func open(_ path: FilePath, in directory: Int32, flags: Int32, mode: mode_t) throws(Errno) -> Int32 {
    try enter(.open)
    return counted(try live.open(folded(path, directory), in: directory, flags: flags, mode: mode))
  }

  package func close(_ descriptor: Int32) throws(Errno) {
    // Linux closes the descriptor even if `close` reports an error.
    try live.close(descriptor)
    state.withLock { $0.openDescriptors -= 1 }
    try enter(.close)
  }

  package func duplicate(_ descriptor: Int32) throws(Errno) -> Int32 {
    try enter(.duplicate)
    return counted(try live.duplicate(descriptor))
  }

  package func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    try enter(.read)
    return try live.read(descriptor, into: .init(rebasing: buffer.prefix(plan.pieceBytesMax)))
  }

  package func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno)
    -> Int
  {
    try enter(.readAt)
    var piece = plan.pieceBytesMax
    if let end = plan.unreadableFrom {
      if offset >= end { throw plan.errno }
      piece = min(piece, Int(end - offset))
    }
    return try live.read(descriptor, into: .init(rebasing: buffer.prefix(piece)), at: offset)
  }

  package func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    try enter(.write)
    return try live.write(descriptor, .init(rebasing: bytes.prefix(plan.pieceBytesMax)))
  }

  package func copy(
    _ source: Int32, from offset: Int64, to destination: Int32, byteCount: Int64
  ) throws(Errno) -> Int {
    try enter(.copy)
    return try live.copy(
      source, from: offset, to: destination, byteCount: min(byteCount, Int64(plan.pieceBytesMax)))
  }

  package func wait(
    for events: Int16, on descriptor: Int32, orWake wakeDescriptor: Int32, milliseconds: Int32
  ) throws(Errno) -> WaitOutcome {
    try enter(.wait)
    return try live.wait(for: events, on: descriptor, orWake: wakeDescriptor, milliseconds: milliseconds)
  }

  package func adviseSequentialReading(_ descriptor: Int32) throws(Errno) {
    try enter(.advise)
    try live.adviseSequentialReading(descriptor)
  }

  package func dropCache(of descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno) {
    try enter(.dropCache, offset..<offset + byteCount)
    try live.dropCache(of: descriptor, from: offset, byteCount: byteCount)
  }

  package func startWriteBack(of descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno) {
    try enter(.startWriteBack, offset..<offset + byteCount)
    try live.startWriteBack(of: descriptor, from: offset, byteCount: byteCount)
  }

  package func finishWriteBack(of descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno) {
    try enter(.finishWriteBack, offset..<offset + byteCount)
    try live.finishWriteBack(of: descriptor, from: offset, byteCount: byteCount)
  }

  package func reserve(_ descriptor: Int32, from offset: Int64, byteCount: Int64) throws(Errno) {
    try enter(.reserve, offset..<offset + byteCount)
    try live.reserve(descriptor, from: offset, byteCount: byteCount)
  }

  package func truncate(_ descriptor: Int32, to byteCount: Int64) throws(Errno) {
    try enter(.truncate)
    try live.truncate(descriptor, to: byteCount)
  }

  package func fileSystemType(of descriptor: Int32) throws(Errno) -> Int {
    try enter(.fileSystemType)
    if let type = plan.fileSystemType { return type }
    return try live.fileSystemType(of: descriptor)
  }

  package func position(of descriptor: Int32) throws(Errno) -> Int64 {
    try enter(.position)
    return try live.position(of: descriptor)
  }

  package func pipeCapacity(of descriptor: Int32) throws(Errno) -> Int32 {
    try enter(.pipeCapacity)
    return try live.pipeCapacity(of: descriptor)
  }

  package func setPipeCapacity(of descriptor: Int32, to byteCount: Int32) throws(Errno) {
    try enter(.setPipeCapacity)
    try live.setPipeCapacity(of: descriptor, to: byteCount)
  }

  package func isTerminal(_ descriptor: Int32) -> Bool { live.isTerminal(descriptor) }

  package func timeStampClock() -> timespec { plan.timeStampClock?() ?? live.timeStampClock() }

  package func makeWakeDescriptor() throws(Errno) -> Int32 {
    try enter(.makeWake)
    return counted(try live.makeWakeDescriptor())
  }

  package func processorMask(into mask: UnsafeMutableRawBufferPointer) throws(Errno) {
    try enter(.processorMask)
    guard let processors = plan.processorMask else { return try live.processorMask(into: mask) }
    if processors.count > mask.count { throw .invalidArgument }
    mask.initializeMemory(as: UInt8.self, repeating: 0)
    mask.copyBytes(from: processors)
  }

  package func status(of descriptor: Int32) throws(Errno) -> stat {
    try enter(.status)
    return changed(try live.status(of: descriptor))
  }

  package func status(of path: FilePath, in directory: Int32, followingLinks: Bool) throws(Errno) -> stat {
    try enter(.statusOfPath)
    return changed(try live.status(of: folded(path, directory), in: directory, followingLinks: followingLinks))
  }

  package func isMountPoint(_ path: FilePath, in directory: Int32) throws(Errno) -> Bool {
    try enter(.isMountPoint)
    return try live.isMountPoint(folded(path, directory), in: directory)
  }

  private func changed(_ status: stat) -> stat { plan.changingStatus?(status) ?? status }

  /// The name as the simulated file system stores it.
  private func folded(_ name: FilePath, _ directory: Int32) -> FilePath {
    guard let folding = plan.folding, directory >= 0,
      let path = try? live.readLink(FilePath("/proc/self/fd/\(directory)"), in: AT_FDCWD),
      path.starts(with: folding.directory)
    else { return name }
    return FilePath(folding.name(name.string))
  }

  package func readLink(_ path: FilePath, in directory: Int32) throws(Errno) -> FilePath {
    try enter(.readLink)
    return try live.readLink(folded(path, directory), in: directory)
  }

  package func makeDirectory(_ path: FilePath, in directory: Int32, mode: mode_t) throws(Errno) {
    try enter(.makeDirectory)
    try live.makeDirectory(folded(path, directory), in: directory, mode: mode)
  }

  package func freeBytes(of descriptor: Int32) throws(Errno) -> Int64 {
    try enter(.freeBytes)
    return try live.freeBytes(of: descriptor)
  }

  package func exchange(_ name: FilePath, with other: FilePath, in directory: Int32) throws(Errno) {
    try enter(.exchange)
    if !plan.canExchange { throw .invalidArgument }
    try live.exchange(name, with: other, in: directory)
  }

  package func link(_ name: FilePath, as newName: FilePath, in directory: Int32) throws(Errno) {
    try enter(.link)
    try live.link(folded(name, directory), as: folded(newName, directory), in: directory)
  }

  package func forEachEntry(of directory: Int32, _ body: (FilePath.Component, FileKind) -> Void) throws(Errno) {
    try enter(.list)
    try live.forEachEntry(of: directory, body)
  }

  package func sync(_ descriptor: Int32) throws(Errno) {
    try enter(.sync)
    try live.sync(descriptor)
  }

  package func rename(_ oldName: FilePath, to newName: FilePath, in directory: Int32) throws(Errno) {
    try enter(.rename)
    try live.rename(folded(oldName, directory), to: folded(newName, directory), in: directory)
  }

  package func unlink(_ path: FilePath, in directory: Int32) throws(Errno) {
    try enter(.unlink)
    try live.unlink(folded(path, directory), in: directory)
  }

  package func lock(_ descriptor: Int32, exclusively: Bool) throws(Errno) {
    try enter(.lock)
    try live.lock(descriptor, exclusively: exclusively)
  }

  package func unlock(_ descriptor: Int32) throws(Errno) {
    try enter(.unlock)
    try live.unlock(descriptor)
  }

  package func setMode(_ descriptor: Int32, to mode: mode_t) throws(Errno) {
    try enter(.setMode)
    try live.setMode(descriptor, to: mode)
  }

  package func creationMask() -> mode_t { live.creationMask() }

  package func setOwner(_ descriptor: Int32, user: uid_t?, group: gid_t?) throws(Errno) {
    try enter(.setOwner)
    try live.setOwner(descriptor, user: user, group: group)
  }

  package func flags(of descriptor: Int32) throws(Errno) -> UInt32 {
    try enter(.flags)
    return try live.flags(of: descriptor)
  }

  package func setFlags(_ descriptor: Int32, to flags: UInt32) throws(Errno) {
    try enter(.setFlags)
    try live.setFlags(descriptor, to: flags)
  }

  package func setTimes(_ descriptor: Int32, access: timespec, modification: timespec) throws(Errno) {
    try enter(.setTimes)
    try live.setTimes(descriptor, access: access, modification: modification)
  }

  package func attributeNames(of descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    try enter(.attributeNames)
    return try live.attributeNames(of: descriptor, into: buffer)
  }

  package func attribute(
    _ name: UnsafePointer<CChar>, of descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    try enter(.attribute)
    return try live.attribute(name, of: descriptor, into: buffer)
  }

  package func setAttribute(
    _ name: UnsafePointer<CChar>, of descriptor: Int32, to value: UnsafeRawBufferPointer
  ) throws(Errno) {
    try enter(.setAttribute)
    try live.setAttribute(name, of: descriptor, to: value)
  }

  package func removeAttribute(_ name: UnsafePointer<CChar>, of descriptor: Int32) throws(Errno) {
    try enter(.removeAttribute)
    try live.removeAttribute(name, of: descriptor)
  }
}
