package import ZminCore

/// The expected output or error of an input, by a simple parser that accepts what RFC 8259 allows and stops at the
/// first byte that it does not.
///
/// It is independent of ZminCore, except for the names of the formats. It may be slow, but it must be obviously right.
package struct Oracle {
  /// The minified bytes, up to the error if there is one.
  package private(set) var output: [UInt8] = []
  /// The offset of the first byte with which the input is no longer the beginning of a valid document. The length of
  /// the input if it ends too early, nil if it is valid.
  package private(set) var errorOffset: Int?

  private let input: [UInt8]
  private let format: Format
  private let depthMax: Int
  private var position = 0

  /// The byte at `position` is not allowed, or the input ends too early.
  private struct Stop: Error {}

  /// Minifies and checks `input`, which must not begin with a byte order mark.
  package init(_ input: [UInt8], _ format: Format, depthMax: Int = .max) {
    self.input = input
    self.format = format
    self.depthMax = depthMax
    do {
      switch format {
      case .json: try oneValue()
      case .ndjson: try lines()
      case .concat: try values()
      }
    } catch {
      errorOffset = position
    }
  }

  // MARK: Formats

  private mutating func oneValue() throws {
    skip(" \t\r\n")
    try value()
    skip(" \t\r\n")
    guard position == input.count else { throw Stop() }
  }

  private mutating func lines() throws {
    while true {
      skip(" \t\r\n")
      if position == input.count { return }
      try value()
      skip(" \t\r")
      guard position == input.count || input[position] == UInt8(ascii: "\n") else { throw Stop() }
      output.append(UInt8(ascii: "\n"))
    }
  }

  private mutating func values() throws {
    skip(" \t\r\n")
    while position < input.count {
      try value()
      output.append(UInt8(ascii: "\n"))
      if position == input.count { return }
      let endsItself = "]}\"".utf8.contains(input[position - 1])
      let nextBeginsItself = " \t\r\n[{\"".utf8.contains(input[position])
      guard endsItself || nextBeginsItself else { throw Stop() }
      skip(" \t\r\n")
    }
  }

  // MARK: Values

  /// Parses a value, with open containers on a list instead of the call stack.
  private mutating func value() throws {
    let blank = format == .ndjson ? " \t\r" : " \t\r\n"
    var closersOwed: [UInt8] = []
    while true {
      switch try next() {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        guard closersOwed.count < depthMax else { throw Stop() }
        let closer = try next() == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: "}")
        take()
        closersOwed.append(closer)
        skip(blank)
        if try next() != closer {
          if closer == UInt8(ascii: "}") { try name(blank) }
          continue
        }
      case UInt8(ascii: "\""): try string()
      case UInt8(ascii: "t"): try literal("true")
      case UInt8(ascii: "f"): try literal("false")
      case UInt8(ascii: "n"): try literal("null")
      default: try number()
      }
      // A value is complete, or a container was opened and is empty. Close all containers that end here.
      while let closer = closersOwed.last {
        skip(blank)
        guard try next() == closer else { break }
        take()
        closersOwed.removeLast()
      }
      guard let closer = closersOwed.last else { return }
      guard try next() == UInt8(ascii: ",") else { throw Stop() }
      take()
      skip(blank)
      if closer == UInt8(ascii: "}") { try name(blank) }
    }
  }

  /// Parses the name of a member and its colon.
  private mutating func name(_ blank: String) throws {
    guard try next() == UInt8(ascii: "\"") else { throw Stop() }
    try string()
    skip(blank)
    try literal(":")
    skip(blank)
  }

  private mutating func literal(_ spelling: String) throws {
    for byte in spelling.utf8 {
      guard try next() == byte else { throw Stop() }
      take()
    }
  }

  private mutating func number() throws {
    if try next() == UInt8(ascii: "-") { take() }
    if try next() == UInt8(ascii: "0") { take() } else { try digits() }
    if isAt(".") {
      take()
      try digits()
    }
    if isAt("eE") {
      take()
      if isAt("+-") { take() }
      try digits()
    }
  }

  private mutating func digits() throws {
    guard "0123456789".utf8.contains(try next()) else { throw Stop() }
    while isAt("0123456789") { take() }
  }

  private mutating func string() throws {
    take()
    while true {
      let byte = try next()
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        take()
        guard isAt("\"\\/bfnrtu") else { throw Stop() }
        let digitCount = try next() == UInt8(ascii: "u") ? 4 : 0
        take()
        for _ in 0..<digitCount {
          guard isAt("0123456789abcdefABCDEF") else { throw Stop() }
          take()
        }
      } else if byte < 0x20 {
        throw Stop()
      } else if byte < 0x80 {
        take()
      } else {
        try codePoint()
      }
    }
    take()
  }

  /// Parses a code point of two to four bytes. After each byte, at least one valid encoding must still begin with the
  /// bytes so far.
  private mutating func codePoint() throws {
    let lead = Int(try next())
    let (byteCount, leadBits, smallest) =
      switch lead {
      case 0b1100_0000...0b1101_1111: (2, 0b1_1111, 0x80)
      case 0b1110_0000...0b1110_1111: (3, 0b1111, 0x800)
      case 0b1111_0000...0b1111_0111: (4, 0b111, 0x10000)
      default: throw Stop()
      }
    var bits = lead & leadBits
    for remaining in (0..<byteCount).reversed() {
      if remaining < byteCount - 1 {
        let byte = Int(try next())
        guard byte >> 6 == 0b10 else { throw Stop() }
        bits = bits << 6 | byte & 0b11_1111
      }
      let lowest = max(bits << (6 * remaining), smallest)
      let highest = min((bits + 1) << (6 * remaining) - 1, 0x10FFFF)
      guard lowest <= highest, lowest < 0xD800 || highest > 0xDFFF else { throw Stop() }
      take()
    }
  }

  // MARK: Bytes

  private func next() throws -> UInt8 {
    guard position < input.count else { throw Stop() }
    return input[position]
  }

  private func isAt(_ bytes: String) -> Bool {
    position < input.count && bytes.utf8.contains(input[position])
  }

  private mutating func take() {
    output.append(input[position])
    position += 1
  }

  private mutating func skip(_ bytes: String) {
    while isAt(bytes) { position += 1 }
  }
}

extension Oracle {
  /// The expected output of `--no-validate` for any bytes, in `json` and `ndjson`.
  package static func unchecked(_ input: [UInt8], _ format: Format) -> [UInt8] {
    var output: [UInt8] = []
    var isInString = false
    var isEscaped = false
    for byte in input {
      if isInString {
        output.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else if byte == UInt8(ascii: "\n"), format == .ndjson {
        if let last = output.last, last != byte { output.append(byte) }
      } else if !" \t\r\n".utf8.contains(byte) {
        output.append(byte)
        isInString = byte == UInt8(ascii: "\"")
      }
    }
    if format == .ndjson, let last = output.last, last != UInt8(ascii: "\n") || isInString {
      output.append(UInt8(ascii: "\n"))
    }
    return output
  }
}
