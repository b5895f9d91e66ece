import Glibc
import Synchronization
package import SystemPackage

/// Names of files that zmin makes beside `NAME`.
///
/// A temporary is called `.zmin-RANDOM-NAME.tmp`. One that no run has locked is stale, and a later run removes it.
/// Before it is exchanged with `NAME`, it is renamed to `.zmin-RANDOM-NAME.kept`. From then on it may be a save of
/// `NAME` by another program, and only its own run removes it.
enum TemporaryName {
  private static let prefix = characters(of: ".zmin-")
  private static let suffix = characters(of: ".tmp")
  private static let keptSuffix = characters(of: ".kept")
  private static let alphabet = characters(of: "0123456789abcdefghijklmnopqrstuv")
  /// The number of random characters, of five bits each: eighty bits do not collide by chance.
  private static let randomCount = 16
  /// The most bytes of the target's name. The whole name stays under the 143 bytes of the strictest file system.
  private static let targetBytesMax = 100

  /// A new name of a temporary for `target`.
  static func random(for target: FilePath.Component) -> FilePath {
    let words = Randomness.next()
    let random = (0..<randomCount).map { index in
      alphabet[Int(truncatingIfNeeded: (index < randomCount / 2 ? words.0 : words.1) >> (5 * (index % 8))) & 31]
    }
    return FilePath(platformString: prefix + random + tail(for: target, suffix) + [0])
  }

  /// The name that a temporary for `target` would have if it had the random part of `name`.
  static func sibling(of name: FilePath, for target: FilePath.Component) -> FilePath {
    let random = name.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: prefix.count + randomCount)) }
    return FilePath(platformString: random + tail(for: target, suffix) + [0])
  }

  /// Shortens two names so that the names of their temporaries differ, too. Long names lose their common start.
  static func distinct(
    _ one: FilePath.Component, _ other: FilePath.Component
  ) -> (FilePath.Component, FilePath.Component) {
    let (first, second) = (bytes(of: one), bytes(of: other))
    guard max(first.count, second.count) > targetBytesMax else { return (one, other) }
    var start = zip(first, second).prefix { $0 == $1 }.count
    // Cut between scalars, and not between a letter and its marks.
    while start > 0, start >= first.count || first[start] < 0 || first[start - 1] < 0 { start -= 1 }
    start = max(0, start - 1)
    guard let short = FilePath.Component(platformString: first[start...] + [0]),
      let otherShort = FilePath.Component(platformString: second[start...] + [0])
    else { return (one, other) }
    return (short, otherShort)
  }

  /// The name that a temporary takes before it is exchanged with its target.
  static func kept(_ temporary: FilePath) -> FilePath {
    let bytes = temporary.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
    return FilePath(platformString: bytes.dropLast(suffix.count) + keptSuffix + [0])
  }

  /// Returns true if `name` is that of a temporary or a kept file of any target.
  static func isOwn(_ name: FilePath.Component) -> Bool {
    let bytes = bytes(of: name)
    return hasPattern(bytes, suffix) || hasPattern(bytes, keptSuffix)
  }

  /// Returns true if `name` is one of the names that a temporary for `target` may have.
  static func isTemporary(_ name: FilePath.Component, for target: FilePath.Component) -> Bool {
    isName(name, for: target, suffix)
  }

  /// Returns true if `name` is one of the names that a kept file of `target` may have.
  static func isKept(_ name: FilePath.Component, for target: FilePath.Component) -> Bool {
    isName(name, for: target, keptSuffix)
  }

  private static func isName(
    _ name: FilePath.Component, for target: FilePath.Component, _ suffix: [CChar]
  ) -> Bool {
    let bytes = bytes(of: name)
    return hasPattern(bytes, suffix)
      && bytes.dropFirst(prefix.count + randomCount).elementsEqual(tail(for: target, suffix))
  }

  private static func hasPattern(_ bytes: [CChar], _ suffix: [CChar]) -> Bool {
    let separator = prefix.count + randomCount
    return bytes.count > separator + 1 + suffix.count && bytes.starts(with: prefix)
      && bytes[prefix.count..<separator].allSatisfy(alphabet.contains)
      && bytes[separator] == alphabetSeparator && bytes.suffix(suffix.count).elementsEqual(suffix)
  }

  private static let alphabetSeparator = CChar(bitPattern: UInt8(ascii: "-"))

  private static func tail(for target: FilePath.Component, _ suffix: [CChar]) -> [CChar] {
    var name = bytes(of: target)
    if name.count > targetBytesMax {
      // Cut between scalars, as some file systems accept only UTF-8.
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

/// Random numbers that do not repeat within a process. Many small files so need no system call each.
private enum Randomness {
  private static let seeds = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
  private static let counter = Atomic<UInt64>(0)

  static func next() -> (UInt64, UInt64) {
    let step = counter.add(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15
    return (mixed(seeds.0 &+ step), mixed(seeds.1 &- step))
  }

  /// Mixes bits: every bit of the result depends on every bit of the value, and no two values have the same result
  /// (SplitMix64).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var bits = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}

/// Returns true if a name is that of a temporary or a kept file, which directory walks skip.
package func isTemporaryName(_ name: FilePath.Component) -> Bool {
  TemporaryName.isOwn(name)
}
