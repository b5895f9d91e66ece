package import ZminMemory

/// The set of tokens that the grammar allows next. Inside a token, those allowed after it.
///
/// The order of cases is that of `zmin_expectation` in the C kernels.
package enum Expectation: UInt8, Sendable {
  /// A value or the end. The state at the start of input and, in `ndjson`, after a record's LF.
  case start
  /// A value, after a colon or after a comma in an array.
  case value
  /// A value or `]`.
  case firstElement
  /// A string or `}`.
  case firstKey
  /// A string.
  case key
  case colon
  /// `,` or `}`.
  case afterMember
  /// `,` or `]`.
  case afterElement
  /// The end, since the value is complete. In `ndjson` also an LF, in `concat` also another value.
  case end

  // Used only for slices, while the container around them is unknown.
  /// A token that may follow a value. It depends on the container.
  case afterValue
  /// A string or, in an array, any value.
  case afterComma
  /// A token that may follow a string after a comma: a colon if the string is a key, else as ``afterElement``.
  case afterString
}

/// The exact state of a document between two bytes, sufficient to continue from there.
package struct DocumentState: ~Copyable {
  package var lexeme = Lexeme.between
  package var expectation = Expectation.start
  package var nesting: NestingStack

  /// Creates the state before the first byte.
  ///
  /// - Throws: ``OutOfMemory``.
  package init(ledger: MemoryLedger) throws(OutOfMemory) {
    nesting = try NestingStack(ledger: ledger)
  }

  /// The expectation after a value that ends at this depth.
  package var expectationAfterValue: Expectation {
    switch nesting.innermost {
    case nil: .end
    case .array: .afterElement
    case .object: .afterMember
    }
  }

  /// True if the input may end here.
  package func mayEnd(_ format: Format) -> Bool {
    guard lexeme.isComplete else { return false }
    return expectation == .end || (expectation == .start && format != .json)
  }

  /// Copies `other` into this state.
  ///
  /// - Parameter levels: The number of innermost levels to copy. See ``NestingStack/assign(from:levels:)``.
  /// - Throws: ``OutOfMemory``.
  package mutating func assign(from other: borrowing DocumentState, levels: Int = .max) throws(OutOfMemory) {
    lexeme = other.lexeme
    expectation = other.expectation
    try nesting.assign(from: other.nesting, levels: levels)
  }

  /// Resets to the state before the first byte.
  package mutating func reset() {
    lexeme = .between
    expectation = .start
    nesting.removeAll()
  }
}
