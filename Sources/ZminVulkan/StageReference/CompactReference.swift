internal import CZminVulkan

/// Reference of `compact.comp`: kept bytes and skeleton of a slice, and errors in single bytes, escapes and UTF-8.
struct CompactReference {
  private(set) var kept: [UInt8] = []
  private(set) var skeleton: [UInt8] = []
  private(set) var flags = ExpectedFlags()

  init(_ slice: [UInt8], startingIn start: VulkanLane.EndState, isLines: Bool) {
    var machine = StringMachine(isLines: isLines, startingIn: start, after: nil)
    for (index, byte) in slice.enumerated() {
      let outcome = machine.take(byte)
      if outcome.isKept { kept.append(byte) }
      if outcome.isInSkeleton { skeleton.append(byte) }
      if outcome.isInString, byte < 0x20 { flag(ZMIN_FLAG_CONTROL) }
      if !outcome.isInString, byte >= 0x80 || byte == UInt8(ascii: "\\") { flag(ZMIN_FLAG_OUTSIDE) }
      if outcome.isEscaped { checkEscape(slice[index...]) }
    }
    checkUTF8(slice)
    // A backslash outside strings has no defined meaning, so the other flags are then arbitrary.
    if flags.required & UInt32(ZMIN_FLAG_OUTSIDE) != 0 {
      flags = ExpectedFlags(required: UInt32(ZMIN_FLAG_OUTSIDE), optional: .max)
    }
    // The digits of an escape that the slice's end cuts need not be checked.
    if flags.required & UInt32(ZMIN_FLAG_TORN) != 0 { makeOptional(ZMIN_FLAG_ESCAPE) }
  }

  private mutating func flag(_ flag: Int32) { flags.required |= UInt32(flag) }

  private mutating func makeOptional(_ flag: Int32) {
    flags.required &= ~UInt32(flag)
    flags.optional |= UInt32(flag)
  }

  /// - Parameter rest: Slice from the escaped byte to the end.
  private mutating func checkEscape(_ rest: ArraySlice<UInt8>) {
    guard let escaped = rest.first, "\"\\/bfnrtu".utf8.contains(escaped) else { return flag(ZMIN_FLAG_ESCAPE) }
    guard escaped == UInt8(ascii: "u") else { return }
    let digits = rest.dropFirst().prefix(4)
    if digits.count < 4 { flag(ZMIN_FLAG_TORN) }
    if !digits.allSatisfy("0123456789abcdefABCDEF".utf8.contains) { flag(ZMIN_FLAG_ESCAPE) }
  }

  private mutating func checkUTF8(_ slice: [UInt8]) {
    /// True if the byte `distance` before `index` begins a sequence that includes `index`.
    func reaches(from distance: Int, to index: Int) -> Bool {
      index >= distance && Self.sequenceBytes(from: slice[index - distance]) > distance
    }
    for (index, byte) in slice.enumerated() {
      let isContinuation = byte & 0xC0 == 0x80
      if isContinuation != (1...3).contains(where: { reaches(from: $0, to: index) }) { flag(ZMIN_FLAG_UTF8) }
      if byte == 0xC0 || byte == 0xC1 || byte >= 0xF5 { flag(ZMIN_FLAG_UTF8) }
      guard index > 0 else { continue }
      switch (slice[index - 1], byte) {
      case (0xE0, ..<0xA0), (0xED, 0xA0...), (0xF0, ..<0x90), (0xF4, 0x90...): flag(ZMIN_FLAG_UTF8)
      default: break
      }
    }
    if (1...3).contains(where: { reaches(from: $0, to: slice.count) }) { flag(ZMIN_FLAG_TORN) }
  }

  /// Length of the UTF-8 sequence that begins with this byte.
  private static func sequenceBytes(from lead: UInt8) -> Int {
    switch lead {
    case ..<0xC0: 1
    case ..<0xE0: 2
    case ..<0xF0: 3
    default: 4
    }
  }
}
