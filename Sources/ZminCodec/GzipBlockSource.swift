package import ZminEngine
package import ZminMemory

/// Source of the bytes that gzip members decode to, from any offset, by several threads at once.
///
/// Members carry their sizes: see ``GzipBlockLayout``. A read decodes the members that it touches, and checks the
/// checksums and lengths of all of them.
package struct GzipBlockSource<Base: ByteSource & ~Copyable>: ByteSource, ~Copyable {
  /// Compressed bytes.
  package var base: Base
  private let index: GzipBlockIndex
  private let decoders: GzipBlockDecoders
  /// Number of bytes that were read in order.
  package private(set) var decodedBytes = 0

  /// - Parameters:
  ///   - base: A whole gzip file, of known size.
  ///   - ledger: Ledger of all that decoders take.
  /// - Returns: nil, and the base unread, if its members cannot be found without decoding them.
  /// - Throws: Errors of the base.
  package init?(_ base: consuming Base, ledger: MemoryLedger) throws {
    guard let index = try GzipBlockIndex(base) else { return nil }
    self.base = base
    self.index = index
    decoders = GzipBlockDecoders(for: index, ledger: ledger)
  }

  package var layout: GzipBlockLayout { index.layout }

  package var isSeekable: Bool { true }

  package var seekableSize: Int? { index.end.plainOffset }

  package var endedEarlyError: any Error { base.endedEarlyError }

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try read(into: buffer, at: decodedBytes)
    decodedBytes += count
    return count
  }

  /// Goes back to the first byte.
  package mutating func rewind() { decodedBytes = 0 }

  /// Decodes the bytes from an offset on.
  ///
  /// - Throws: ``DecodingError``, ``OutOfMemory`` and errors of the base, if there is no byte before the error.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    let wanted = offset..<min(offset + buffer.count, max(offset, index.end.plainOffset))
    guard !wanted.isEmpty else { return 0 }
    var entry = index.entry(\.plainOffset, atOrBefore: offset)
    return try decoders.withDecoder { decoder in
      var filled = 0
      do {
        while entry.plainOffset < wanted.upperBound {
          try decode(&entry, wanted, into: buffer, using: decoder)
          filled = max(0, min(entry.plainOffset, wanted.upperBound) - offset)
        }
      } catch {
        // The next read meets the error again.
        guard filled > 0 else { throw error }
      }
      return filled
    }
  }

  /// Decodes what is wanted of a member, and goes on to the next one.
  private func decode(
    _ entry: inout GzipBlockIndex.Entry, _ wanted: Range<Int>, into buffer: UnsafeMutableRawBufferPointer,
    using decoder: GzipBlockDecoder
  ) throws {
    guard let (header, plainBytes) = try GzipBlockIndex.block(at: entry.storedOffset, of: base, index.end.storedOffset),
      header.storedBytes <= decoder.stored.bytes.count, plainBytes <= decoder.plain.bytes.count
    else { throw base.endedEarlyError }
    let block = entry.plainOffset..<entry.plainOffset + plainBytes
    defer {
      entry.storedOffset += header.storedBytes
      entry.plainOffset = block.upperBound
    }
    // Members before those that are wanted, between two entries of the index.
    if block.upperBound <= wanted.lowerBound, !block.isEmpty { return }
    let stored = UnsafeMutableRawBufferPointer(rebasing: decoder.stored.bytes[..<header.storedBytes])
    guard try base.read(into: stored, at: entry.storedOffset) == stored.count else { throw base.endedEarlyError }
    let part = block.clamped(to: wanted)
    let isWhole = part == block
    let room = UnsafeMutableRawBufferPointer(
      rebasing: buffer[(part.lowerBound - wanted.lowerBound)...].prefix(part.count))
    let output = isWhole ? room : UnsafeMutableRawBufferPointer(rebasing: decoder.plain.bytes[..<plainBytes])
    do throws(DecoderFault) {
      try decoder.decode(storedBytes: header.storedBytes, into: output)
    } catch {
      throw error.asError(.gzip, storedOffset: entry.storedOffset, plainOffset: entry.plainOffset)
    }
    if !isWhole {
      room.copyBytes(from: output[part.lowerBound - block.lowerBound..<part.upperBound - block.lowerBound])
    }
  }

  package func release(from released: Int, upTo end: Int) -> Int {
    let stored = [released, end].map { index.entry(\.plainOffset, atOrBefore: $0).storedOffset }
    return index.entry(\.storedOffset, atOrBefore: base.release(from: stored[0], upTo: stored[1])).plainOffset
  }
}
