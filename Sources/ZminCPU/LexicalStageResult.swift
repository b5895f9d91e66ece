import CZminSIMD
package import ZminCore
package import ZminMemory

/// The result of the stages before nesting for a slice that a device found clean.
@safe package struct LexicalStageResult {
  /// A contiguous run of elements in ``elements``, in bytes.
  package struct ElementRun {
    package let firstByte: Int
    package let count: Int

    package init(firstByte: Int, count: Int) {
      self.firstByte = firstByte
      self.count = count
    }
  }

  /// Bytes kept.
  package var keptBytes: Int
  /// True if the slice ends in the plain text of a string.
  package var endsInString: Bool
  /// True if the slice is blank outside strings.
  package var skeletonIsEmpty: Bool
  /// The last character of history and skeleton.
  package var lastCharacter: UInt8
  /// The last character but one of history and skeleton.
  package var characterBefore: UInt8
  /// Brackets, commas and, in `ndjson`, record ends, in the form of `zmin_nest_function`.
  package var elements: UnsafeRawBufferPointer
  package var runCount: Int
  /// Returns the run at an index below ``runCount``, in the order of the slice. A run outside ``elements`` makes the
  /// slice not clean.
  package var run: (Int) -> ElementRun
  package init(
    keptBytes: Int, endsInString: Bool, skeletonIsEmpty: Bool, lastCharacter: UInt8, characterBefore: UInt8,
    elements: UnsafeRawBufferPointer, runCount: Int, run: @escaping (Int) -> ElementRun
  ) {
    self.keptBytes = keptBytes
    self.endsInString = endsInString
    self.skeletonIsEmpty = skeletonIsEmpty
    self.lastCharacter = lastCharacter
    self.characterBefore = characterBefore
    unsafe self.elements = unsafe elements
    self.runCount = runCount
    self.run = run
  }
}

/// The skeleton characters that stand for the document before a slice. The stages that check the skeleton read them
/// before its first character.
package struct SkeletonHistory: Sendable, Equatable {
  /// Four characters, the last in the highest byte.
  package let characters: UInt32
  /// True if one of them is an element that the nesting already contains. It must not be emitted again.
  package let hasSeenElement: Bool
}

/// A slice whose lexical stages run elsewhere than on this CPU. ``KernelRun/finishNesting(_:_:_:)`` takes their result.
///
/// Valid until the nesting that it was opened with is used again.
@safe package struct OpenedSlice {
  package let history: SkeletonHistory
  fileprivate let start: SlicePrefix.Start
  fileprivate let first: Token
  fileprivate let format: zmin_format
  fileprivate var state: zmin_state
}

extension SliceNesting {
  /// The beginning of a slice: either all of it, or what the lexical stages must know.
  package enum Opening {
    /// The slice has nothing but whitespace after its first token.
    case complete(LocalSummary)
    case open(OpenedSlice)
  }

  /// Begins a slice, with the parameters of ``KernelRun/checkSlice(_:startingIn:format:depthIncreaseMax:_:into:)``.
  ///
  /// - Throws: ``OutOfMemory``.
  package mutating func open(
    _ slice: UnsafeRawBufferPointer, startingIn start: SlicePrefix.Start, format: Format, depthIncreaseMax: Int
  ) throws(OutOfMemory) -> Opening {
    let head = unsafe SlicePrefix(slice, startingIn: start, format)
    try reset(in: head.levels, byteCount: slice.count)
    guard let first = head.first, head.blankByteCount < slice.count else {
      return .complete(head.summaryOfBlanks(after: start))
    }
    var state = unsafe stateForKernels(after: head, startingIn: start, depthIncreaseMax: depthIncreaseMax)
    let history = unsafe zmin_history_before(&state, format.forKernels)
    let characters = unsafe withUnsafeBytes(of: history.characters) { unsafe $0.loadUnaligned(as: UInt32.self) }
    return unsafe .open(
      OpenedSlice(
        history: SkeletonHistory(characters: characters, hasSeenElement: history.has_seen_element), start: start,
        first: first, format: format.forKernels, state: state))
  }
}

extension KernelRun {
  /// Finds the nesting of a slice from what its lexical stages have found.
  ///
  /// - Parameters:
  ///   - nesting: The nesting that opened the slice.
  ///   - slice: The slice.
  ///   - found: The findings of the lexical stages.
  /// - Returns: nil if the slice is not proved clean.
  package func finishNesting(
    _ nesting: inout SliceNesting, _ slice: OpenedSlice, _ found: LexicalStageResult
  ) -> LocalSummary? {
    var state = unsafe slice.state
    guard let end = unsafe finishNesting(&state, slice.format, found) else { return nil }
    return unsafe nesting.summary(of: state, startingIn: slice.start, with: slice.first, endingIn: end)
  }

  private func finishNesting(_ state: inout zmin_state, _ format: zmin_format, _ found: LexicalStageResult) -> End? {
    let comma = UInt8(ascii: ",")
    // The kind of a comma's container is still unknown if only a string or nothing follows it.
    let isUnclaimed =
      !found.skeletonIsEmpty
      && (found.lastCharacter == comma
        || found.lastCharacter == UInt8(ascii: "\"") && found.characterBefore == comma)
    var left = (0..<found.runCount).reduce(0) { $0 + found.run($1).count } - (isUnclaimed ? 1 : 0)
    for index in 0..<found.runCount {
      let run = found.run(index)
      let count = min(run.count, left)
      guard count > 0 else { continue }
      guard run.firstByte >= 0, unsafe run.firstByte <= found.elements.count - count,
        let elements = unsafe found.elements.baseAddress?.assumingMemoryBound(to: UInt8.self),
        unsafe kernel.nest(&state, format, elements + run.firstByte, count, workspace)
      else { return nil }
      left -= count
    }
    let end = zmin_skeleton_end(
      last: found.lastCharacter, before: found.characterBefore, is_empty: found.skeletonIsEmpty,
      in_string: found.endsInString, unclaimed: isUnclaimed)
    guard left == 0, unsafe zmin_finish_nesting(&state, format, end),
      let lexeme = unsafe Lexeme(rawValue: state.lexeme),
      let expectation = unsafe Expectation(rawValue: state.expectation)
    else { return nil }
    return End(writtenBytes: found.keptBytes, lexeme: lexeme, expectation: expectation)
  }
}
