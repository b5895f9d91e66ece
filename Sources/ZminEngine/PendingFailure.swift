import ZminCore

/// A fault that waits for the bytes after it, which may give it a better message.
struct PendingFailure {
  let fault: Fault
  let offset: Int
  var next: [UInt8] = []

  /// True once no later byte can change the message: the signature of foreign content is complete, or the line has
  /// ended. An LF beside a NUL may be half of a UTF-16 character, and ends no line.
  ///
  /// - Parameter head: The first bytes of the input.
  func isNamed(after head: [UInt8]) -> Bool {
    if next.contains(UInt8(ascii: "\n")), !next.contains(0) { return true }
    return next.count == ForeignContent.signatureBytes && !ForeignContent.mayBeNamed(byMoreThan: head, at: offset)
  }
}
