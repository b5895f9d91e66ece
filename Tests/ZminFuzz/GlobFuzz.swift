import ZminFiles

/// Compares patterns of `--include` and `--exclude` with a matcher by tables. The system matches brackets and
/// backslashes: there it is only tested that matching ends.
enum GlobFuzz {
  @Sendable static func run(_ input: inout FuzzInput) throws {
    let pattern = text(input.suffix(input.number(below: 64)))
    let names = text(input).split(separator: UInt8(ascii: "/")).map(Array.init)
    guard let name = names.last else { return }
    let found = GlobPattern(pattern).matches(name: name) { names }
    guard !pattern.contains(UInt8(ascii: "[")), !pattern.contains(UInt8(ascii: "\\")) else { return }
    let segments = pattern.split(separator: UInt8(ascii: "/")).map(Array.init)
    let isRight =
      pattern.contains(UInt8(ascii: "/"))
      ? matches(segments, names) {
        $0.elementsEqual("**".utf8)
      } each: {
        matchesName($0, $1)
      }
      : segments.first.map { matchesName($0, name) } ?? false
    if found != isRight {
      fail("\(String(decoding: pattern, as: UTF8.self)), \(names): \(found)")
    }
  }

  /// Bytes that an argument or a path may have.
  private static func text(_ input: FuzzInput) -> [UInt8] { input.rest.map { $0 == 0 ? 1 : $0 } }

  private static func matchesName(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
    matches(pattern, name) {
      $0 == UInt8(ascii: "*")
    } each: {
      $0 == UInt8(ascii: "?") || lowercased($0) == lowercased($1)
    }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  /// True if a pattern matches. Some of its parts stand for any number of things, the others for one. The table has the
  /// verdict for each beginning of the things, part by part.
  private static func matches<Part, Thing>(
    _ pattern: [Part], _ things: [Thing], isAny: (Part) -> Bool, each: (Part, Thing) -> Bool
  ) -> Bool {
    var isMatched = [Bool](repeating: false, count: things.count + 1)
    isMatched[0] = true
    for part in pattern {
      var next = [Bool](repeating: false, count: things.count + 1)
      for count in 0...things.count {
        if isAny(part) {
          next[count] = isMatched[count] || count > 0 && next[count - 1]
        } else if count > 0 {
          next[count] = isMatched[count - 1] && each(part, things[count - 1])
        }
      }
      isMatched = next
    }
    return isMatched[things.count]
  }
}
