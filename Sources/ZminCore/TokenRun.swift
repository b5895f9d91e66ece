/// A token of JSON, as the grammar distinguishes them.
package enum Token: UInt8, CaseIterable, Sendable {
  case arrayOpener, objectOpener, arrayCloser, objectCloser, colon, comma
  /// An LF outside strings in `ndjson`, where it ends a record.
  case lineFeed
  /// A number, a literal, or a string that the token after it shows to be a value.
  case value
  /// A string followed by a colon.
  case name
  /// A string that may be a name or a value.
  case string
  /// The rest of a token that began before the run.
  case restOfValue, restOfName, restOfString

  /// True if a value may begin with the token.
  package var beginsValue: Bool {
    switch self {
    case .arrayOpener, .objectOpener, .value, .string: true
    default: false
    }
  }
}

/// The tokens of a run of bytes, reduced to what its neighbours need: the local half of the grammar.
///
/// A token's legality depends on the token before it and on the container. This type decides the first half. For the
/// second, a ``Seam`` lists the levels of nesting in which two runs may meet:
///
///     run ends with    next begins with    levels
///     [ 1              , 2                 array, object
///     { "a"            : 1                 object
///     , "a"            : 1                 object
///     , "a"            ]                   array
///     1                2                   none; in concat the top
package struct TokenRun: Equatable, Sendable {
  /// The end of a run, as far as it decides about the next token.
  package enum Ending: UInt8, CaseIterable, Sendable {
    /// No token in the run.
    case nothing
    /// The start of the document or of a record.
    case start
    case arrayOpener, objectOpener, colon, comma
    /// A string that must be a name: after `{`.
    case name
    /// A string after a comma: a name in an object, or a value in an array.
    case stringAfterComma
    /// A string that is the first token of the run. Its role depends on the tokens before and after.
    case loneString
    /// The end of a value.
    case value
  }

  /// The join of two runs.
  package struct Seam: Equatable, Sendable {
    /// The levels of nesting in which the runs may meet. Empty if they never may.
    package var levels: LevelSet
    /// True if one value ends here and another value or record begins. An LF separates them in the output.
    package var isBoundary: Bool

    /// The seam next to a run without tokens.
    package static let undecided = Seam(levels: .any, isBoundary: false)
  }

  /// The first token, nil if there is none. A string becomes a name or a value once the token after it is known.
  package private(set) var first: Token?
  package private(set) var ending = Ending.nothing

  /// Creates a run without tokens.
  package init() {}

  /// Creates a run of one token.
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

  package init(first: Token?, ending: Ending) {
    self.first = first
    self.ending = ending
  }

  /// Creates a run with this ending that begins a document or record, so that no token comes before it.
  init(endingWith ending: Ending) {
    first = .lineFeed
    self.ending = ending
  }

  /// Creates the run before the first byte, given the state that it starts in.
  init(startingIn lexeme: Lexeme) {
    if lexeme.isInString {
      self.init(.restOfString)
    } else if lexeme.isScalar {
      self.init(.restOfValue)
    } else {
      self.init()
    }
  }

  /// Extends the run by the one that follows, and returns the seam between the two.
  package mutating func append(_ next: TokenRun, format: Format) -> Seam {
    guard let token = next.first else { return .undecided }
    let levels = levels(admitting: token, format)
    let endsValue = ending == .value || ending == .loneString
    let seam = Seam(levels: levels, isBoundary: endsValue && (token.beginsValue || token == .lineFeed))
    if first == nil {
      first = token
    } else if ending == .loneString {
      first = first?.resolved(by: token)
    }
    if next.ending != .loneString {
      ending = next.ending
    } else if token != .restOfString {
      ending = endingAfterString
    }
    return seam
  }

  /// The ending after a string that follows this run.
  private var endingAfterString: Ending {
    switch ending {
    case .nothing: .loneString
    case .objectOpener: .name
    case .comma: .stringAfterComma
    default: .value
    }
  }

  /// The levels in which `token` may follow this run.
  private func levels(admitting token: Token, _ format: Format) -> LevelSet {
    switch token {
    case .restOfValue, .restOfName, .restOfString: levels(continuedBy: token)
    default: levels(followedBy: token, format)
    }
  }

  /// The levels in which `rest` may continue the last token of this run.
  private func levels(continuedBy rest: Token) -> LevelSet {
    switch (ending, rest) {
    case (.value, .restOfName), (.name, .restOfValue): []
    case (.stringAfterComma, .restOfValue): .array
    default: .any
    }
  }

  private func levels(followedBy token: Token, _ format: Format) -> LevelSet {
    switch ending {
    case .nothing:
      // A comma requires a container even without knowing the token before it. Otherwise the error in `1,` would be
      // reported too late.
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
  /// Creates the ending that leaves `expectation`, in an innermost level that is one of `levels`.
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
  /// Creates the token of a byte outside numbers and literals. Nil if it begins none.
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

  /// Returns the token that a string becomes, given the token after it or its rest.
  fileprivate func resolved(by token: Token) -> Token {
    switch (self, token) {
    case (_, .restOfString): self
    case (.restOfString, .colon), (.restOfString, .restOfName): .restOfName
    case (.restOfString, _): .restOfValue
    case (_, .colon), (_, .restOfName): .name
    default: .value
    }
  }

  /// The levels in which the token may stand.
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
