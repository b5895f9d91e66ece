import CZminSystem
import ZminBase

/// A lossless mapping between arguments, which are any bytes but NUL, and Swift strings, which are UTF-8.
///
/// A byte outside valid UTF-8 becomes the scalar U+10FF00 plus the byte. If an argument itself has a scalar of that
/// range, its bytes are mapped as invalid bytes too. So every argument has one string, and every string one argument.
package enum RawArgument {
  private static let base: UInt32 = 0x10FF00
  private static let stored: ClosedRange<UInt32> = 0x10FF80...0x10FFFF

  /// True if the scalar stands for a byte outside valid UTF-8.
  static func isStoredByte(_ scalar: UnicodeScalar) -> Bool { stored.contains(scalar.value) }

  /// The string that stands for an argument.
  package static func string(for bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    var rest = bytes[...]
    while let byte = rest.first {
      let (scalar, length) = firstScalar(of: rest)
      if let scalar, !isStoredByte(scalar) {
        text.append(scalar)
        rest = rest.dropFirst(length)
      } else if let scalar = UnicodeScalar(base + UInt32(byte)) {
        text.append(scalar)
        rest = rest.dropFirst()
      }
    }
    return String(text)
  }

  /// The string for messages, on one line, with bytes outside valid UTF-8 as `\xFF`.
  static func readable(_ string: String) -> String {
    string.unicodeScalars.reduce(into: "") { text, scalar in
      text += isStoredByte(scalar) ? .escaped(UInt8(truncatingIfNeeded: scalar.value)) : String(visible: scalar)
    }
  }

  /// The argument that a string stands for.
  package static func bytes(of string: String) -> [UInt8] {
    string.unicodeScalars.flatMap { scalar in
      isStoredByte(scalar) ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(UTF8.encode(scalar) ?? .init())
    }
  }

  /// The first scalar and its length in bytes, nil if the bytes do not begin with one.
  private static func firstScalar(of bytes: ArraySlice<UInt8>) -> (UnicodeScalar?, Int) {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return (nil, 1) }
    return (scalar, UTF8.width(scalar))
  }

  /// The arguments of this process after its name.
  static func ofProcess() -> [String] {
    guard let arguments = zmin_arguments() else { return [] }
    return (1..<max(1, Int(zmin_argument_count()))).compactMap { index in
      arguments[index].map { argument in
        string(for: Array(UnsafeBufferPointer(start: argument, count: length(argument))).map(UInt8.init(bitPattern:)))
      }
    }
  }

  private static func length(_ text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    return count
  }
}
