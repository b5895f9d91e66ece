import ZminCore
import ZminMemory

/// The definition of a slice's result, computed piece by piece, for comparison with a kernel's result.
struct SliceDefinition: ~Copyable {
  private static let pieceBytes = 16 << 10

  private let format: Format
  private let output: ByteBuffer
  private let elements: ByteBuffer

  /// - Throws: ``OutOfMemory``.
  init(_ format: Format, ledger: MemoryLedger) throws(OutOfMemory) {
    let output = try ByteBuffer(
      byteCount: Minifier.outputBytes(forInputBytes: Self.pieceBytes, format: format), for: .verification, in: ledger)
    let elements = try ByteBuffer(byteCount: Self.pieceBytes, for: .verification, in: ledger)
    self.format = format
    self.output = output
    self.elements = elements
  }

  /// Memory that it takes, in bytes.
  static func bytes(_ format: Format) -> Int {
    pieceBytes + Minifier.outputBytes(forInputBytes: pieceBytes, format: format)
  }

  /// Compares the result for a slice with the definition. Returns the subject of the difference, nil if there is none.
  func difference(
    from minified: borrowing MinifiedSlice, _ local: LocalSummary, _ bytes: UnsafeRawBufferPointer,
    _ kept: UnsafeRawBufferPointer
  ) -> VerificationDifference.Subject? {
    var joined = LocalSummary(start: local.start)
    var nesting = UnmatchedBrackets()
    var comparison = PieceComparison(kept)
    let room = UnsafeMutableRawBufferPointer(rebasing: output.bytes[1...])
    for pieceStart in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
      let piece = UnsafeRawBufferPointer(rebasing: bytes[pieceStart...].prefix(Self.pieceBytes))
      var elements = ElementBuffer(self.elements.bytes.bindMemory(to: Element.self))
      guard
        let next = SliceScanner(format: format).scan(piece, from: joined.end, into: room, elements: &elements),
        let seam = pieceStart == 0 ? .undecided : joined.append(next, format: format),
        nesting.narrow(to: seam.levels), elements.elements.allSatisfy({ nesting.append($0) })
      else { return .verdict }
      if pieceStart == 0 { joined = next }
      // The bytes before a piece decide whether an LF comes before its first token.
      output.bytes[0] = UInt8(ascii: "\n")
      let start = seam.isBoundary ? 0 : 1
      let made = UnsafeMutableRawBufferPointer(rebasing: output.bytes[start...])
      guard comparison.goesOn(with: made, next.outputByteCount + 1 - start) else { return .output }
    }
    guard comparison.isComplete, local.outputByteCount == kept.count else { return .output }
    let isSame =
      local.end == joined.end && local.tokens.first == joined.tokens.first
      && minified.nesting.isSame(as: nesting)
      && local.tokens.ending(in: nesting) == joined.tokens.ending(in: nesting)
    return isSame ? nil : .state
  }
}

extension SliceNesting {
  /// True if the slice has those unmatched brackets, and its bound on depth holds.
  fileprivate func isSame(as brackets: UnmatchedBrackets) -> Bool {
    depthIncreaseMax >= brackets.depthIncreaseMax && base == brackets.base && openers.isSame(as: brackets.openers)
      && closers.isSame(as: brackets.closers)
  }
}

extension NestingStack {
  /// True if the same levels are open.
  fileprivate func isSame(as levels: BitStack) -> Bool {
    var level = depth
    return depth == levels.count
      && levels.allSatisfy {
        level -= 1
        return kind(levelsOut: level) == $0
      }
  }
}

extension TokenRun {
  /// End of the tokens. A string after a comma is a name or a value if its container is known.
  fileprivate func ending(in nesting: UnmatchedBrackets) -> Ending {
    guard ending == .stringAfterComma else { return ending }
    return switch nesting.openers.last ?? nesting.base.onlyContainer {
    case .object: .name
    case .array: .value
    case nil: ending
    }
  }
}
