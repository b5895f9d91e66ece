/// The position of a document within a token: all that the lexical rules of RFC 8259 must remember.
///
/// States of a number, by the next byte. Those marked `*` are complete: a delimiter may follow.
///
///     between          - minus           0 zero*       1...9 integer*
///     minus            0 zero*       1...9 integer*
///     zero*            . point           e exponent
///     integer*     digit integer*        . point           e exponent
///     point        digit fraction*
///     fraction*    digit fraction*       e exponent
///     exponent       + - exponentSign   digit exponentDigits*
///     exponentSign digit exponentDigits*
///     exponentDigits*  digit exponentDigits*
///
/// The order of cases is that of `zmin_lexeme` in the C kernels.
package enum Lexeme: UInt8, CaseIterable {
  /// Between tokens: after whitespace, a bracket, a colon, a comma or a closed string.
  case between
  case minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits
  case t, tr, tru
  case f, fa, fal, fals
  case n, nu, nul
  /// After `true`, `false` or `null`. A delimiter must follow.
  case literalEnd
  case string
  /// After a backslash in a string.
  case escape
  /// In `\uXXXX`, with 4, 3, 2 or 1 hexadecimal digits still expected.
  case hex4, hex3, hex2, hex1
  /// In a UTF-8 sequence, with one continuation byte still expected.
  case tail1
  /// Two continuation bytes expected. Restricted after `E0` to a first of `A0...BF`, after `ED` to `80...9F`.
  case tail2, tail2AfterE0, tail2AfterED
  /// Three continuation bytes expected. Restricted after `F0` to a first of `90...BF`, after `F4` to `80...8F`.
  case tail3, tail3AfterF0, tail3AfterF4

  /// True inside a string.
  package var isInString: Bool { rawValue >= Lexeme.string.rawValue }

  /// True inside a number or a literal.
  package var isScalar: Bool { self != .between && !isInString }

  /// True if a delimiter or the end of input may come here without cutting a token short.
  package var isComplete: Bool {
    switch self {
    case .between, .zero, .integer, .fraction, .exponentDigits, .literalEnd: true
    default: false
    }
  }

  /// Returns the state after a byte of class ``ByteClass/scalar`` outside strings, nil if the byte cannot come here.
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

  /// Returns the state after a byte inside a string, nil if the byte cannot come here. UTF-8 as in RFC 3629 section 4.
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
