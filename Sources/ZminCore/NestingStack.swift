package import ZminMemory

/// The kind of a level of nesting.
package enum ContainerKind: UInt8, Sendable {
  case array = 0
  case object = 1
}

/// The open brackets and braces of a document, one bit each: 0 an array, 1 an object.
///
///     words[0]               words[1]               top
///     1 k0 k1 ... k62        1 k63 k64 ... k125     0 ... 0 1 k126 k127
///     bit 63        bit 0                                         bit 0
///
/// `k0` is the outermost level. Each word has a sentinel bit of 1 above its levels, in `words` at bit 63. A push onto a
/// full `top` first moves it to `words` and sets `top` to 1. After pops `top` may be 1 with words left. The C kernels
/// use the same layout (`zmin_levels`).
package struct NestingStack: ~Copyable {
  package static let levelsPerWord = 63

  /// The memory of a new stack, in bytes.
  package static let usualBytes = 64 * 1024

  package var top: UInt64 = 1
  package var wordCount = 0
  private var storage: ByteBuffer
  private let ledger: MemoryLedger

  /// Creates an empty stack with room for ``usualBytes`` of levels.
  ///
  /// - Throws: ``OutOfMemory``.
  package init(ledger: MemoryLedger) throws(OutOfMemory) {
    self.ledger = ledger
    storage = try ByteBuffer(byteCount: Self.usualBytes, for: .nesting, in: ledger)
  }

  /// The words that hold all but the innermost levels.
  package var words: UnsafeMutableBufferPointer<UInt64> { unsafe storage.bytes.assumingMemoryBound(to: UInt64.self) }

  /// The number of open levels.
  package var depth: Int { wordCount * Self.levelsPerWord + (63 - top.leadingZeroBitCount) }

  /// The innermost container, nil outside all containers.
  package var innermost: ContainerKind? {
    if top > 1 { return kind(top) }
    return unsafe wordCount == 0 ? nil : kind(words[wordCount - 1])
  }

  /// Reserves room for `levels` more levels. Growth at least doubles the memory.
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

  /// Opens a level. Room must have been reserved with ``reserve(_:)``.
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

  /// Calls `body` with each level, outermost first, until it returns false. Returns true if it never did.
  ///
  /// - Complexity: O(*d*) for a depth of *d*.
  package func allSatisfy(_ body: (ContainerKind) -> Bool) -> Bool {
    for index in 0..<wordCount {
      for bit in (0..<Self.levelsPerWord).reversed() where unsafe !body(kind(words[index] >> bit)) { return false }
    }
    for bit in (0..<63 - top.leadingZeroBitCount).reversed() where !body(kind(top >> bit)) { return false }
    return true
  }

  /// Returns the container `levelsOut` levels outside the innermost, nil past the outermost.
  package func kind(levelsOut: Int) -> ContainerKind? {
    let levelsInTop = 63 - top.leadingZeroBitCount
    if levelsOut < levelsInTop { return kind(top >> levelsOut) }
    let (wordsOut, bit) = (levelsOut - levelsInTop).quotientAndRemainder(dividingBy: Self.levelsPerWord)
    return unsafe wordsOut < wordCount ? kind(words[wordCount - 1 - wordsOut] >> bit) : nil
  }

  /// Closes the innermost level. Returns false, without a change, if it is not of this kind.
  package mutating func close(_ kind: ContainerKind) -> Bool {
    guard innermost == kind else { return false }
    if top == 1 {
      wordCount -= 1
      top = unsafe words[wordCount]
    }
    top >>= 1
    return true
  }

  /// Copies `other` into this stack.
  ///
  /// - Parameter levels: The number of innermost levels that must be correct in the copy. Words further out are left as
  ///   they are, so this stack must already hold them if they will be read.
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

  /// True if the same levels are open in `other`.
  ///
  /// - Complexity: O(*d* / 64) for a depth of *d*.
  package func isSame(as other: borrowing NestingStack) -> Bool {
    // The same levels have two layouts: with `top` equal to 1, or with the last word moved into it.
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
