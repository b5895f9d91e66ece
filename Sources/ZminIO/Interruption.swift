import Synchronization
package import SystemPackage

/// A request to stop, made on one thread and noticed on others, even while they wait for a pipe or a terminal.
package final class Interruption: Sendable {
  /// The reason for the request.
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

  /// Makes an object without a request.
  ///
  /// - Throws: The system's error if no descriptor is left.
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

  /// Requests all holders to stop. The first reason stays.
  package func request(_ reason: Reason) {
    giveNotice(reason)
    _ = reasonCode.compareExchange(expected: 0, desired: reason.rawValue, ordering: .sequentiallyConsistent)
    signal(wakeDescriptor)
  }

  /// Announces that a request will come. Idle inputs end at once. The first reason stays.
  package func giveNotice(_ reason: Reason) {
    _ = noticeCode.compareExchange(expected: 0, desired: reason.rawValue, ordering: .sequentiallyConsistent)
    signal(noticeDescriptor)
  }

  /// Makes a descriptor readable. It is never read, so that every waiter sees it. A full counter is readable, too.
  private func signal(_ descriptor: Int32) {
    withUnsafeBytes(of: UInt64(1)) { one in _ = try? calls.write(descriptor, one) }
  }

  /// The reason of the notice, nil if there was none.
  package var noticeReason: Reason? { Reason(rawValue: noticeCode.load(ordering: .sequentiallyConsistent)) }

  /// The reason of the request, nil if there was none.
  package var reason: Reason? { Reason(rawValue: reasonCode.load(ordering: .sequentiallyConsistent)) }

  /// Waits for a request to stop, at most for the timeout. It may return early.
  ///
  /// - Returns: True if a request was made.
  package func wait(milliseconds: Int32) -> Bool {
    _ = try? calls.wait(for: 0, on: -1, orWake: wakeDescriptor, milliseconds: milliseconds)
    return reason != nil
  }

  /// Throws ``FileError/interrupted(_:)`` after a request to stop.
  package func check() throws(FileError) {
    if let reason { throw .interrupted(reason) }
  }
}
