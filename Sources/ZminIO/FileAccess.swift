import Glibc
import Synchronization
package import SystemPackage

/// The context in which a run opens files: system calls, requests to stop, page cache policy, and the temporary files
/// that exist now.
///
/// Copies share it. A run creates one.
package struct FileAccess: Sendable {
  /// One object, since nearly every file type has a copy, and each copy then counts one reference instead of five.
  private let shared: Shared

  private final class Shared: Sendable {
    let calls: any SystemCalls
    let interruption: Interruption?
    let pageCache: PageCachePolicy
    let counter: ByteCounter?
    let temporaries: TemporaryFiles
    let outputs: OutputKnowledge

    init(
      calls: any SystemCalls, interruption: Interruption?, pageCache: PageCachePolicy, counter: ByteCounter?,
      temporaries: TemporaryFiles, outputs: OutputKnowledge
    ) {
      self.calls = calls
      self.interruption = interruption
      self.pageCache = pageCache
      self.counter = counter
      self.temporaries = temporaries
      self.outputs = outputs
    }
  }

  /// Knowledge that the outputs of a run share.
  private final class OutputKnowledge: Sendable {
    let staleTemporaries = StaleTemporaryIndex()
    let keptFiles = KeptFiles()
    let devicesWithoutExchange = Mutex<Set<UInt64>>([])
  }

  /// - Parameters:
  ///   - calls: The implementation of the system calls.
  ///   - interruption: A request that ends waits, reads and writes; nil if there can be none.
  ///   - pageCache: The policy for which files stay in the page cache.
  ///   - counter: The counter of stored bytes that are read, nil for none.
  package init(
    calls: any SystemCalls = LinuxSystemCalls(), interruption: Interruption? = nil,
    pageCache: PageCachePolicy = .keepsAll, counter: ByteCounter? = nil
  ) {
    shared = Shared(
      calls: calls, interruption: interruption, pageCache: pageCache, counter: counter,
      temporaries: TemporaryFiles(calls: calls), outputs: OutputKnowledge())
  }

  private init(_ shared: Shared) { self.shared = shared }

  /// A copy for one thread, so that threads do not contend for one reference count.
  package func forOneThread() -> FileAccess {
    FileAccess(
      Shared(
        calls: calls, interruption: interruption, pageCache: pageCache, counter: counter, temporaries: temporaries,
        outputs: shared.outputs))
  }

  /// A copy that ignores a request to stop which was made already, for the last work of a run.
  package func afterRequest() -> FileAccess {
    guard interruption?.reason != nil else { return self }
    return FileAccess(
      Shared(
        calls: calls, interruption: nil, pageCache: pageCache, counter: counter, temporaries: temporaries,
        outputs: shared.outputs))
  }

  var calls: any SystemCalls { shared.calls }
  /// The request that ends waits, nil if there can be none.
  package var interruption: Interruption? { shared.interruption }
  var pageCache: PageCachePolicy { shared.pageCache }
  /// The counter of stored bytes that are read.
  package var counter: ByteCounter? { shared.counter }
  /// The temporary files of all outputs of the run.
  package var temporaries: TemporaryFiles { shared.temporaries }
  var staleTemporaries: StaleTemporaryIndex { shared.outputs.staleTemporaries }
  /// The kept files that the run has found.
  package var keptFiles: KeptFiles { shared.outputs.keptFiles }

  /// Returns false if the file system of a directory is known not to exchange names.
  func canExchange(on directory: OpenDirectory) -> Bool {
    shared.outputs.devicesWithoutExchange.withLock { !$0.contains(directory.identity.device) }
  }

  /// Remembers that the file system of a directory does not exchange names.
  func noteNoExchange(on directory: OpenDirectory) {
    shared.outputs.devicesWithoutExchange.withLock { _ = $0.insert(directory.identity.device) }
  }

  /// Removes a file, if there is one of that name.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func removeIfPresent(_ path: FilePath) throws(FileError) {
    do throws(Errno) {
      try retrying { calls throws(Errno) in try calls.unlink(path, in: AT_FDCWD) }
    } catch {
      if error == .noSuchFileOrDirectory { return }
      throw .system(SystemError(action: .replace, file: .path(path), errno: error))
    }
  }

  /// Makes a system call, and retries it after a signal.
  ///
  /// Unsuitable for `close`, which closes the descriptor in that case, too.
  func retrying<Result>(_ call: (any SystemCalls) throws(Errno) -> Result) throws(Errno) -> Result {
    while true {
      do throws(Errno) {
        return try call(calls)
      } catch {
        if error != .interrupted { throw error }
      }
    }
  }

  /// Makes a system call as ``retrying(_:)`` does. The error names the action and the file.
  func attempt<Result>(
    _ action: SystemError.Action, _ file: FileName, _ call: (any SystemCalls) throws(Errno) -> Result
  ) throws(FileError) -> Result {
    do throws(Errno) {
      return try retrying(call)
    } catch {
      throw .system(SystemError(action: action, file: file, errno: error))
    }
  }

  /// Waits until a descriptor is ready for `events`, or a request to stop comes.
  func wait(for events: Int32, on descriptor: Int32, _ file: FileName) throws(FileError) {
    _ = try isReady(for: events, on: descriptor, file, milliseconds: -1)
  }

  /// Returns true if a descriptor is ready for `events`, now or within the timeout; -1 milliseconds wait for ever.
  func isReady(
    for events: Int32, on descriptor: Int32, _ file: FileName, milliseconds: Int32 = 0
  ) throws(FileError) -> Bool {
    let outcome = try wait(
      for: events, on: descriptor, file, orWake: interruption?.wakeDescriptor, milliseconds: milliseconds)
    try interruption?.check()
    return outcome == .ready
  }

  private func wait(
    for events: Int32, on descriptor: Int32, _ file: FileName, orWake wakeDescriptor: Int32?, milliseconds: Int32
  ) throws(FileError) -> WaitOutcome {
    try attempt(.wait, file) { calls throws(Errno) in
      try calls.wait(
        for: Int16(events), on: descriptor, orWake: wakeDescriptor ?? -1, milliseconds: milliseconds)
    }
  }

  /// The time without bytes after which an input counts as idle.
  private static let idleMilliseconds: Int32 = 100

  /// Returns true if a descriptor has bytes or is at its end, now or within the timeout; -1 milliseconds wait for ever.
  ///
  /// - Throws: ``FileError/system(_:)``; ``FileError/interrupted(_:)`` after a request to stop, and after the notice of
  ///   one if the input is idle. A run that waits for its input would not end in the time that the notice leaves.
  func isReadable(_ descriptor: Int32, _ file: FileName, milliseconds: Int32) throws(FileError) -> Bool {
    let outcome = try wait(
      for: POLLIN, on: descriptor, file, orWake: interruption?.noticeDescriptor, milliseconds: milliseconds)
    guard let interruption, outcome == .woken else { return outcome == .ready }
    if try isReady(for: POLLIN, on: descriptor, file, milliseconds: Self.idleMilliseconds) { return true }
    throw .interrupted(interruption.noticeReason ?? .cancelled)
  }

  /// Waits until a descriptor takes bytes. After a request to stop it only checks, so that bytes that were read before
  /// still go to a reader that takes them.
  ///
  /// - Throws: ``FileError/system(_:)``; ``FileError/interrupted(_:)`` if a wait would be needed after the request.
  func waitForRoom(_ descriptor: Int32, _ file: FileName) throws(FileError) {
    guard let interruption else { return try wait(for: POLLOUT, on: descriptor, file) }
    var outcome = WaitOutcome.woken
    if interruption.reason == nil {
      outcome = try wait(
        for: POLLOUT, on: descriptor, file, orWake: interruption.wakeDescriptor, milliseconds: -1)
    }
    if outcome == .woken {
      outcome = try wait(for: POLLOUT, on: descriptor, file, orWake: nil, milliseconds: 0)
    }
    if outcome != .ready { throw .interrupted(interruption.reason ?? .cancelled) }
  }

  /// Throws ``FileError/interrupted(_:)`` after a request to stop.
  package func checkInterruption() throws(FileError) {
    try interruption?.check()
  }

  /// The capacity that pipes are given. With less, reader and writer wake each other too often. With more, the bytes
  /// leave the processor's cache on the way.
  private static let pipeBytes: Int32 = 256 << 10

  /// Raises the capacity of a pipe, if it is lower. Errors are ignored.
  func widenPipe(_ number: Int32) {
    guard let capacity = try? calls.pipeCapacity(of: number), capacity < Self.pipeBytes else { return }
    try? calls.setPipeCapacity(of: number, to: Self.pipeBytes)
  }

  /// The status of the file at a path, links followed; nil if there is none.
  package func statusIfPresent(of path: FilePath) throws(FileError) -> FileStatus? {
    do throws(Errno) {
      return FileStatus(
        try retrying { calls throws(Errno) in try calls.status(of: path, in: AT_FDCWD, followingLinks: true) })
    } catch .noSuchFileOrDirectory {
      return nil
    } catch {
      throw .system(SystemError(action: .inspect, file: .path(path), errno: error))
    }
  }

  /// The status of an open file.
  func status(of descriptor: borrowing Descriptor, _ file: FileName) throws(FileError) -> FileStatus {
    let number = descriptor.number
    return FileStatus(try attempt(.inspect, file) { calls throws(Errno) in try calls.status(of: number) })
  }

  /// Opens a file. The descriptor is closed with its owner.
  func open(
    _ path: FilePath, in directory: Int32 = AT_FDCWD, flags: Int32, mode: mode_t = 0
  ) throws(Errno) -> Descriptor {
    Descriptor(
      number: try retrying { calls throws(Errno) in
        try calls.open(path, in: directory, flags: flags | O_CLOEXEC | O_NOCTTY, mode: mode)
      },
      calls: calls)
  }
}
