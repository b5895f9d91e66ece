/// The effect of a run of bytes on the machine of ``UncheckedState``, from each state that the run may start in.
///
/// Any bytes have a summary, valid JSON or not. It is used to locate errors, and suffices for unchecked input.
package struct LexicalSummary: Equatable, Sendable {
  /// A state of the unchecked machine, with ``StringState/outside`` split by whether an LF is owed.
  package enum Start: UInt8, CaseIterable, Sendable {
    /// Outside strings, with no byte kept since the last kept LF.
    case recordStart
    case outside, inString
    /// After a backslash in a string.
    case escaped

    package var isInString: Bool { self == .inString || self == .escaped }
  }

  /// The effect of the run from one start state.
  package struct Effect: Equatable, Sendable {
    package fileprivate(set) var end: Start
    /// Bytes kept, without the LFs between records.
    package fileprivate(set) var keptByteCount = 0
    /// LFs outside strings kept by unchecked `ndjson`.
    package fileprivate(set) var keptLineFeedCount = 0
    /// The index of the quote that opens the string still open at the end. Nil if it lies before the run, or no string
    /// is open.
    package fileprivate(set) var openQuote: Int?
  }

  package private(set) var byteCount = 0
  /// The number of LFs, inside and outside strings.
  package private(set) var lineFeedCount = 0
  /// The index of the last LF, nil if there is none.
  package private(set) var lastLineFeed: Int?
  private var fromRecordStart = Effect(end: .recordStart)
  private var fromOutside = Effect(end: .outside)
  private var fromInString = Effect(end: .inString)
  private var fromEscaped = Effect(end: .escaped)

  /// Creates the summary of no bytes.
  package init() {}

  /// Creates the summary of `bytes`.
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

  /// The effect of the run from `start`.
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

  /// Extends the summary by that of the run that follows.
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
