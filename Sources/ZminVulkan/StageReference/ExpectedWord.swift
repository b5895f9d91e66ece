/// What a word of a buffer must be, as far as its bits mean anything.
struct ExpectedWord {
  /// Nothing is asked of such a word.
  static let any = ExpectedWord(0, mask: 0)

  let value: UInt32
  /// The bits that must be as in ``value``.
  let mask: UInt32

  init(_ value: UInt32, mask: UInt32 = .max) {
    self.value = value
    self.mask = mask
  }

  func matches(_ word: UInt32) -> Bool { (word ^ value) & mask == 0 }
}

/// Which flags a stage must give, and which it may give besides.
struct ExpectedFlags {
  var required: UInt32 = 0
  /// What a stage may leave out or give where it has given another reason.
  var optional: UInt32 = 0

  func matches(_ flags: UInt32) -> Bool { required & ~flags == 0 && flags & ~(required | optional) == 0 }
}
