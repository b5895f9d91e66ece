package import ZminMemory

/// What the grammar expects next or, inside a token, once that token has ended.
///
/// The order is that of `zmin_expectation`, which the C kernels use.
package enum Expectation: UInt8, Sendable {
  /// A value, or the end: the start of the input, or after the LF of a record.
  case start
  /// A value: after a colon, or after a comma in an array.
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
  /// The value is complete: the end; in `ndjson` an LF, in `concat` another value.
  case end

  // Never of a document, only of a slice while it is not known what that stands in.
  /// A value is complete: what may follow depends on what it stands in.
  case afterValue
  /// A string or, in an array, any value.
  case afterComma
  /// What follows a string after a comma: a colon if it is a key, else what follows an element.
  case afterString
}

/// The exact state of a document between two bytes: what it takes to go on from there.
package struct DocumentState: ~Copyable {
  package var lexeme = Lexeme.between
  package var expectation = Expectation.start
  package var nesting: NestingStack

  /// The state before the first byte.
  ///
  /// - Throws: ``OutOfMemory``.
  package init(ledger: MemoryLedger) throws(OutOfMemory) {
    nesting = try NestingStack(ledger: ledger)
  }

  /// What is expected once a value has ended at this depth.
  package var expectationAfterValue: Expectation {
    switch nesting.innermost {
    case nil: .end
    case .array: .afterElement
    case .object: .afterMember
    }
  }

  /// Whether the input may end here.
  package func mayEnd(_ format: Format) -> Bool {
    guard lexeme.isComplete else { return false }
    return expectation == .end || (expectation == .start && format != .json)
  }

  /// Becomes a copy of `other`.
  ///
  /// - Parameter levels: How much of the nesting is copied: see ``NestingStack/assign(from:levels:)``.
  /// - Throws: ``OutOfMemory``.
  package mutating func assign(from other: borrowing DocumentState, levels: Int = .max) throws(OutOfMemory) {
    lexeme = other.lexeme
    expectation = other.expectation
    try nesting.assign(from: other.nesting, levels: levels)
  }

  /// Back to the state before the first byte.
  package mutating func reset() {
    lexeme = .between
    expectation = .start
    nesting.removeAll()
  }
}
