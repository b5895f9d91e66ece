import Glibc
import Synchronization
package import SystemPackage

/// What files are opened with: the system calls, who may interrupt, what stays in the page cache, and the temporary
/// files that are alive.
///
/// Copies share all of it. A run makes one.
package struct FileAccess: Sendable {
  /// In one piece, as everything that has to do with files has a copy: each counts one reference, and not five.
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

  /// What the outputs of a run find out for each other.
  private final class OutputKnowledge: Sendable {
    let staleTemporaries = StaleTemporaryIndex()
    let keptFiles = KeptFiles()
    let devicesWithoutExchange = Mutex<Set<UInt64>>([])
  }

  /// - Parameters:
  ///   - calls: What answers the system calls.
  ///   - interruption: What ends waits and further reading and writing; nil if nothing does.
  ///   - pageCache: What stays in the page cache of what is read and written.
  ///   - counter: What counts the bytes that are read, nil if nobody wants to know.
  package init(
    calls: any SystemCalls = LinuxSystemCalls(), interruption: Interruption? = nil,
    pageCache: PageCachePolicy = .keepsAll, counter: ByteCounter? = nil
  ) {
    shared = Shared(
      calls: calls, interruption: interruption, pageCache: pageCache, counter: counter,
      temporaries: TemporaryFiles(calls: calls), outputs: OutputKnowledge())
  }

  private init(_ shared: Shared) { self.shared = shared }

  /// The same for a thread of its own, which need not count references to what other threads count references to.
  package func forOneThread() -> FileAccess {
    FileAccess(
      Shared(
        calls: calls, interruption: interruption, pageCache: pageCache, counter: counter, temporaries: temporaries,
        outputs: shared.outputs))
  }

  /// The same for what is still to be done after a request to stop; before one it can still be made.
  package func afterRequest() -> FileAccess {
    guard interruption?.reason != nil else { return self }
    return FileAccess(
      Shared(
        calls: calls, interruption: nil, pageCache: pageCache, counter: counter, temporaries: temporaries,
        outputs: shared.outputs))
  }

  var calls: any SystemCalls { shared.calls }
  /// What ends waits, nil if nothing does.
  package var interruption: Interruption? { shared.interruption }
  var pageCache: PageCachePolicy { shared.pageCache }
  /// What counts the bytes that are read.
  package var counter: ByteCounter? { shared.counter }
  /// The temporary files of all outputs opened with this.
  package var temporaries: TemporaryFiles { shared.temporaries }
  var staleTemporaries: StaleTemporaryIndex { shared.outputs.staleTemporaries }
  /// The kept files that the run came across.
  package var keptFiles: KeptFiles { shared.outputs.keptFiles }

  /// Whether names can be exchanged there, as far as is known.
  func canExchange(on directory: OpenDirectory) -> Bool {
    shared.outputs.devicesWithoutExchange.withLock { !$0.contains(directory.identity.device) }
  }

  /// Remembers that names cannot be exchanged there.
  func noteNoExchange(on directory: OpenDirectory) {
    shared.outputs.devicesWithoutExchange.withLock { _ = $0.insert(directory.identity.device) }
  }

  /// Makes a system call, again as long as a signal comes between.
  ///
  /// Not for `close`, which has closed even then.
  func retrying<Result>(_ call: (any SystemCalls) throws(Errno) -> Result) throws(Errno) -> Result {
    while true {
      do throws(Errno) {
        return try call(calls)
      } catch {
        if error != .interrupted { throw error }
      }
    }
  }

  /// Makes a system call as ``retrying(_:)`` does; its error says what was tried on which file.
  func attempt<Result>(
    _ action: SystemError.Action, _ file: FileName, _ call: (any SystemCalls) throws(Errno) -> Result
  ) throws(FileError) -> Result {
    do throws(Errno) {
      return try retrying(call)
    } catch {
      throw .system(SystemError(action: action, file: file, errno: error))
    }
  }

  /// Waits until a descriptor is ready for `events`, or somebody asks to stop.
  func wait(for events: Int32, on descriptor: Int32, _ file: FileName) throws(FileError) {
    _ = try isReady(for: events, on: descriptor, file, milliseconds: -1)
  }

  /// Whether a descriptor is ready for `events`, now or in the time given; -1 milliseconds wait for ever.
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

  /// Returns whether a descriptor has bytes or is at its end, now or in the time given; -1 milliseconds wait for ever.
  ///
  /// - Throws: ``FileError/system(_:)``; ``FileError/interrupted(_:)`` after a request to stop, and after the notice of
  ///   one if the input is idle: a run that waits for others would not end in the time that the notice leaves.
  func isReadable(_ descriptor: Int32, _ file: FileName, milliseconds: Int32) throws(FileError) -> Bool {
    let outcome = try wait(
      for: POLLIN, on: descriptor, file, orWake: interruption?.noticeDescriptor, milliseconds: milliseconds)
    guard let interruption, outcome == .woken else { return outcome == .ready }
    if try isReady(for: POLLIN, on: descriptor, file, milliseconds: Self.idleMilliseconds) { return true }
    throw .interrupted(interruption.noticeReason ?? .cancelled)
  }

  /// Waits until a descriptor takes bytes. After a request to stop it does not wait, so that what was read before still
  /// goes to a reader that takes it.
  ///
  /// - Throws: ``FileError/system(_:)``; ``FileError/interrupted(_:)`` if it would have to wait.
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

  /// Throws ``FileError/interrupted(_:)`` if somebody asked to stop.
  package func checkInterruption() throws(FileError) {
    try interruption?.check()
  }

  /// As much as a pipe is made to hold. With less, reader and writer wake each other more often than they need to;
  /// with more, what goes through it does not stay in the processor's cache.
  private static let pipeBytes: Int32 = 256 << 10

  /// Has a pipe hold more. It is advice, and one that holds more already is left alone.
  func widenPipe(_ number: Int32) {
    guard let capacity = try? calls.pipeCapacity(of: number), capacity < Self.pipeBytes else { return }
    try? calls.setPipeCapacity(of: number, to: Self.pipeBytes)
  }

  /// The status of a path's file, links followed; nil if there is none.
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

  /// Opens a file; the descriptor is closed with its owner.
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
