package import ZminCodec
package import ZminCore
package import ZminEngine
package import ZminReport

/// Checksums of a part's input or output: they show accidents, not tampering.
package struct PartChecksums: Sendable, Equatable {
  package var crc32 = CRC32()
  package var xxh64: UInt64 = 0
}

/// The summary of a part, as `zmin part` writes it beside the part's output: all that `zmin join` needs.
///
/// The article "Parts of one file" describes it. Readers accept version 1 alone.
package struct PartRecord: Sendable, Equatable {
  package static let formatVersion = 1

  /// The version of zmin that wrote it.
  package var program: String
  package var format: Format
  package var depthMax: Int
  /// Name of the input, for messages.
  package var inputName: String
  package var inputBytes: Int
  /// Identity of the input: equal for all parts of one.
  package var inputID: String
  /// Number of the part, from 0.
  package var index: Int
  /// Number of parts.
  package var count: Int
  /// The part's bytes in the input.
  package var range: Range<Int>
  package var findings: PartFindings
  package var inputChecksums: PartChecksums
  package var outputChecksums: PartChecksums

  /// Reason why bytes are no summary of a part.
  package struct Unreadable: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }
}

// MARK: JSON

extension PartRecord {
  package var json: JSONValue {
    [
      "zmin_part": .integer(Self.formatVersion), "zmin_version": .string(program),
      "options": ["format": .string(format.rawValue), "max_depth": .integer(depthMax)],
      "input": ["name": .string(inputName), "size": .integer(inputBytes), "id": .string(inputID)],
      "part": ["index": .integer(index), "count": .integer(count)],
      "range": [
        "start": .integer(range.lowerBound), "end": .integer(range.upperBound), "crc32": inputChecksums.crc32.json,
        "xxh64": inputChecksums.xxh64.json,
      ],
      "minified": .integer(findings.minifiedBytes),
      "output": [
        "size": .integer(findings.outputBytes), "crc32": outputChecksums.crc32.json,
        "xxh64": outputChecksums.xxh64.json,
      ],
      "lines": ["count": .integer(findings.lineFeedCount), "last": JSONValue(findings.lastLineFeed)],
      "open_quote": JSONValue(findings.openQuote),
      "start": .string(findings.start.name),
      "end": findings.summary.json,
    ]
  }

  /// Reads a summary.
  ///
  /// - Throws: ``Unreadable``.
  package init(reading bytes: [UInt8]) throws(Unreadable) {
    let json: JSONValue
    do {
      json = try JSONValue(reading: bytes)
    } catch {
      throw Unreadable(description: error.description)
    }
    guard let version = json["zmin_part"]?.integer else { throw Unreadable(description: "not a summary of a part") }
    guard version == Self.formatVersion else {
      throw Unreadable(description: "version \(version) of the format, and this zmin reads \(Self.formatVersion)")
    }
    guard let record = PartRecord(json), record.isPlausible else { throw Unreadable(description: "damaged") }
    self = record
  }

  private init?(_ json: JSONValue) {
    guard
      let program = json["zmin_version"]?.string, let format = json["options"]?["format"]?.string.flatMap(Format.init),
      let depthMax = json["options"]?["max_depth"]?.integer, let inputName = json["input"]?["name"]?.string,
      let inputBytes = json["input"]?["size"]?.integer,
      let inputID = json["input"]?["id"]?.string, let index = json["part"]?["index"]?.integer,
      let count = json["part"]?["count"]?.integer, let start = json["range"]?["start"]?.integer,
      let end = json["range"]?["end"]?.integer, start <= end,
      let lexeme = json["start"]?.string.flatMap(Lexeme.init(name:)),
      let minifiedBytes = json["minified"]?.integer, let outputBytes = json["output"]?["size"]?.integer,
      let lineFeedCount = json["lines"]?["count"]?.integer, let summary = SliceSummary(json["end"]),
      let inputChecksums = PartChecksums(json["range"]), let outputChecksums = PartChecksums(json["output"])
    else { return nil }
    self.program = program
    self.format = format
    self.depthMax = depthMax
    self.inputName = inputName
    self.inputBytes = inputBytes
    self.inputID = inputID
    self.index = index
    self.count = count
    range = start..<end
    findings = PartFindings(start: lexeme)
    findings.summary = summary
    findings.minifiedBytes = minifiedBytes
    findings.outputBytes = outputBytes
    findings.lineFeedCount = lineFeedCount
    findings.lastLineFeed = json["lines"]?["last"]?.integer
    findings.openQuote = json["open_quote"]?.integer
    self.inputChecksums = inputChecksums
    self.outputChecksums = outputChecksums
  }

  /// True if the figures can belong together.
  private var isPlausible: Bool {
    let minified = 0...range.count
    return range.lowerBound >= 0 && range.upperBound <= inputBytes && (0..<max(1, count)).contains(index)
      && minified.contains(findings.minifiedBytes) && findings.outputBytes >= 0
      && minified.contains(findings.lineFeedCount) && findings.lastLineFeed.map(minified.contains) != false
      && findings.openQuote.map(minified.contains) != false && depthMax >= 0
      && (findings.lineFeedCount == 0) == (findings.lastLineFeed == nil)
  }
}

extension PartChecksums {
  fileprivate init?(_ json: JSONValue?) {
    guard let crc32 = json?["crc32"]?.string.flatMap({ UInt32($0, radix: 16) }),
      let xxh64 = json?["xxh64"]?.string.flatMap({ UInt64($0, radix: 16) })
    else { return nil }
    self.init(crc32: CRC32(crc32), xxh64: xxh64)
  }
}

extension CRC32 {
  package var json: JSONValue { value.json }
}

extension FixedWidthInteger {
  /// The number in hexadecimal, with all its zeros.
  fileprivate var json: JSONValue {
    let digits = String(self, radix: 16)
    return .string(String(repeating: "0", count: Self.bitWidth / 4 - digits.count) + digits)
  }
}

// MARK: Summary

extension SliceSummary {
  /// The summary; null if there were no bytes.
  fileprivate var json: JSONValue {
    guard let local else { return nil }
    return [
      "from": .string(local.start.name), "state": .string(local.end.name),
      "first": JSONValue(local.tokens.first.map { $0.name }), "last": .string(local.tokens.ending.name),
      "closers": .string(nesting.closers.brackets(closing: true)),
      "levels": .array(LevelSet.names.filter { nesting.base.contains($0.level) }.map { .string($0.name) }),
      "openers": .string(nesting.openers.brackets(closing: false)),
      "depth_increase": .integer(nesting.depthIncreaseMax), "kept": .integer(local.outputByteCount),
    ]
  }

  fileprivate init?(_ json: JSONValue?) {
    guard let json else { return nil }
    if json == .null {
      self = .identity
      return
    }
    guard
      let start = json["from"]?.string.flatMap(Lexeme.init(name:)),
      let end = json["state"]?.string.flatMap(Lexeme.init(name:)),
      let ending = json["last"]?.string.flatMap(TokenRun.Ending.init(name:)),
      let closers = json["closers"]?.string.flatMap({ BitStack(brackets: $0, closing: true) }),
      let openers = json["openers"]?.string.flatMap({ BitStack(brackets: $0, closing: false) }),
      let depthIncrease = json["depth_increase"]?.integer, depthIncrease >= 0,
      let keptBytes = json["kept"]?.integer, keptBytes >= 0, let names = json["levels"]?.elements
    else { return nil }
    var first: Token?
    switch json["first"] {
    case .null?: break
    case .string(let name)?:
      guard let token = Token(name: name) else { return nil }
      first = token
    default: return nil
    }
    var base: LevelSet = []
    for name in names {
      guard let level = LevelSet.names.first(where: { .string($0.name) == name })?.level else { return nil }
      base.formUnion(level)
    }
    if base.isEmpty { return nil }
    self.init(
      LocalSummary(start: start, end: end, tokens: TokenRun(first: first, ending: ending), outputByteCount: keptBytes),
      UnmatchedBrackets(closers: closers, base: base, openers: openers, depthIncreaseMax: depthIncrease))
  }
}

extension LevelSet {
  fileprivate static let names: [(name: String, level: LevelSet)] = [
    ("top", .top), ("array", .array), ("object", .object),
  ]
}

extension BitStack {
  /// The kinds in the order pushed, a bracket each.
  fileprivate func brackets(closing: Bool) -> String {
    var text = ""
    forEach { text += closing ? ($0 == .array ? "]" : "}") : ($0 == .array ? "[" : "{") }
    return text
  }

  fileprivate init?(brackets: String, closing: Bool) {
    self.init()
    for byte in brackets.utf8 {
      switch byte {
      case UInt8(ascii: closing ? "]" : "["): push(.array)
      case UInt8(ascii: closing ? "}" : "{"): push(.object)
      default: return nil
      }
    }
  }
}

// MARK: Names

/// An enumeration whose cases have their names in summaries.
package protocol NamedCase: CaseIterable {}

extension NamedCase {
  package var name: String { "\(self)" }

  package init?(name: String) {
    guard let named = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = named
  }
}

extension Lexeme: NamedCase {}
extension Token: NamedCase {}
extension TokenRun.Ending: NamedCase {}
