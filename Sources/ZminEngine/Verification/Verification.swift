/// Which parts of an input are done a second time, on another path, and compared before they are written.
package enum Verification: Sendable, Equatable {
  case none
  case whole
  /// A tenth, picked by a number: the same parts with every run.
  case sampled(seed: UInt64)

  /// Whether the part is verified that begins at this place.
  func includes(_ place: Int) -> Bool {
    switch self {
    case .none: return false
    case .whole: return true
    case .sampled(let seed):
      // The finalizer of SplitMix64, so that neighbours have nothing in common.
      var bits = seed &+ UInt64(bitPattern: Int64(place)) &* 0x9E37_79B9_7F4A_7C15
      bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
      return (bits ^ bits >> 31) % 10 == 0
    }
  }
}

/// Two paths have made different things of the same bytes: one of them is wrong, and nothing of it is to be used.
package struct VerificationDifference: Error, Sendable, Equatable, CustomStringConvertible {
  /// What differs.
  package enum Subject: String, Sendable {
    case output = "in the output"
    case verdict = "on whether the input is valid"
    case state = "in the state that they end in"
  }

  /// Where in the input, in bytes: as near as is known, and not after it.
  package let offset: Int
  package let subject: Subject
  /// The paths: what was to be used, and what it was compared with.
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

  /// The same, where all before it is `bytes` longer.
  func moved(by bytes: Int) -> VerificationDifference {
    VerificationDifference(offset: offset + bytes, subject: subject, paths: paths)
  }
}

extension UnsafeRawBufferPointer {
  /// Where the bytes begin to differ from `other`; nil if they do not.
  func firstDifference(from other: UnsafeRawBufferPointer) -> Int? {
    if hasSameBytes(as: other) { return nil }
    return zip(self, other).enumerated().first { $1.0 != $1.1 }?.offset ?? Swift.min(count, other.count)
  }
}
