/// The definition of minifying with checks, one byte at a time.
///
/// Every kernel must give the same output. When a kernel reports that a run of bytes is not clean, the reference finds
/// and names the first error.
///
/// Stage 1, decidable with a few bytes of memory, is ``Lexeme`` and ``Expectation``. Stage 2, nesting, is
/// ``NestingStack``. Nothing recurses.
package struct Reference {
  package let format: Format
  /// The deepest nesting allowed.
  package let depthMax: Int
  /// Bytes written to the output by the last run.
  package private(set) var written = 0
  /// The index in the last run's input of the quote that opens the string open at its end or error. Nil if it lies
  /// before.
  package private(set) var openQuote: Int?

  package init(format: Format, depthMax: Int) {
    self.format = format
    self.depthMax = depthMax
  }

  /// Minifies and checks `input`, starting from `state`.
  ///
  /// - Parameters:
  ///   - state: The state before `input`. Set to the state after the last byte, or before the faulty one. Room for
  ///     `input.count` levels must be reserved in its nesting.
  ///   - input: Any run of bytes.
  ///   - output: Room for all kept bytes: `input.count`, in `concat` 5 bytes for 3 of the input.
  /// - Returns: The index and error of the first byte at which the document stops being the beginning of a valid one.
  ///   Nil if there is no such byte.
  /// - Complexity: O(*n*).
  package mutating func run(
    _ state: inout DocumentState, _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (index: Int, fault: Fault)? {
    written = 0
    openQuote = nil
    for index in input.indices {
      let byte = unsafe input[index]
      let wasInString = state.lexeme.isInString
      switch step(&state, byte) {
      case .fault(let fault): return (index, fault)
      case .drop: break
      case .keep: unsafe append(byte, to: output)
      case .keepAsNewValue:
        unsafe append(UInt8(ascii: "\n"), to: output)
        unsafe append(byte, to: output)
      }
      if !wasInString, state.lexeme == .string { openQuote = index }
    }
    return nil
  }

  /// Returns the error if the input ends in this state, nil if it may.
  package func faultAtEnd(_ state: borrowing DocumentState) -> Fault? {
    if state.mayEnd(format) { return nil }
    if state.lexeme.isInString { return .stringNotClosed }
    if !state.lexeme.isComplete { return .endsInScalar }
    return state.nesting.innermost.map(Fault.notClosed) ?? .empty
  }

  private enum Outcome {
    case drop
    case keep
    /// Writes an LF, then the byte.
    case keepAsNewValue
    case fault(Fault)
  }

  private mutating func append(_ byte: UInt8, to output: UnsafeMutableRawBufferPointer) {
    unsafe output[written] = byte
    written += 1
  }

  // MARK: One byte

  private func step(_ state: inout DocumentState, _ byte: UInt8) -> Outcome {
    if state.lexeme.isInString {
      guard let next = state.lexeme.afterStringByte(byte) else { return .fault(stringFault(state.lexeme, byte)) }
      state.lexeme = next
      return .keep
    }
    let byteClass = ByteClass(byte)
    if state.lexeme.isScalar {
      if byteClass == .scalar {
        guard let next = state.lexeme.afterScalarByte(byte) else { return .fault(scalarFault(state.lexeme, byte)) }
        state.lexeme = next
        return .keep
      }
      guard state.lexeme.isComplete else { return .fault(scalarFault(state.lexeme, byte)) }
      state.lexeme = .between
    }
    switch byteClass {
    case .whitespace: return whitespace(&state, byte)
    case .structural: return structural(&state, byte)
    case .quote: return quote(&state, byte)
    case .scalar: return scalar(&state, byte)
    }
  }

  private func whitespace(_ state: inout DocumentState, _ byte: UInt8) -> Outcome {
    guard format == .ndjson, byte == UInt8(ascii: "\n") else { return .drop }
    switch state.expectation {
    case .start: return .drop
    case .end:
      state.expectation = .start
      return .keep
    default: return .fault(.lineFeedInRecord)
    }
  }

  private func quote(_ state: inout DocumentState, _ byte: UInt8) -> Outcome {
    switch state.expectation {
    case .firstKey, .key:
      state.expectation = .colon
      state.lexeme = .string
      return .keep
    default:
      return value(&state, byte) { $0.lexeme = .string }
    }
  }

  private func scalar(_ state: inout DocumentState, _ byte: UInt8) -> Outcome {
    guard let next = Lexeme.between.afterScalarByte(byte) else {
      return .fault(unexpected(state, byte))
    }
    return value(&state, byte) { $0.lexeme = next }
  }

  private func structural(_ state: inout DocumentState, _ byte: UInt8) -> Outcome {
    switch byte {
    case UInt8(ascii: "{"): return open(.object, &state, byte)
    case UInt8(ascii: "["): return open(.array, &state, byte)
    case UInt8(ascii: "}"): return close(.object, &state, byte)
    case UInt8(ascii: "]"): return close(.array, &state, byte)
    case UInt8(ascii: ":"):
      guard state.expectation == .colon else { return .fault(unexpected(state, byte)) }
      state.expectation = .value
      return .keep
    default:  // a comma
      switch state.expectation {
      case .afterMember: state.expectation = .key
      case .afterElement: state.expectation = .value
      default: return .fault(unexpected(state, byte))
      }
      return .keep
    }
  }

  private func open(_ kind: ContainerKind, _ state: inout DocumentState, _ byte: UInt8) -> Outcome {
    let depthMax = depthMax
    guard state.nesting.depth < depthMax || !mayBegin(state) else { return .fault(.tooDeep(limit: depthMax)) }
    return value(&state, byte) {
      $0.nesting.open(kind)
      $0.expectation = kind == .array ? .firstElement : .firstKey
    }
  }

  private func close(_ kind: ContainerKind, _ state: inout DocumentState, _ byte: UInt8) -> Outcome {
    let closes =
      switch state.expectation {
      case .firstElement, .afterElement: kind == .array
      case .firstKey, .afterMember: kind == .object
      default: false
      }
    guard closes, state.nesting.close(kind) else { return .fault(closerFault(state, kind, byte)) }
    state.expectation = state.expectationAfterValue
    return .keep
  }

  /// Begins a value, if one may begin here. `begin` sets the expectation only for containers.
  private func value(
    _ state: inout DocumentState, _ byte: UInt8, begin: (inout DocumentState) -> Void
  ) -> Outcome {
    guard mayBegin(state) else {
      return .fault(state.expectation == .end ? .secondValue(format) : unexpected(state, byte))
    }
    let isNewValue = state.expectation == .end
    state.expectation = state.expectationAfterValue
    begin(&state)
    return isNewValue ? .keepAsNewValue : .keep
  }

  private func mayBegin(_ state: borrowing DocumentState) -> Bool {
    switch state.expectation {
    case .start, .value, .firstElement: true
    case .end: format == .concat
    default: false
    }
  }

  // MARK: Naming the fault

  private func stringFault(_ lexeme: Lexeme, _ byte: UInt8) -> Fault {
    switch lexeme {
    case .string where byte < 0x20: .controlCharacterInString(byte)
    case .escape: .invalidEscape(byte)
    case .hex4, .hex3, .hex2, .hex1: .invalidUnicodeEscape(byte)
    default: .invalidUTF8(byte)
    }
  }

  private func scalarFault(_ lexeme: Lexeme, _ byte: UInt8) -> Fault {
    switch lexeme {
    case .zero where byte.isDigit: .leadingZero
    case .minus: .missingDigit(after: .minus, found: byte)
    case .point: .missingDigit(after: .point, found: byte)
    case .exponent, .exponentSign: .missingDigit(after: .exponent, found: byte)
    case .zero, .integer, .fraction, .exponentDigits, .literalEnd: .unexpectedAfterScalar(byte)
    default: .misspeltLiteral(found: byte)
    }
  }

  private func unexpected(_ state: borrowing DocumentState, _ byte: UInt8) -> Fault {
    .unexpected(byte, expected: state.expectation)
  }

  private func closerFault(_ state: borrowing DocumentState, _ kind: ContainerKind, _ byte: UInt8) -> Fault {
    switch (state.expectation, state.nesting.innermost) {
    case (_, nil) where state.expectation == .end: .unmatchedCloser(byte)
    case (.key, _) where kind == .object: .trailingComma(in: .object)
    case (.value, .array) where kind == .array: .trailingComma(in: .array)
    case (.firstElement, let open?), (.firstKey, let open?), (.afterElement, let open?), (.afterMember, let open?):
      .wrongCloser(byte, open: open)
    default: unexpected(state, byte)
    }
  }
}
