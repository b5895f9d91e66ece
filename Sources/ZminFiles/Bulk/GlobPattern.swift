import Glibc

/// A pattern for names: `*`, `?` and `[...]` within a name, `**` for any number of directories.
///
/// A pattern without a slash is matched with the name, a pattern with a slash with the whole path below the argument.
/// The case of ASCII letters makes no difference.
package struct GlobPattern: Sendable {
  /// `FNM_CASEFOLD` of glibc and musl, which Swift's Glibc lacks.
  private static let anyCase: Int32 = 1 << 4

  private let segments: [[CChar]]
  private let matchesPath: Bool

  /// Parses a pattern. A slash at its start or end only makes it a pattern for paths.
  package init(_ bytes: [UInt8]) {
    let slash = UInt8(ascii: "/")
    matchesPath = bytes.contains(slash)
    segments = bytes.split(separator: slash).map { $0.map { CChar(bitPattern: $0) } + [0] }
  }

  /// Returns true if the pattern matches a file or directory.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - path: Returns the names from the argument down to it, its own last.
  package func matches(name: [UInt8], path: () -> [[UInt8]]) -> Bool {
    guard matchesPath else { return segments.first.map { Self.matches($0, name) } ?? false }
    return matches(path())
  }

  /// Returns true if the segments match these names. After a mismatch, the last `**` matches one name more. Earlier
  /// ones need no retry.
  private func matches(_ names: [[UInt8]]) -> Bool {
    var (segment, name) = (0, 0)
    var retry: (segment: Int, name: Int)?
    while true {
      if segment < segments.count, Self.isAnyPath(segments[segment]) {
        segment += 1
        retry = (segment, name)
      } else if segment < segments.count, name < names.count, Self.matches(segments[segment], names[name]) {
        segment += 1
        name += 1
      } else if segment == segments.count, name == names.count {
        return true
      } else {
        guard let last = retry, last.name < names.count else { return false }
        retry = (last.segment, last.name + 1)
        (segment, name) = (last.segment, last.name + 1)
      }
    }
  }

  /// The reason why a pattern matches nothing that it seems to, in one clause with what to write. Nil without a flaw.
  package static func flaw(of pattern: [UInt8]) -> String? {
    let segments = pattern.split(separator: UInt8(ascii: "/"))
    if segments.isEmpty { return "the pattern is empty" }
    for segment in segments {
      var rest = segment
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\\"), rest.popFirst() == nil {
          return "a backslash stands before nothing; write \\\\ for the character \\"
        }
        if byte == UInt8(ascii: "["), !skipBracket(&rest) { return "a [ has no ]; write [[] for the character [" }
      }
    }
    return nil
  }

  /// Skips the rest of a bracket expression. Returns false if it has no end.
  private static func skipBracket(_ rest: inout ArraySlice<UInt8>) -> Bool {
    if let byte = rest.first, "!^".utf8.contains(byte) { rest.removeFirst() }
    // As the first character, ] stands for itself.
    if rest.first == UInt8(ascii: "]") { rest.removeFirst() }
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "]"): return true
      case UInt8(ascii: "\\"): _ = rest.popFirst()
      case UInt8(ascii: "["):
        // A class such as [:alpha:] has a ] of its own.
        guard let kind = rest.first, ":.=".utf8.contains(kind),
          let end = rest.dropFirst().indices.first(where: { index in
            rest[index] == kind && index + 1 < rest.endIndex && rest[index + 1] == UInt8(ascii: "]")
          })
        else { continue }
        rest = rest[(end + 2)...]
      default: continue
      }
    }
    return false
  }

  private static func isAnyPath(_ segment: [CChar]) -> Bool {
    let star = CChar(bitPattern: UInt8(ascii: "*"))
    return segment == [star, star, 0]
  }

  private static func matches(_ pattern: [CChar], _ name: [UInt8]) -> Bool {
    fnmatch(pattern, name.map { CChar(bitPattern: $0) } + [0], anyCase) == 0
  }
}
