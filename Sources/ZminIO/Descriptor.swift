import SystemPackage

/// An open file descriptor, closed with its owner unless it was lent.
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
    // Callers that need the error call `flush` before.
    if !isLent { try? calls.close(number) }
  }

  /// Reports the error that closing would report: network file systems report failed writes there. The file stays open
  /// and locked.
  func flush() throws(Errno) {
    let copy = try calls.duplicate(number)
    do throws(Errno) {
      try calls.close(copy)
    } catch {
      // Linux has closed the descriptor in this case, too.
      if error != .interrupted { throw error }
    }
  }
}
