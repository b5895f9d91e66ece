/// Counts of what a document is made of.
package struct DocumentFacts: Sendable, Equatable {
  package private(set) var byteCount = 0
  /// Spaces, tabs, LFs and CRs outside strings.
  package private(set) var whitespaceBytes = 0
  /// Bytes of strings, quotes included.
  package private(set) var stringBytes = 0
  /// Bytes above 0x7F.
  package private(set) var nonASCIIBytes = 0
  /// Brackets, braces and commas outside strings.
  package private(set) var elements = 0

  private var isInString = false
  private var isAfterBackslash = false

  package init() {}

  /// Counts the next bytes of the document.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    byteCount += bytes.count
    var copy = self
    for byte in bytes { copy.count(byte) }
    self = copy
  }

  private mutating func count(_ byte: UInt8) {
    if byte >= 0x80 { nonASCIIBytes += 1 }
    if isInString {
      stringBytes += 1
      if isAfterBackslash {
        isAfterBackslash = false
      } else if byte == UInt8(ascii: "\\") {
        isAfterBackslash = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return
    }
    switch byte {
    case UInt8(ascii: "\""):
      isInString = true
      stringBytes += 1
    case 0x20, 0x09, 0x0A, 0x0D: whitespaceBytes += 1
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","): elements += 1
    default: break
    }
  }

  /// `bytes` as a share of the document, from 0 to 1.
  package func share(_ bytes: Int) -> Double { byteCount > 0 ? Double(bytes) / Double(byteCount) : 0 }

  /// Elements per 1000 bytes.
  package var elementsPerKilobyte: Double { share(elements) * 1000 }
}
