import CZminSIMD
package import ZminCore
package import ZminMemory

/// What the stages before nesting found in a slice, where they ran elsewhere than on this CPU and called it clean.
@safe package struct LexicalStageResult {
  /// Elements that lie side by side.
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
  /// Whether the slice ends in the plain text of a string.
  package var endsInString: Bool
  /// Whether there is nothing outside strings but blanks.
  package var skeletonIsEmpty: Bool
  /// The last character of history and skeleton, and the one before it.
  package var lastCharacter: UInt8
  package var characterBefore: UInt8
  /// Brackets, commas and in `ndjson` the ends of records, in the form of `zmin_nest_function`.
  package var elements: UnsafeRawBufferPointer
  /// How many runs of elements there are.
  package var runCount: Int
  /// The runs, in the order of the slice. What lies outside ``elements`` makes the slice unclean.
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

/// What stands before a slice's skeleton, so that the stages that check it behave as if the document had gone before.
package struct SkeletonHistory: Sendable, Equatable {
  /// Four characters, the last in the highest byte.
  package let characters: UInt32
  /// True if one of them is an element that the nesting has seen: it is not to be passed on.
  package let hasSeenElement: Bool
}

/// A slice whose lexical stages run elsewhere than on this CPU. ``KernelRun/finishNesting(_:_:_:)`` takes their result.
///
/// It is valid as long as the nesting that it was opened with is given to nobody else.
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

  /// Begins with a slice, with the parameters of ``KernelRun/checkSlice(_:startingIn:format:riseMax:_:into:)``.
  ///
  /// - Throws: ``OutOfMemory``.
  package mutating func open(
    _ slice: UnsafeRawBufferPointer, startingIn start: SlicePrefix.Start, format: Format, riseMax: Int
  ) throws(OutOfMemory) -> Opening {
    let head = unsafe SlicePrefix(slice, startingIn: start, format)
    try reset(in: head.levels, byteCount: slice.count)
    guard let first = head.first, head.blankByteCount < slice.count else {
      return .complete(head.summaryOfBlanks(after: start))
    }
    var state = unsafe stateForKernels(after: head, startingIn: start, riseMax: riseMax)
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
  ///   - nesting: The one that the slice was opened with.
  ///   - slice: The slice.
  ///   - found: The findings of the lexical stages.
  /// - Returns: Nil if the slice is not plainly clean.
  package func finishNesting(
    _ nesting: inout SliceNesting, _ slice: OpenedSlice, _ found: LexicalStageResult
  ) -> LocalSummary? {
    var state = unsafe slice.state
    guard let end = unsafe finishNesting(&state, slice.format, found) else { return nil }
    return unsafe nesting.summary(of: state, startingIn: slice.start, with: slice.first, endingIn: end)
  }

  private func finishNesting(_ state: inout zmin_state, _ format: zmin_format, _ found: LexicalStageResult) -> End? {
    let comma = UInt8(ascii: ",")
    // A comma has no claim yet if nothing or only a string follows it.
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
    guard left == 0, unsafe zmin_settle(&state, format, end), let lexeme = unsafe Lexeme(rawValue: state.lexeme),
      let expectation = unsafe Expectation(rawValue: state.expectation)
    else { return nil }
    return End(writtenBytes: found.keptBytes, lexeme: lexeme, expectation: expectation)
  }
}
