import ZminEngine

/// Table of the members of a gzip file that carry their sizes.
///
/// It holds the offsets of every member, or of every second, fourth, ... one, so that its size is bounded. Between two
/// entries the headers of the members lead on.
struct GzipBlockIndex: Sendable {
  /// Beginning of a member.
  struct Entry: Sendable, Equatable {
    var storedOffset = 0
    var plainOffset = 0
  }

  let layout: GzipBlockLayout
  /// End of the last member.
  private(set) var end = Entry()
  /// Number of bytes of the largest member, stored and plain.
  private(set) var storedBytesMax = 0
  private(set) var plainBytesMax = 0
  /// One for each ``stride`` members.
  private var entries: [Entry] = []
  private var stride = 1

  /// Entries that take a mebibyte.
  private static let entriesMax = 1 << 16
  /// Larger members are decoded in order, as a stream.
  private static let blockBytesMax = 1 << 20

  /// Reads the headers and the trailers of all members.
  ///
  /// - Returns: nil if a member does not carry its size, or is large. Reading the input in order then finds any error.
  /// - Throws: Errors of the base.
  /// - Complexity: A read for each member.
  init?<Base: ByteSource & ~Copyable>(_ base: borrowing Base) throws {
    guard let storedBytes = base.seekableSize, let first = try Self.block(at: 0, of: base, storedBytes) else {
      return nil
    }
    layout = first.header.layout
    var (count, isEmpty) = (0, false)
    while end.storedOffset < storedBytes {
      guard let (header, plainBytes) = try Self.block(at: end.storedOffset, of: base, storedBytes),
        header.layout == layout, max(header.storedBytes, plainBytes) <= Self.blockBytesMax
      else { return nil }
      append(end, number: count)
      count += 1
      isEmpty = plainBytes == 0
      storedBytesMax = max(storedBytesMax, header.storedBytes)
      plainBytesMax = max(plainBytesMax, plainBytes)
      end.storedOffset += header.storedBytes
      end.plainOffset += plainBytes
    }
    // The end marker of BGZF is an empty member.
    if layout == .bgzf, !isEmpty { return nil }
  }

  private mutating func append(_ entry: Entry, number: Int) {
    if entries.count == Self.entriesMax {
      entries = entries.indices.filter { $0.isMultiple(of: 2) }.map { entries[$0] }
      stride *= 2
    }
    if number.isMultiple(of: stride) { entries.append(entry) }
  }

  /// The last entry whose member begins at or before an offset of the plain or the stored bytes.
  func entry(_ kind: KeyPath<Entry, Int>, atOrBefore offset: Int) -> Entry {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle][keyPath: kind] <= offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? Entry() : entries[low - 1]
  }

  /// Reads the header and the trailer of a member.
  static func block<Base: ByteSource & ~Copyable>(
    at offset: Int, of base: borrowing Base, _ storedBytes: Int
  ) throws -> (header: GzipBlockHeader, plainBytes: Int)? {
    try withUnsafeTemporaryAllocation(byteCount: GzipBlockHeader.byteCountMax, alignment: 1) { bytes in
      let count = try base.read(into: bytes, at: offset)
      let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
      guard let header = GzipBlockHeader(head), header.storedBytes <= storedBytes - offset else { return nil }
      let size = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(4))
      guard try base.read(into: size, at: offset + header.storedBytes - 4) == 4 else { return nil }
      return (header, UnsafeRawBufferPointer(size).littleEndian(at: 0, byteCount: 4))
    }
  }
}
