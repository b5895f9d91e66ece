/// Expected value of a word, compared only in the bits of a mask.
struct ExpectedWord {
  /// Matches every word.
  static let any = ExpectedWord(0, mask: 0)

  let value: UInt32
  /// Bits that must equal those of ``value``.
  let mask: UInt32

  init(_ value: UInt32, mask: UInt32 = .max) {
    self.value = value
    self.mask = mask
  }

  func matches(_ word: UInt32) -> Bool { (word ^ value) & mask == 0 }
}

/// Flags that a stage must set, and flags that it may set.
struct ExpectedFlags {
  var required: UInt32 = 0
  /// Flags that may be set or not, as the slice is already not clean for another reason.
  var optional: UInt32 = 0

  func matches(_ flags: UInt32) -> Bool { required & ~flags == 0 && flags & ~(required | optional) == 0 }
}
