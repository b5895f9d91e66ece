import ZminCore

/// A boundary between slices of a document, and the state that the slice after it is assumed to start in.
///
/// A boundary is found in the bytes before a wished offset, and in these alone. So the threads with the slices on both
/// sides find the same one. In a valid document no string contains a raw byte below 0x20, so the state after such a
/// byte is known. If there is none near, two machines run on from the boundary, one outside strings and one inside. The
/// one that first meets a byte that cannot follow was wrong. In text that takes tens of bytes.
package struct SliceBoundary: Equatable {
  /// Bytes before the wished offset that are searched.
  package static let windowBytes = 1024
  /// Bytes after the boundary that the two machines read at most.
  static let probeBytes = 2048

  /// Offset of the boundary from the start of the window.
  let offset: Int
  /// True if a byte below 0x20 stands before it.
  let isAfterControlCharacter: Bool

  /// Finds the last good boundary in `window`.
  ///
  /// The best is after a byte below 0x20, in `ndjson` after an LF. The next best is after a structural byte. Otherwise
  /// it is the last one that tears no escape and no UTF-8 sequence.
  ///
  /// - Parameter isLate: True to accept any byte that can end a value, so that as many bytes as possible stand before
  ///   the boundary. For a producer that may pause. In `ndjson` only an LF ends a value. In `json` a quote ends none
  ///   that a consumer waits for.
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

  /// The end of `window`, or the start of the escape or UTF-8 sequence that this may tear.
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

  /// Infers the start of a slice from the bytes after its boundary, nil if both starts are possible.
  ///
  /// Exactly one of the two machines is in a string at any time, since both change with every quote. (A backslash could
  /// hide a quote from the machine in the string, but it stops the one outside.) So the first byte that only one of
  /// them accepts decides, and the number of quotes before it tells which machine that is.
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

  /// Bytes that valid documents have both in strings and outside.
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
