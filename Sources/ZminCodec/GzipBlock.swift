// BGZF and MiGz are gzip files of many members. The header of each has the member's size in its extra field, so that a
// member can be found and decoded without those before it:
//
//     1F 8B 08 04 | time xfl os | XLEN | 'B' 'C' 2 0, size of the member less 1 (2 bytes)      BGZF
//                                      | 'M' 'Z' 4 0, size of the deflate data (4 bytes)       MiGz
//     deflate data
//     CRC-32 (4 bytes) | ISIZE, the number of plain bytes (4 bytes)
//
// BGZF is section 4.1 of the SAM format specification; its files end with a member of 28 bytes that holds nothing. MiGz
// is LinkedIn's (github.com/linkedin/migz).

/// Layout of gzip members that can be decoded by themselves.
package enum GzipBlockLayout: Sendable, Equatable {
  case bgzf, migz
}

/// Header of a gzip member that carries its size.
struct GzipBlockHeader: Equatable {
  let layout: GzipBlockLayout
  /// Size of the member, its header and trailer included.
  let storedBytes: Int

  /// Bytes that hold any such header: the writers of both layouts write no other field.
  static let byteCountMax = 20
  static let trailerBytes = 8

  /// Reads the header of a member; nil if it carries no size.
  ///
  /// - Parameter head: The first ``byteCountMax`` bytes of the member, or fewer if the input ends.
  init?(_ head: UnsafeRawBufferPointer) {
    guard head.count >= 12, head.starts(with: [0x1F, 0x8B, 0x08, 0x04]) else { return nil }
    let fieldBytes = head.littleEndian(at: 10, byteCount: 2)
    let identifier = head.dropFirst(12)
    if fieldBytes == 6, head.count >= 18, identifier.starts(with: [0x42, 0x43, 2, 0]) {
      layout = .bgzf
      storedBytes = head.littleEndian(at: 16, byteCount: 2) + 1
    } else if fieldBytes == 8, head.count >= 20, identifier.starts(with: [0x4D, 0x5A, 4, 0]) {
      layout = .migz
      storedBytes = 20 + head.littleEndian(at: 16, byteCount: 4) + Self.trailerBytes
    } else {
      return nil
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The unsigned number of `byteCount` bytes at an offset.
  func littleEndian(at offset: Int, byteCount: Int) -> Int {
    self[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
