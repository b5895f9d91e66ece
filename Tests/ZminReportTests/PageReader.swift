/// Reads the tags of a page as strictly as XML.
enum PageReader {
  /// The first fault in the page, nil if it is well formed: tags in pairs, attributes in quotes, no stray `<`, `>` or
  /// `&`.
  static func fault(in page: String) -> String? {
    var open: [String] = []
    var rest = page[...]
    guard rest.hasPrefix("<!DOCTYPE html>\n") else { return "no doctype" }
    rest = rest.dropFirst(16)
    while let start = rest.firstIndex(of: "<") {
      if let fault = Self.fault(inText: rest[..<start]) { return fault }
      guard let end = rest[start...].firstIndex(of: ">") else { return "a tag does not end" }
      var tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard open.popLast() == String(tag.dropFirst()) else { return "</\(tag.dropFirst())> has no opener" }
        continue
      }
      let closes = tag.hasSuffix("/")
      if closes { tag = tag.dropLast() }
      let name = String(tag.prefix { $0.isLetter || $0.isNumber })
      if name.isEmpty { return "<\(tag)> has no name" }
      if let fault = Self.fault(inAttributes: tag.dropFirst(name.count)) { return "<\(tag)>: \(fault)" }
      if closes || (name == "meta") { continue }
      if name == "script" || name == "style" {
        guard let end = rest.firstRange(of: "</\(name)") else { return "\(name) does not end" }
        rest = rest[end.lowerBound...]
      }
      open.append(name)
    }
    return open.isEmpty ? nil : "\(open) stay open"
  }

  private static func fault(inText text: Substring) -> String? {
    if text.contains(">") { return "stray > in \(text.prefix(40))" }
    for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
    where !["amp;", "lt;", "gt;", "quot;"].contains(where: part.hasPrefix) {
      return "stray & in \(text.prefix(40))"
    }
    return nil
  }

  private static func fault(inAttributes text: Substring) -> String? {
    var rest = text
    while let first = rest.first {
      if first.isWhitespace {
        rest = rest.dropFirst()
        continue
      }
      let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
      rest = rest.dropFirst(name.count)
      guard !name.isEmpty, rest.hasPrefix("=\"") else { return "\(rest.prefix(20)) is no attribute" }
      rest = rest.dropFirst(2)
      guard let end = rest.firstIndex(of: "\"") else { return "a value does not end" }
      if let fault = Self.fault(inText: rest[..<end]) { return fault }
      rest = rest[rest.index(after: end)...]
    }
    return nil
  }
}
