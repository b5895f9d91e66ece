/// A token of JSON, as far as the grammar cares.
package enum Token: UInt8, Sendable {
  case arrayOpener, objectOpener, arrayCloser, objectCloser, colon, comma
  /// An LF outside strings in `ndjson`, where it ends a record.
  case lineFeed
  /// A number, a literal, or a string that what follows it shows to be a value.
  case value
  /// A string that a colon follows.
  case name
  /// A string that may yet be either.
  case string
  /// The rest of one of these, begun before the run.
  case restOfValue, restOfName, restOfString

  /// Whether a value may begin with the token.
  package var beginsValue: Bool {
    switch self {
    case .arrayOpener, .objectOpener, .value, .string: true
    default: false
    }
  }
}

/// The tokens of a run of bytes, as far as those around them can tell: the local half of the grammar.
///
/// Which token may follow which depends on the one before and on the kind of container. The first half is decided here;
/// for the second, two runs that meet tell the levels of nesting in which they may.
package struct TokenRun: Equatable, Sendable {
  /// What a run ends with.
  package enum Ending: UInt8, Sendable {
    /// Nothing: the run has no token.
    case nothing
    /// The start of the document or of a record.
    case start
    case arrayOpener, objectOpener, colon, comma
    /// A string that must be a name: after `{`.
    case name
    /// A string after a comma: a name in an object, a value in an array.
    case stringAfterComma
    /// A string that is the first token of the run: what it is depends on what comes before and after.
    case loneString
    /// The end of a value.
    case value
  }

  /// Where two runs meet.
  package struct Seam: Equatable, Sendable {
    /// The levels of nesting in which they may, none if they may not.
    package var levels: LevelSet
    /// Whether one value ends and another, or the next record, begins here: an LF sets them apart in the output.
    package var isBoundary: Bool

    /// Where there is nothing to decide, since on one side no token is known.
    package static let undecided = Seam(levels: .any, isBoundary: false)
  }

  /// The first token, nil if there is none. A string becomes a name or a value when its successor is known.
  package private(set) var first: Token?
  package private(set) var ending = Ending.nothing

  /// No token.
  package init() {}

  /// One token.
  package init(_ token: Token) {
    first = token
    switch token {
    case .arrayOpener: ending = .arrayOpener
    case .objectOpener: ending = .objectOpener
    case .colon: ending = .colon
    case .comma: ending = .comma
    case .lineFeed: ending = .start
    case .name, .restOfName: ending = .name
    case .string, .restOfString: ending = .loneString
    case .arrayCloser, .objectCloser, .value, .restOfValue: ending = .value
    }
  }

  /// Tokens that begin and end so.
  package init(first: Token?, ending: Ending) {
    self.first = first
    self.ending = ending
  }

  /// Tokens of which the first no longer matters, since nothing is to come before them.
  init(endingWith ending: Ending) {
    first = .lineFeed
    self.ending = ending
  }

  /// What is known before the first byte of a run that starts in this state.
  init(startingIn lexeme: Lexeme) {
    if lexeme.isInString {
      self.init(.restOfString)
    } else if lexeme.isScalar {
      self.init(.restOfValue)
    } else {
      self.init()
    }
  }

  /// Goes on by the run that follows, and tells where the two may meet.
  package mutating func append(_ next: TokenRun, format: Format) -> Seam {
    guard let token = next.first else { return .undecided }
    let levels = levels(admitting: token, format)
    let endsValue = ending == .value || ending == .loneString
    let seam = Seam(levels: levels, isBoundary: endsValue && (token.beginsValue || token == .lineFeed))
    if first == nil {
      first = token
    } else if ending == .loneString {
      first = first?.decided(by: token)
    }
    if next.ending != .loneString {
      ending = next.ending
    } else if token != .restOfString {
      ending = endingAfterString
    }
    return seam
  }

  /// The role of a string that follows.
  private var endingAfterString: Ending {
    switch ending {
    case .nothing: .loneString
    case .objectOpener: .name
    case .comma: .stringAfterComma
    default: .value
    }
  }

  /// The levels of nesting in which `token` may follow.
  private func levels(admitting token: Token, _ format: Format) -> LevelSet {
    switch token {
    case .restOfValue, .restOfName, .restOfString: levels(goingOnWith: token)
    default: levels(followedBy: token, format)
    }
  }

  /// The levels in which the last token may go on as this.
  private func levels(goingOnWith rest: Token) -> LevelSet {
    switch (ending, rest) {
    case (.value, .restOfName), (.name, .restOfValue): []
    case (.stringAfterComma, .restOfValue): .array
    default: .any
    }
  }

  private func levels(followedBy token: Token, _ format: Format) -> LevelSet {
    switch ending {
    case .nothing:
      // A comma demands a container at once, whatever follows it: else `1,` would be found wrong too late.
      return token.levels
    case .start: return token.beginsValue || token == .lineFeed ? .top : []
    case .arrayOpener: return token.beginsValue || token == .arrayCloser ? .array : []
    case .objectOpener: return token == .string || token == .name || token == .objectCloser ? .object : []
    case .colon: return token.beginsValue ? .object : []
    case .comma:
      if token == .string || token == .name { return .containers }
      return token.beginsValue ? .array : []
    case .name: return token == .colon ? .object : []
    case .stringAfterComma:
      return token == .colon ? .object : levelsAfterValue(admitting: token, format).intersection(.array)
    case .loneString: return token == .colon ? .object : levelsAfterValue(admitting: token, format)
    case .value: return levelsAfterValue(admitting: token, format)
    }
  }

  private func levelsAfterValue(admitting token: Token, _ format: Format) -> LevelSet {
    switch token {
    case .comma, .arrayCloser, .objectCloser, .lineFeed: token.levels
    case .arrayOpener, .objectOpener, .value, .string: format == .concat ? .top : []
    default: []
    }
  }
}

extension TokenRun.Ending {
  /// What tokens end with that leave this expectation, where the innermost level is one of `levels`.
  package init(_ expectation: Expectation, in levels: LevelSet) {
    self =
      switch expectation {
      case .start: .start
      case .value: levels == .array ? .comma : .colon
      case .firstElement: .arrayOpener
      case .firstKey: .objectOpener
      case .key, .afterComma: .comma
      case .colon: .name
      case .afterString: .stringAfterComma
      case .afterMember, .afterElement, .end, .afterValue: .value
      }
  }
}

extension Token {
  /// The token that a byte outside numbers and literals is, nil if it is none.
  init?(delimiter byte: UInt8, _ format: Format) {
    switch byte {
    case UInt8(ascii: "["): self = .arrayOpener
    case UInt8(ascii: "{"): self = .objectOpener
    case UInt8(ascii: "]"): self = .arrayCloser
    case UInt8(ascii: "}"): self = .objectCloser
    case UInt8(ascii: ":"): self = .colon
    case UInt8(ascii: ","): self = .comma
    case UInt8(ascii: "\""): self = .string
    case UInt8(ascii: "\n") where format == .ndjson: self = .lineFeed
    default: return nil
    }
  }

  /// What a string is, now that this token follows it or is its rest.
  fileprivate func decided(by token: Token) -> Token {
    switch (self, token) {
    case (_, .restOfString): self
    case (.restOfString, .colon), (.restOfString, .restOfName): .restOfName
    case (.restOfString, _): .restOfValue
    case (_, .colon), (_, .restOfName): .name
    default: .value
    }
  }

  /// The levels of nesting in which the token may stand at all.
  var levels: LevelSet {
    switch self {
    case .arrayOpener, .objectOpener, .value, .string, .restOfValue, .restOfString: .any
    case .comma: .containers
    case .arrayCloser: .array
    case .objectCloser, .colon, .name, .restOfName: .object
    case .lineFeed: .top
    }
  }
}
