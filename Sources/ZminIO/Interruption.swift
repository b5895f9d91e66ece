import Synchronization
package import SystemPackage

/// A request to stop, made on one thread and noticed on others, also where they wait for a pipe or a terminal.
package final class Interruption: Sendable {
  /// Why to stop.
  package enum Reason: UInt8, Sendable, CustomStringConvertible {
    case cancelled = 1
    case hangUp
    case interrupt
    case terminate

    package var description: String {
      switch self {
      case .cancelled: "cancelled"
      case .hangUp: "hung up"
      case .interrupt: "interrupted"
      case .terminate: "terminated"
      }
    }
  }

  private let reasonCode = Atomic<UInt8>(0)
  private let noticeCode = Atomic<UInt8>(0)
  private let calls: any SystemCalls
  /// Readable from the first request on.
  let wakeDescriptor: Int32
  /// Readable from the first notice of a request on.
  let noticeDescriptor: Int32

  /// A request not yet made.
  ///
  /// - Throws: The system's error if it has no descriptor left.
  package init(calls: any SystemCalls = LinuxSystemCalls()) throws(Errno) {
    let wakeDescriptor = try calls.makeWakeDescriptor()
    do throws(Errno) {
      noticeDescriptor = try calls.makeWakeDescriptor()
    } catch {
      try? calls.close(wakeDescriptor)
      throw error
    }
    self.calls = calls
    self.wakeDescriptor = wakeDescriptor
  }

  deinit {
    try? calls.close(wakeDescriptor)
    try? calls.close(noticeDescriptor)
  }

  /// Asks all who hold this to stop. The first reason stays.
  package func request(_ reason: Reason) {
    giveNotice(reason)
    _ = reasonCode.compareExchange(expected: 0, desired: reason.rawValue, ordering: .sequentiallyConsistent)
    signal(wakeDescriptor)
  }

  /// Gives notice that a request is coming, unless all is done before. An input that has nothing to give ends at once. The first
  /// reason stays.
  package func giveNotice(_ reason: Reason) {
    _ = noticeCode.compareExchange(expected: 0, desired: reason.rawValue, ordering: .sequentiallyConsistent)
    signal(noticeDescriptor)
  }

  /// Makes a descriptor readable. It is never read, so that every waiter sees it. A counter that is full is readable too.
  private func signal(_ descriptor: Int32) {
    withUnsafeBytes(of: UInt64(1)) { one in _ = try? calls.write(descriptor, one) }
  }

  /// Why to stop soon, or nil if nobody said so.
  package var noticeReason: Reason? { Reason(rawValue: noticeCode.load(ordering: .sequentiallyConsistent)) }

  /// Why to stop, or nil if nobody asked.
  package var reason: Reason? { Reason(rawValue: reasonCode.load(ordering: .sequentiallyConsistent)) }

  /// Waits until somebody asks to stop, or the time is up, or for no reason; whether somebody asked.
  package func wait(milliseconds: Int32) -> Bool {
    _ = try? calls.wait(for: 0, on: -1, orWake: wakeDescriptor, milliseconds: milliseconds)
    return reason != nil
  }

  /// Throws ``FileError/interrupted(_:)`` if somebody asked to stop.
  package func check() throws(FileError) {
    if let reason { throw .interrupted(reason) }
  }
}
