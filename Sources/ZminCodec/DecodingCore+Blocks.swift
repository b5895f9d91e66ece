import ZminEngine

// A stream of bzip2 is a header, blocks, and a checksum. Blocks begin at any bit:
//
//     BZh9 | block | block | ... | signature of the end | checksum of the stream | up to 7 bits

extension DecodingCore where Base: ~Copyable {
  private static var headerBytes: Int { 4 }
  /// Bytes of a stream without blocks, the shortest there is.
  private static var emptyStreamBytes: Int { 14 }

  /// Begins a stream.
  func cutStream(_ head: UnsafeRawBufferPointer) throws -> Bool {
    guard head.count >= Self.emptyStreamBytes || isBaseAtEnd else { return false }
    let bit = Self.headerBytes * 8
    switch (Bzip2Signature.signature(in: head, at: bit), Bzip2Signature.checksum(in: head, at: bit)) {
    case (.block?, let checksum?):
      let block = Bzip2Block(bit: next * 8 + bit, level: head[3], checksum: checksum)
      nextBlock = (block, startsStream: true)
    case (.end?, 0?):
      next += Self.emptyStreamBytes
      isFirst = false
    // Anything else is for the library to judge.
    default: return try open(.all)
    }
    return true
  }

  /// Makes a job of a block, whose end is still to be found.
  func cutBlock(_ block: Bzip2Block, startsStream: Bool) throws -> Bool {
    // It gets bytes once they are searched: none behind the block may be among them.
    let start = block.bit / 8
    let job = try add(.block(block), start: start, limit: start, startsStream: startsStream)
    guard let job else { return false }
    nextBlock = nil
    openJob = job
    searchedEnd = block.bit + 1
    return true
  }

  /// Looks for the signature behind the block that is the open job.
  func findEnd(ofBlock job: DecodingJob) -> Bool {
    guard case .block(let block) = job.kind else { return false }
    let start = searchedEnd / 8
    let bytes = storedBytes(from: start)
    guard let found = Bzip2Signature.find(in: bytes, from: searchedEnd - start * 8) else {
      searchedEnd = max(searchedEnd, storedEnd * 8 - Bzip2Signature.bitCount + 1)
      return false
    }
    let end = start * 8 + found.bit
    searchedEnd = end
    guard let checksum = Bzip2Signature.checksum(in: bytes, at: found.bit) else { return false }
    let limit = storedEnd
    pool.update(job) { ($0.limit, $0.end) = (limit, end) }
    openJob = nil
    switch found.signature {
    case .block:
      next = end / 8
      nextBlock = (Bzip2Block(bit: end, level: block.level, checksum: checksum), startsStream: false)
    case .end:
      next = (end + Bzip2Signature.markBitCount + 7) / 8
      cuts[cuts.count - 1].streamChecksum = checksum
    }
    return true
  }
}
