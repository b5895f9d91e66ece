import ZminMemory

/// A growing sequence of elements. It grows by chunks, and its elements never move.
struct ChunkedBuffer<Element: BitwiseCopyable>: ~Copyable {
  private static var chunkBytes: Int { 256 << 10 }

  private final class Chunk {
    let buffer: ByteBuffer

    init(_ buffer: consuming ByteBuffer) { self.buffer = buffer }
  }

  private let ledger: MemoryLedger
  private let chunkElements = ChunkedBuffer.chunkBytes / MemoryLayout<Element>.stride
  private var chunks: [Chunk] = []
  /// The index of the next element: the count of elements, and of gaps before pieces.
  private(set) var end = 0

  init(ledger: MemoryLedger) { self.ledger = ledger }

  /// The size of its memory in bytes.
  var byteCount: Int { chunks.count * Self.chunkBytes }

  /// - Throws: ``OutOfMemory``.
  mutating func append(_ element: Element) throws(OutOfMemory) {
    if end == chunks.count * chunkElements { try grow() }
    self[unchecked: end] = element
    end += 1
  }

  /// Appends elements in one contiguous piece. It leaves a gap if they do not fit in the rest of a chunk.
  ///
  /// - Parameter elements: At most as many as a chunk holds.
  /// - Returns: The index of the first element.
  /// - Throws: ``OutOfMemory``.
  mutating func append(inOnePiece elements: [Element]) throws(OutOfMemory) -> Int {
    precondition(elements.count <= chunkElements)
    let left = chunks.count * chunkElements - end
    if elements.count > left {
      end += left
      try grow()
    }
    let start = end
    for element in elements {
      self[unchecked: end] = element
      end += 1
    }
    return start
  }

  private mutating func grow() throws(OutOfMemory) {
    chunks.append(Chunk(try ByteBuffer(byteCount: Self.chunkBytes, for: .fileList, in: ledger)))
  }

  subscript(index: Int) -> Element {
    get {
      precondition(index < end)
      return self[unchecked: index]
    }
    set {
      precondition(index < end)
      self[unchecked: index] = newValue
    }
  }

  /// The elements of a piece. Valid while the buffer lives.
  func piece(at start: Int, count: Int) -> UnsafeBufferPointer<Element> {
    precondition(start + count <= end)
    guard count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    let (chunk, offset) = start.quotientAndRemainder(dividingBy: chunkElements)
    return UnsafeBufferPointer(rebasing: elements(of: chunk)[offset..<offset + count])
  }

  private subscript(unchecked index: Int) -> Element {
    get {
      let (chunk, offset) = index.quotientAndRemainder(dividingBy: chunkElements)
      return elements(of: chunk)[offset]
    }
    nonmutating set {
      let (chunk, offset) = index.quotientAndRemainder(dividingBy: chunkElements)
      elements(of: chunk)[offset] = newValue
    }
  }

  /// The memory of a chunk is aligned to a page and holds elements of this type only.
  private func elements(of chunk: Int) -> UnsafeMutableBufferPointer<Element> {
    chunks[chunk].buffer.bytes.assumingMemoryBound(to: Element.self)
  }
}
