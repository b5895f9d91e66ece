package import ZminCore

/// Counts the values that the bytes so far prove complete, in a valid input. A stream must not hold these back.
///
/// In `ndjson`, the LF proves a value complete. In `concat`, the closing `}`, `]` or `"` does, or the byte after a
/// number or literal.
package struct CompleteValues {
  private let format: Format
  /// The number of complete values so far.
  package private(set) var count = 0
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var isInScalar = false
  private var hasValueOnLine = false

  package init(_ format: Format) { self.format = format }

  /// Takes the next byte of the input.
  package mutating func append(_ byte: UInt8) {
    if isInString {
      appendToString(byte)
      return
    }
    let isBlank = [0x20, 0x09, 0x0A, 0x0D].contains(byte)
    let isDelimiter = isBlank || Array("{}[]:,\"".utf8).contains(byte)
    if isInScalar, isDelimiter {
      isInScalar = false
      end()
    }
    switch byte {
    case UInt8(ascii: "\n") where format == .ndjson:
      if hasValueOnLine { count += 1 }
      hasValueOnLine = false
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      end()
    default: if !isDelimiter { isInScalar = true }
    }
  }

  private mutating func appendToString(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isInString = false
      end()
    }
  }

  /// Ends a token, and with it a value unless containers are open.
  private mutating func end() {
    guard depth == 0 else { return }
    if format == .concat { count += 1 } else { hasValueOnLine = true }
  }
}

extension [UInt8] {
  /// The first lines, each with its LF.
  package func lines(_ count: Int) -> ArraySlice<UInt8> {
    var end = 0
    for _ in 0..<count { end = (self[end...].firstIndex(of: UInt8(ascii: "\n")) ?? self.count - 1) + 1 }
    return self[..<end]
  }
}
