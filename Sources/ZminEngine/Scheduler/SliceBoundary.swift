import ZminCore

/// Where slices of a document begin and end, and in which state they are assumed to start.
///
/// A cut is found in the bytes before a place that is wished for, and in them alone, so that whoever has the slice before
/// it and whoever has the slice after it come to the same. In a valid document a raw byte below 0x20 is in no string:
/// after one, the state is known. Where there is none near, two machines go on from the cut, one outside strings and one
/// within, and the one that first meets a byte that cannot come was wrong: in text that takes tens of bytes.
package struct SliceBoundary: Equatable {
  /// How far before the wished place is looked.
  package static let windowBytes = 1024
  /// How far after the cut the two machines go.
  static let probeBytes = 2048

  /// Where the cut is in the window, from its start.
  let offset: Int
  /// Whether a byte below 0x20 stands before it.
  let isAfterControlCharacter: Bool

  /// The last good cut in `window`: after a byte below 0x20, in `ndjson` best an LF; else after a structural byte; else
  /// where no escape and no UTF-8 sequence is torn.
  ///
  /// - Parameter isLate: Whether as much as may be is to come before it, since nobody knows when there will be more: any
  ///   byte that can end a value will do then. (In `ndjson` only an LF ends one; in `json` a quote ends none that
  ///   anybody waits for.)
  init(in window: UnsafeRawBufferPointer, _ format: Format, isLate: Bool = false) {
    if isLate, format != .ndjson, let delimiter = window.lastIndex(where: { Self.mayEndValue($0, format) }) {
      isAfterControlCharacter = window[delimiter] < 0x20
      offset = delimiter + 1
      return
    }
    let lineFeed = format == .ndjson ? window.lastIndex(ofByte: UInt8(ascii: "\n"), before: window.count) : nil
    let control = lineFeed ?? window.lastIndex(below: 0x20)
    let structural = control == nil ? window.lastIndex { ByteClass($0) == .structural } : nil
    isAfterControlCharacter = control != nil
    offset = (control ?? structural).map { $0 + 1 } ?? Self.untornEnd(of: window)
  }

  private static func mayEndValue(_ byte: UInt8, _ format: Format) -> Bool {
    switch ByteClass(byte) {
    case .whitespace, .structural: true
    case .quote: format == .concat
    case .scalar: false
    }
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
  ///
  /// The two machines are never both in a string or both outside, as both change with every quote: a backslash, which
  /// would hide one from the machine in the string, ends the one outside. So the first byte decides that not both can
  /// meet, and the quotes before it tell which is where.
  static func start(before bytes: UnsafeRawBufferPointer) -> SlicePrefix.Start? {
    var isSwapped = false
    let undecidedBytes = Self.undecidedBytes
    for byte in UnsafeRawBufferPointer(rebasing: bytes.prefix(probeBytes)) {
      if undecidedBytes.contains(byte) {
        if byte == UInt8(ascii: "\"") { isSwapped.toggle() }
        continue
      }
      let isInString = byte >= 0x20
      if !isInString, ByteClass(byte) != .whitespace { return nil }
      return isInString == isSwapped ? .between : .string
    }
    return nil
  }

  /// What valid documents have both in strings and outside.
  private static let undecidedBytes = ASCIISet(" {}[]:,\"0123456789-+.eEtrufalsn")
}

/// A set of ASCII bytes, a bit each.
private struct ASCIISet {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  init(_ bytes: StaticString) {
    bytes.withUTF8Buffer { bytes in
      for byte in bytes {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
      }
    }
  }

  @inline(__always) func contains(_ byte: UInt8) -> Bool {
    let bits = byte < 64 ? low : byte < 128 ? high : 0
    return bits >> UInt64(byte & 63) & 1 != 0
  }
}
