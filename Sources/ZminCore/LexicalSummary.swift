/// What a run of bytes is to the machine that tells strings from what is outside them, from wherever it starts.
///
/// Total: any bytes have one, valid JSON or not. It places errors, and it is all that unchecked input needs.
package struct LexicalSummary: Equatable, Sendable {
  /// A state of ``UncheckedReference``.
  package enum Start: UInt8, CaseIterable, Sendable {
    /// Outside strings, with nothing kept since the last LF that was.
    case recordStart
    case outside, inString
    /// After a backslash in a string.
    case escaped

    package var isInString: Bool { self == .inString || self == .escaped }
  }

  /// What the run does from one start.
  package struct Effect: Equatable, Sendable {
    package fileprivate(set) var end: Start
    /// Bytes kept, the LFs between records apart.
    package fileprivate(set) var keptByteCount = 0
    /// LFs outside strings that unchecked `ndjson` keeps.
    package fileprivate(set) var keptLineFeedCount = 0
    /// Where the string began that is open at the end; nil if it began before the run, or none is.
    package fileprivate(set) var openQuote: Int?
  }

  /// How many bytes the run has.
  package private(set) var byteCount = 0
  /// How many LFs, in strings or not.
  package private(set) var lineFeedCount = 0
  /// Where the last of them is.
  package private(set) var lastLineFeed: Int?
  private var fromRecordStart = Effect(end: .recordStart)
  private var fromOutside = Effect(end: .outside)
  private var fromInString = Effect(end: .inString)
  private var fromEscaped = Effect(end: .escaped)

  /// Of no bytes.
  package init() {}

  /// Of `bytes`.
  package init(_ bytes: UnsafeRawBufferPointer) {
    byteCount = bytes.count
    for index in bytes.indices {
      let byte = unsafe bytes[index]
      if byte == UInt8(ascii: "\n") {
        lineFeedCount += 1
        lastLineFeed = index
      }
      for start in Start.allCases { self[start].append(byte, at: index) }
    }
  }

  /// What the run does from `start`.
  package private(set) subscript(start: Start) -> Effect {
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

  /// Goes on by the run that follows.
  package mutating func append(_ next: LexicalSummary) {
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
