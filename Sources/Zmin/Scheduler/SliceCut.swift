import ZminCore

/// Where slices of a document begin and end, and in which state they are assumed to start.
///
/// A cut is found in the bytes before a place that is wished for, and in them alone, so that whoever has the slice before
/// it and whoever has the slice after it come to the same. In a valid document a raw byte below 0x20 is in no string:
/// after one, the state is known. Where there is none near, two machines go on from the cut, one outside strings and one
/// within, and the one that first meets a byte that cannot come was wrong: in text that takes tens of bytes.
struct SliceCut: Equatable {
  /// How far before the wished place is looked.
  static let windowBytes = 1024
  /// How far after the cut the two machines go.
  static let probeBytes = 2048

  /// Where the cut is in the window, from its start.
  let offset: Int
  /// Whether a byte below 0x20 stands before it.
  let isAfterControlCharacter: Bool

  /// The last good cut in `window`: after a byte below 0x20, in `ndjson` best an LF; else after a structural byte; else
  /// where no escape and no UTF-8 sequence is torn.
  init(in window: UnsafeRawBufferPointer, _ format: Format) {
    var structural: Int?
    var control: Int?
    for index in window.indices.reversed() {
      let byte = window[index]
      if byte < 0x20 {
        if control == nil { control = index }
        if format != .ndjson || byte == UInt8(ascii: "\n") {
          control = index
          break
        }
      } else if structural == nil, ByteClass(byte) == .structural {
        structural = index
      }
    }
    isAfterControlCharacter = control != nil
    offset = (control ?? structural).map { $0 + 1 } ?? Self.untornEnd(of: window)
  }

  /// The end of `window`, or where the escape or UTF-8 sequence begins that it may tear.
  private static func untornEnd(of window: UnsafeRawBufferPointer) -> Int {
    let end = window.count
    // The longest escape has six bytes.
    for index in (max(0, end - 6)..<end).reversed() where window[index] == UInt8(ascii: "\\") {
      var runStart = index
      while runStart > 0, window[runStart - 1] == UInt8(ascii: "\\") { runStart -= 1 }
      guard (index - runStart) % 2 == 0 else { break }
      let length = index + 1 < end && window[index + 1] != UInt8(ascii: "u") ? 2 : 6
      if index + length > end { return index }
      break
    }
    var lead = end
    while lead > 0, end - lead < 3, window[lead - 1] & 0xC0 == 0x80 { lead -= 1 }
    guard lead > 0, window[lead - 1] >= 0xC0 else { return end }
    let first = window[lead - 1]
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    return lead - 1 + length > end ? lead - 1 : end
  }

  /// Where a slice may be assumed to start that has `bytes` after a cut, nil if they could go on from either.
  static func start(before bytes: UnsafeRawBufferPointer) -> SliceHead.Start? {
    var fromBetween = StringState.outside
    var fromString = StringState.inString
    for byte in bytes.prefix(probeBytes) {
      switch (fromBetween.mayMeet(byte), fromString.mayMeet(byte)) {
      case (true, true): break
      case (true, false): return .between
      case (false, true): return .string
      case (false, false): return nil
      }
      fromBetween = fromBetween.after(byte)
      fromString = fromString.after(byte)
    }
    return nil
  }
}

extension StringState {
  /// Whether any valid document has `byte` in this state.
  fileprivate func mayMeet(_ byte: UInt8) -> Bool {
    switch self {
    case .outside:
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "u"),
        UInt8(ascii: "f"), UInt8(ascii: "a"), UInt8(ascii: "l"), UInt8(ascii: "s"), UInt8(ascii: "n"):
        true
      default: ByteClass(byte) != .scalar
      }
    case .inString: byte >= 0x20
    case .escaped: Lexeme.escape.afterStringByte(byte) != nil
    }
  }
}
