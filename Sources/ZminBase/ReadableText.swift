extension Unicode.Scalar {
  /// True for characters that move the cursor, end a line, change the direction of writing, join words or cannot be
  /// seen.
  package var isInvisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: true
    default: false
    }
  }
}

extension String {
  /// Makes a text on one line of any bytes. Different bytes make different texts.
  ///
  /// Invisible characters become `\n`, `\u{202E}` and the like, bytes outside UTF-8 `\xFF`, a backslash two.
  package init(readable bytes: some Collection<UInt8>) {
    self.init()
    var rest = bytes[...]
    while let byte = rest.first {
      var decoder = UTF8()
      var iterator = rest.makeIterator()
      guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
        self += Self.escaped(byte)
        rest = rest.dropFirst()
        continue
      }
      self += scalar == "\\" ? "\\\\" : Self(visible: scalar)
      rest = rest.dropFirst(UTF8.width(scalar))
    }
  }

  /// The character itself, or its escape if it is invisible.
  package init(visible scalar: Unicode.Scalar) {
    self = scalar.isInvisible ? scalar.escaped(asASCII: true) : Self(scalar)
  }

  /// A byte that is not text.
  package static func escaped(_ byte: UInt8) -> String {
    "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }
}
