/// Where in a token a document stands: all that the lexical rules of RFC 8259 need to remember.
///
/// The order is that of `zmin_lexeme`, which the C kernels use.
package enum Lexeme: UInt8, CaseIterable {
  /// Between tokens: after whitespace, a bracket, a colon, a comma or a closed string.
  case between
  case minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits
  case t, tr, tru
  case f, fa, fal, fals
  case n, nu, nul
  /// After `true`, `false` or `null`: a delimiter must follow.
  case literalEnd
  case string
  /// After a backslash in a string.
  case escape
  /// So many hexadecimal digits of `\uXXXX` are to come.
  case hex4, hex3, hex2, hex1
  /// One UTF-8 continuation byte is to come.
  case tail1
  /// Two are to come: any; the first `A0...BF` (after `E0`); the first `80...9F` (after `ED`).
  case tail2, tail2AfterE0, tail2AfterED
  /// Three are to come: any; the first `90...BF` (after `F0`); the first `80...8F` (after `F4`).
  case tail3, tail3AfterF0, tail3AfterF4

  /// Whether the token is a string that is still open.
  package var isInString: Bool { rawValue >= Lexeme.string.rawValue }

  /// Whether the token is a number or a literal.
  package var isScalar: Bool { self != .between && !isInString }

  /// Whether a delimiter or the end of input may come here: no token is cut short by it.
  package var isComplete: Bool {
    switch self {
    case .between, .zero, .integer, .fraction, .exponentDigits, .literalEnd: true
    default: false
    }
  }

  /// The state after a byte of class ``ByteClass/scalar`` outside strings, or nil if it cannot come here.
  package func afterScalarByte(_ byte: UInt8) -> Lexeme? {
    switch (self, byte) {
    case (.between, UInt8(ascii: "-")): .minus
    case (.between, UInt8(ascii: "0")), (.minus, UInt8(ascii: "0")): .zero
    case (.between, _) where byte.isDigit: .integer
    case (.minus, _) where byte.isDigit: .integer
    case (.integer, _) where byte.isDigit: .integer
    case (.zero, UInt8(ascii: ".")), (.integer, UInt8(ascii: ".")): .point
    case (.point, _) where byte.isDigit: .fraction
    case (.fraction, _) where byte.isDigit: .fraction
    case (.zero, _) where byte | 0x20 == UInt8(ascii: "e"): .exponent
    case (.integer, _) where byte | 0x20 == UInt8(ascii: "e"): .exponent
    case (.fraction, _) where byte | 0x20 == UInt8(ascii: "e"): .exponent
    case (.exponent, UInt8(ascii: "+")), (.exponent, UInt8(ascii: "-")): .exponentSign
    case (.exponent, _) where byte.isDigit: .exponentDigits
    case (.exponentSign, _) where byte.isDigit: .exponentDigits
    case (.exponentDigits, _) where byte.isDigit: .exponentDigits
    case (.between, UInt8(ascii: "t")): .t
    case (.t, UInt8(ascii: "r")): .tr
    case (.tr, UInt8(ascii: "u")): .tru
    case (.tru, UInt8(ascii: "e")): .literalEnd
    case (.between, UInt8(ascii: "f")): .f
    case (.f, UInt8(ascii: "a")): .fa
    case (.fa, UInt8(ascii: "l")): .fal
    case (.fal, UInt8(ascii: "s")): .fals
    case (.fals, UInt8(ascii: "e")): .literalEnd
    case (.between, UInt8(ascii: "n")): .n
    case (.n, UInt8(ascii: "u")): .nu
    case (.nu, UInt8(ascii: "l")): .nul
    case (.nul, UInt8(ascii: "l")): .literalEnd
    default: nil
    }
  }

  /// The state after any byte inside a string, or nil if it cannot come here. UTF-8 as in RFC 3629 section 4.
  package func afterStringByte(_ byte: UInt8) -> Lexeme? {
    switch (self, byte) {
    case (.string, UInt8(ascii: "\"")): .between
    case (.string, UInt8(ascii: "\\")): .escape
    case (.string, 0x20...0x7F): .string
    case (.string, 0xC2...0xDF): .tail1
    case (.string, 0xE0): .tail2AfterE0
    case (.string, 0xED): .tail2AfterED
    case (.string, 0xE1...0xEF): .tail2
    case (.string, 0xF0): .tail3AfterF0
    case (.string, 0xF1...0xF3): .tail3
    case (.string, 0xF4): .tail3AfterF4
    case (.escape, UInt8(ascii: "u")): .hex4
    case (.escape, _) where byte.isSimpleEscape: .string
    case (.hex4, _) where byte.isHexadecimalDigit: .hex3
    case (.hex3, _) where byte.isHexadecimalDigit: .hex2
    case (.hex2, _) where byte.isHexadecimalDigit: .hex1
    case (.hex1, _) where byte.isHexadecimalDigit: .string
    case (.tail1, 0x80...0xBF): .string
    case (.tail2, 0x80...0xBF), (.tail2AfterE0, 0xA0...0xBF), (.tail2AfterED, 0x80...0x9F): .tail1
    case (.tail3, 0x80...0xBF), (.tail3AfterF0, 0x90...0xBF), (.tail3AfterF4, 0x80...0x8F): .tail2
    default: nil
    }
  }
}
