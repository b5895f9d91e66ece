import Glibc
package import SystemPackage

/// How the temporary beside `NAME` is called: `.zmin-RANDOM-NAME.tmp`.
enum TemporaryName {
  private static let prefix = characters(of: ".zmin-")
  private static let suffix = characters(of: ".tmp")
  private static let alphabet = characters(of: "0123456789abcdefghijklmnopqrstuv")
  /// Five bits each: eighty bits, which do not meet by chance.
  private static let randomCount = 16
  /// How much of the target's name goes in. All together stays under the 143 bytes of the strictest file system.
  private static let targetBytesMax = 100

  /// A new name of a temporary for `target`.
  static func random(for target: FilePath.Component) -> FilePath {
    var generator = SystemRandomNumberGenerator()
    let random = (0..<randomCount).map { _ in alphabet[Int(generator.next(upperBound: UInt(alphabet.count)))] }
    return FilePath(platformString: prefix + random + tail(for: target) + [0])
  }

  /// Whether `name` is of the pattern.
  static func isTemporary(_ name: FilePath.Component) -> Bool {
    hasPattern(bytes(of: name))
  }

  /// Whether `name` is one of the names that a temporary for `target` may have.
  static func isTemporary(_ name: FilePath.Component, for target: FilePath.Component) -> Bool {
    let bytes = bytes(of: name)
    return hasPattern(bytes) && bytes.dropFirst(prefix.count + randomCount).elementsEqual(tail(for: target))
  }

  private static func hasPattern(_ bytes: [CChar]) -> Bool {
    let separator = prefix.count + randomCount
    return bytes.count > separator + 1 + suffix.count && bytes.starts(with: prefix)
      && bytes[prefix.count..<separator].allSatisfy(alphabet.contains)
      && bytes[separator] == alphabetSeparator && bytes.suffix(suffix.count).elementsEqual(suffix)
  }

  private static let alphabetSeparator = CChar(bitPattern: UInt8(ascii: "-"))

  private static func tail(for target: FilePath.Component) -> [CChar] {
    var name = bytes(of: target)
    if name.count > targetBytesMax {
      // Some file systems take UTF-8 only: no scalar is cut in two.
      var end = targetBytesMax
      while end > targetBytesMax - 4, UInt8(bitPattern: name[end]) & 0xC0 == 0x80 { end -= 1 }
      name.removeSubrange(end...)
    }
    return [alphabetSeparator] + name + suffix
  }

  private static func bytes(of name: FilePath.Component) -> [CChar] {
    name.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
  }

  private static func characters(of text: StaticString) -> [CChar] {
    text.withUTF8Buffer { $0.map { CChar(bitPattern: $0) } }
  }
}

/// Whether a name is that of a temporary beside an output: a directory walk passes such files by.
package func isTemporaryName(_ name: FilePath.Component) -> Bool {
  TemporaryName.isTemporary(name)
}
