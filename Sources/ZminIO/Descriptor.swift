import SystemPackage

/// An open file descriptor, closed with its owner unless it was only lent.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32
  private let calls: any SystemCalls
  private let isLent: Bool

  init(number: Int32, calls: any SystemCalls, isLent: Bool = false) {
    self.number = number
    self.calls = calls
    self.isLent = isLent
  }

  deinit {
    // Whoever needs to know asks `flush` before.
    if !isLent { try? calls.close(number) }
  }

  /// Says what closing says, which on network file systems is where a failed write comes to light. The file stays open
  /// here, and with it its lock.
  func flush() throws(Errno) {
    let copy = try calls.duplicate(number)
    do throws(Errno) {
      try calls.close(copy)
    } catch {
      // Linux has closed it all the same.
      if error != .interrupted { throw error }
    }
  }
}
