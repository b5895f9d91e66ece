package import ZminMemory

/// What a level of nesting is.
package enum ContainerKind: UInt8, Sendable {
  case array = 0
  case object = 1
}

/// The open brackets and braces of a document, one bit each: 0 an array, 1 an object.
///
/// The innermost up to 63 levels are in `top`, the innermost lowest, below a sentinel bit; `words[0..<wordCount]` hold
/// 63 each, outermost first, in the same form with the sentinel at bit 63. A push onto a full `top` first moves it to
/// the words. `top == 1` with words left is legal. The C kernels work on this very form (`zmin_nesting`).
package struct NestingStack: ~Copyable {
  /// Levels in one word.
  package static let levelsPerWord = 63

  /// What a new stack takes, in bytes.
  package static let usualBytes = 64 * 1024

  package var top: UInt64 = 1
  package var wordCount = 0
  private var storage: ByteBuffer
  private let ledger: MemoryLedger

  /// An empty stack with room for what a first window of usual size can open.
  ///
  /// - Throws: ``OutOfMemory``.
  package init(ledger: MemoryLedger) throws(OutOfMemory) {
    self.ledger = ledger
    storage = try ByteBuffer(byteCount: Self.usualBytes, for: .nesting, in: ledger)
  }

  /// The words that hold all but the innermost levels.
  package var words: UnsafeMutableBufferPointer<UInt64> { unsafe storage.bytes.assumingMemoryBound(to: UInt64.self) }

  /// Levels open now.
  package var depth: Int { wordCount * Self.levelsPerWord + (63 - top.leadingZeroBitCount) }

  /// The innermost container, nil outside all.
  package var innermost: ContainerKind? {
    if top > 1 { return kind(top) }
    return unsafe wordCount == 0 ? nil : kind(words[wordCount - 1])
  }

  /// Makes sure that `levels` more can be opened without asking for memory, doubling what there is where it must grow.
  ///
  /// - Throws: ``OutOfMemory``.
  package mutating func reserve(_ levels: Int) throws(OutOfMemory) {
    let needed = wordCount + levels / Self.levelsPerWord + 2
    guard unsafe needed > words.count else { return }
    let larger = unsafe try ByteBuffer(
      byteCount: max(needed, 2 * words.count) * MemoryLayout<UInt64>.size, for: .nesting, in: ledger)
    unsafe larger.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage.bytes.prefix(wordCount * 8)))
    storage = larger
  }

  /// Opens a level. There must be room (``reserve(_:)``).
  package mutating func open(_ kind: ContainerKind) {
    if top >> 63 != 0 {
      unsafe words[wordCount] = top
      wordCount += 1
      top = 1
    }
    top = top << 1 | UInt64(kind.rawValue)
  }

  /// Closes all levels.
  package mutating func removeAll() {
    top = 1
    wordCount = 0
  }

  /// Calls `body` with each level, the outermost first, until it returns false; whether it never did.
  ///
  /// - Complexity: O(*d*) for a depth of *d*.
  package func allSatisfy(_ body: (ContainerKind) -> Bool) -> Bool {
    for index in 0..<wordCount {
      for bit in (0..<Self.levelsPerWord).reversed() where unsafe !body(kind(words[index] >> bit)) { return false }
    }
    for bit in (0..<63 - top.leadingZeroBitCount).reversed() where !body(kind(top >> bit)) { return false }
    return true
  }

  /// The container so many levels outside the innermost, nil past the outermost.
  package func kind(levelsOut: Int) -> ContainerKind? {
    let levelsInTop = 63 - top.leadingZeroBitCount
    if levelsOut < levelsInTop { return kind(top >> levelsOut) }
    let (wordsOut, bit) = (levelsOut - levelsInTop).quotientAndRemainder(dividingBy: Self.levelsPerWord)
    return unsafe wordsOut < wordCount ? kind(words[wordCount - 1 - wordsOut] >> bit) : nil
  }

  /// Closes the innermost level; false, and nothing changed, if that is not of this kind or there is none.
  package mutating func close(_ kind: ContainerKind) -> Bool {
    guard innermost == kind else { return false }
    if top == 1 {
      wordCount -= 1
      top = unsafe words[wordCount]
    }
    top >>= 1
    return true
  }

  /// Becomes a copy of `other`.
  ///
  /// - Parameter levels: How many levels may be closed before it becomes another one's copy again. Those further out are
  ///   not copied: they are what they were, or nothing if there was no room for so many. What is to be put back so must
  ///   have kept them.
  /// - Complexity: O(*d* / 64) for a depth of *d*, or for as many levels if that is less.
  /// - Throws: ``OutOfMemory``.
  package mutating func assign(from other: borrowing NestingStack, levels: Int = .max) throws(OutOfMemory) {
    wordCount = 0
    try reserve(other.wordCount * Self.levelsPerWord)
    top = other.top
    wordCount = other.wordCount
    let copied = max(0, wordCount - levels / Self.levelsPerWord - 1)..<wordCount
    for index in copied { unsafe words[index] = other.words[index] }
  }

  /// Whether the same levels are open in `other`.
  ///
  /// - Complexity: O(*d* / 64) for a depth of *d*.
  package func isSame(as other: borrowing NestingStack) -> Bool {
    // The same levels may lie in two forms, of which one has a word less.
    let sharedWords = min(wordCount, other.wordCount)
    guard depth == other.depth, (0..<sharedWords).allSatisfy({ unsafe words[$0] == other.words[$0] }) else {
      return false
    }
    return (0..<depth - sharedWords * Self.levelsPerWord).allSatisfy {
      kind(levelsOut: $0) == other.kind(levelsOut: $0)
    }
  }

  private func kind(_ bits: UInt64) -> ContainerKind { bits & 1 == 0 ? .array : .object }
}
