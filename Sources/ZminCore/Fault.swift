/// An error in the input: a byte that cannot come where it does, or an end that comes too early.
package enum Fault: Sendable, Equatable {
  // In strings.
  case controlCharacterInString(UInt8)
  case invalidEscape(UInt8)
  case invalidUnicodeEscape(UInt8)
  case invalidUTF8(UInt8)
  /// A byte that cannot continue the sequence that `lead` began.
  case brokenUTF8(lead: UInt8, found: UInt8)
  // In numbers and literals.
  case leadingZero
  case missingDigit(after: NumberPart, found: UInt8)
  case misspeltLiteral(found: UInt8)
  case unexpectedAfterScalar(UInt8)
  // Between tokens.
  case unexpected(UInt8, expected: Expectation)
  case trailingComma(in: ContainerKind)
  case wrongCloser(UInt8, open: ContainerKind)
  case unmatchedCloser(UInt8)
  case secondValue(Format)
  case lineFeedInRecord
  case tooDeep(limit: Int)
  // At the end.
  case empty
  case stringNotClosed
  case endsInScalar
  case notClosed(ContainerKind)

  /// The part of a number that must be followed by a digit.
  package enum NumberPart: Sendable {
    case minus, point, exponent
  }
}

extension Fault {
  /// The error message as one clause, without line, column and offset.
  ///
  /// - Parameter opened: The position of the quote that opened the string, as `line L, column C`.
  package func message(opened: @autoclosure () -> String) -> String {
    switch self {
    case .controlCharacterInString(let byte):
      return "control character \(hexadecimal(byte)) in string (opened at \(opened()))"
    case .invalidEscape(let byte): return "invalid escape: \(shown(byte)) after a backslash"
    case .invalidUnicodeEscape(let byte):
      return "invalid escape: \(shown(byte)) where \\u needs four hexadecimal digits"
    case .invalidUTF8(let byte): return "invalid UTF-8 in string: \(shown(byte))"
    case .brokenUTF8(let lead, let byte) where (0x80..<0xC0).contains(byte):
      return "invalid UTF-8 in string: \(shown(lead)) followed by \(shown(byte))"
    case .brokenUTF8(let lead, let byte):
      return """
        incomplete UTF-8 sequence in string: \(shown(lead)) begins one of \(RecentBytes.sequenceBytes(from: lead)) \
        bytes, found \(shown(byte))
        """
    case .leadingZero: return "leading zero in number"
    case .missingDigit(let part, let byte):
      let name =
        switch part {
        case .minus: "minus sign"
        case .point: "decimal point"
        case .exponent: "exponent"
        }
      return "digit expected after the \(name) of a number, found \(shown(byte))"
    case .misspeltLiteral(let byte): return "misspelt literal: \(shown(byte)) (only true, false and null are JSON)"
    case .unexpectedAfterScalar(let byte): return "unexpected \(shown(byte)) after a number or literal"
    case .unexpected(let byte, let expected): return "\(expected.name) expected, found \(shown(byte))"
    case .trailingComma(let container): return "trailing comma in \(container.name)"
    case .wrongCloser(let byte, let open): return "\(shown(byte)) found where \(open.nameWithArticle) is to be closed"
    case .unmatchedCloser(let byte): return "\(shown(byte)) closes nothing"
    case .secondValue(.json): return "two values"
    case .secondValue: return "two values on one line"
    case .lineFeedInRecord: return "value not finished at the end of its line"
    case .tooDeep(let limit): return "nested deeper than \(limit) levels"
    case .empty: return "empty input: a value expected"
    case .stringNotClosed: return "string not closed (opened at \(opened()))"
    case .endsInScalar: return "input ends inside a number or literal"
    case .notClosed(let container): return "input ends inside \(container.nameWithArticle)"
    }
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (byte < 16 ? "0" + digits : digits)
  }

  private func shown(_ byte: UInt8) -> String {
    byte > 0x20 && byte < 0x7F ? "'\(Character(UnicodeScalar(byte)))'" : "byte \(hexadecimal(byte))"
  }
}

extension ContainerKind {
  var name: String { self == .array ? "array" : "object" }
  var nameWithArticle: String { self == .array ? "an array" : "an object" }
}

extension Expectation {
  var name: String {
    switch self {
    case .start, .value: "value"
    case .firstElement: "value or ']'"
    case .firstKey: "string or '}'"
    case .key: "string"
    case .colon: "':'"
    case .afterMember: "',' or '}'"
    case .afterElement: "',' or ']'"
    case .end: "end of input"
    case .afterValue, .afterComma, .afterString: "other bytes"
    }
  }
}
