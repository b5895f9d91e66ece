/// Parts of an input that are minified again on another path, and compared before they are written.
package enum Verification: Sendable, Equatable {
  case none
  case whole
  /// A tenth of the parts. Equal seeds pick equal parts.
  case sampled(seed: UInt64)

  /// True if the part that begins at `offset` is verified.
  func includes(_ offset: Int) -> Bool {
    switch self {
    case .none: return false
    case .whole: return true
    case .sampled(let seed):
      // The finalizer of SplitMix64, so that neighbours have nothing in common.
      var bits = seed &+ UInt64(bitPattern: Int64(offset)) &* 0x9E37_79B9_7F4A_7C15
      bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
      return (bits ^ bits >> 31) % 10 == 0
    }
  }
}

/// Two paths have different results for the same bytes. One of them is wrong, and no output may be used.
package struct VerificationDifference: Error, Sendable, Equatable, CustomStringConvertible {
  /// Subject of the difference.
  package enum Subject: String, Sendable {
    case output = "in the output"
    case verdict = "on whether the input is valid"
    case state = "in the state that they end in"
  }

  /// Offset in the input, in bytes: the nearest known one at or before the difference.
  package let offset: Int
  package let subject: Subject
  /// Names of the paths: the one to be used, and the one that it was compared with.
  package let paths: [String]

  package init(offset: Int, subject: Subject, paths: [String]) {
    self.offset = offset
    self.subject = subject
    self.paths = paths
  }

  /// One line for people.
  package var description: String {
    "\(paths.joined(separator: " and ")) differ \(subject.rawValue): one of them is wrong (byte \(offset))"
  }

  /// The same difference, `bytes` further on.
  func moved(by bytes: Int) -> VerificationDifference {
    VerificationDifference(offset: offset + bytes, subject: subject, paths: paths)
  }
}

extension UnsafeRawBufferPointer {
  /// Index of the first byte that differs from `other`, nil if the bytes are equal.
  func firstDifference(from other: UnsafeRawBufferPointer) -> Int? {
    if hasSameBytes(as: other) { return nil }
    return zip(self, other).enumerated().first { $1.0 != $1.1 }?.offset ?? Swift.min(count, other.count)
  }
}
