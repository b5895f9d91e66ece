/// Stage 1 in its plainest form: what a finite automaton with a few bytes of memory can do for a slice of a document,
/// whatever stands before it.
///
/// The definition that every other stage 1 is held to: its kept bytes and its ``LocalSummary`` exactly, its elements by
/// the ``UnmatchedBrackets`` they make.
package struct SliceScanner {
  /// How the document is laid out.
  package let format: Format

  package init(format: Format) { self.format = format }

  /// Minifies `input` and checks what is local.
  ///
  /// - Parameters:
  ///   - input: The bytes of the slice.
  ///   - start: The state that the document is assumed to be in before them.
  ///   - output: Room for all that is kept, in `concat` 5 bytes for 3 of the input. An LF before the first token, which
  ///     only what stands before the slice can ask for, is not in it.
  ///   - elements: Room for an element a byte.
  /// - Returns: Nil if the slice is dirty by what is local alone: no valid document has it after that start, however
  ///   deep it is nested.
  /// - Complexity: O(*n*).
  package func scan(
    _ input: UnsafeRawBufferPointer, from start: Lexeme, into output: UnsafeMutableRawBufferPointer,
    elements: inout ElementBuffer
  ) -> LocalSummary? {
    var local = LocalSummary(start: start)
    for index in input.indices {
      let byte = unsafe input[index]
      guard let step = Step(local.end, byte, format) else { return nil }
      local.end = step.next
      var isKept = step.isKept
      if let token = step.token {
        let seam = local.tokens.append(TokenRun(token), format: format)
        guard !seam.levels.isEmpty else { return nil }
        elements.append(Element(seam.levels, token.action))
        if seam.isBoundary, token != .lineFeed {
          unsafe output[local.outputByteCount] = UInt8(ascii: "\n")
          local.outputByteCount += 1
        }
        isKept = token != .lineFeed || seam.isBoundary
      }
      if isKept {
        unsafe output[local.outputByteCount] = byte
        local.outputByteCount += 1
      }
    }
    return local
  }
}

/// What one byte does to the lexical state.
private struct Step {
  var next: Lexeme
  /// The token that begins with the byte.
  var token: Token?
  var isKept = true

  /// Nil if the byte cannot come after `lexeme`.
  init?(_ lexeme: Lexeme, _ byte: UInt8, _ format: Format) {
    let byteClass = ByteClass(byte)
    if lexeme.isInString {
      guard let next = lexeme.afterStringByte(byte) else { return nil }
      self.next = next
    } else if byteClass == .scalar {
      guard let next = lexeme.afterScalarByte(byte) else { return nil }
      self.next = next
      token = lexeme == .between ? .value : nil
    } else {
      guard lexeme.isComplete else { return nil }
      next = byteClass == .quote ? .string : .between
      isKept = byteClass != .whitespace
      token = Token(delimiter: byte, format)
    }
  }
}

extension Token {
  /// What the token does to the nesting.
  fileprivate var action: Element.Action {
    switch self {
    case .arrayOpener: .openArray
    case .objectOpener: .openObject
    case .arrayCloser, .objectCloser: .close
    default: .stay
    }
  }
}
