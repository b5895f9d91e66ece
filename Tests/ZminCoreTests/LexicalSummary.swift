import ZminCore

/// The effect of a run of bytes on the machine that finds strings, from each state that it may start in.
///
/// Any bytes have one, valid JSON or not.
struct LexicalSummary: Equatable, Sendable {
  /// A state of the machine.
  enum Start: UInt8, CaseIterable, Sendable {
    /// Outside strings, with nothing kept since the last LF that was.
    case recordStart
    case outside, inString
    /// After a backslash in a string.
    case escaped

    var isInString: Bool { self == .inString || self == .escaped }
  }

  /// Effect of the run from one start.
  struct Effect: Equatable, Sendable {
    fileprivate(set) var end: Start
    /// Bytes kept, without the LFs between records.
    fileprivate(set) var keptByteCount = 0
    /// LFs outside strings that unchecked `ndjson` keeps.
    fileprivate(set) var keptLineFeedCount = 0
    /// Offset of the quote that opened the string at the end; nil if that stands before the run, or no string is open.
    fileprivate(set) var openQuote: Int?
  }

  /// Bytes in the run.
  private(set) var byteCount = 0
  /// LFs, in strings or not.
  private(set) var lineFeedCount = 0
  /// Offset of the last LF.
  private(set) var lastLineFeed: Int?
  private var fromRecordStart = Effect(end: .recordStart)
  private var fromOutside = Effect(end: .outside)
  private var fromInString = Effect(end: .inString)
  private var fromEscaped = Effect(end: .escaped)

  /// The summary of no bytes.
  init() {}

  /// The summary of `bytes`.
  init(_ bytes: UnsafeRawBufferPointer) {
    byteCount = bytes.count
    for index in bytes.indices {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\n") {
        lineFeedCount += 1
        lastLineFeed = index
      }
      for start in Start.allCases { self[start].append(byte, at: index) }
    }
  }

  /// Effect of the run from `start`.
  private(set) subscript(start: Start) -> Effect {
    get {
      switch start {
      case .recordStart: fromRecordStart
      case .outside: fromOutside
      case .inString: fromInString
      case .escaped: fromEscaped
      }
    }
    set {
      switch start {
      case .recordStart: fromRecordStart = newValue
      case .outside: fromOutside = newValue
      case .inString: fromInString = newValue
      case .escaped: fromEscaped = newValue
      }
    }
  }

  /// Appends the run that follows.
  mutating func append(_ next: LexicalSummary) {
    for start in Start.allCases { self[start].append(next[self[start].end], at: byteCount) }
    lastLineFeed = next.lastLineFeed.map { byteCount + $0 } ?? lastLineFeed
    lineFeedCount += next.lineFeedCount
    byteCount += next.byteCount
  }
}

extension LexicalSummary.Effect {
  fileprivate mutating func append(_ byte: UInt8, at index: Int) {
    switch end {
    case .recordStart, .outside:
      if byte == UInt8(ascii: "\n"), end == .outside {
        keptLineFeedCount += 1
        end = .recordStart
      }
      guard ByteClass(byte) != .whitespace else { return }
      end = byte == UInt8(ascii: "\"") ? .inString : .outside
      if end == .inString { openQuote = index }
    case .inString:
      if byte == UInt8(ascii: "\"") {
        end = .outside
        openQuote = nil
      } else if byte == UInt8(ascii: "\\") {
        end = .escaped
      }
    case .escaped: end = .inString
    }
    keptByteCount += 1
  }

  fileprivate mutating func append(_ next: LexicalSummary.Effect, at offset: Int) {
    keptByteCount += next.keptByteCount
    keptLineFeedCount += next.keptLineFeedCount
    openQuote = next.openQuote.map { offset + $0 } ?? (next.end.isInString ? openQuote : nil)
    end = next.end
  }
}
