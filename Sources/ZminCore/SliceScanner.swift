/// Stage 1 in its simplest form: the checks of a slice that a finite automaton can do without knowing the bytes before.
///
/// This is the definition for every other stage 1. Kept bytes and ``LocalSummary`` must be equal. Elements may differ
/// as long as they give equal ``UnmatchedBrackets``.
package struct SliceScanner {
  package let format: Format

  package init(format: Format) { self.format = format }

  /// Minifies `input` and checks all rules that need no nesting.
  ///
  /// - Parameters:
  ///   - input: The bytes of the slice.
  ///   - start: The assumed state before the slice.
  ///   - output: Room for all kept bytes: `input.count`, in `concat` 5 bytes for 3 of the input. An LF before the first
  ///     token is not written, since it depends on the bytes before the slice.
  ///   - elements: Room for one element per byte.
  /// - Returns: Nil if the slice is dirty: no valid document contains it after that start state, whatever the nesting.
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

/// The effect of one byte on the lexical state.
private struct Step {
  var next: Lexeme
  /// The token that begins with the byte.
  var token: Token?
  var isKept = true

  /// Creates the step. Nil if the byte cannot come after `lexeme`.
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
  /// The effect of the token on the nesting.
  fileprivate var action: Element.Action {
    switch self {
    case .arrayOpener: .openArray
    case .objectOpener: .openObject
    case .arrayCloser, .objectCloser: .close
    default: .stay
    }
  }
}
