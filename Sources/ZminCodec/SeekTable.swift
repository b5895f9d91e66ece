import ZminMemory

/// Framing of zstd frames with a table of their sizes at the end: the zstd seekable format, version 0.1.0.
///
/// The table is a skippable frame, which decoders skip that do not know it:
///
///     5E 2A 4D 18 | size of the rest | entries | number of frames, 0, B1 EA 92 8F
///
/// An entry is the stored size and the plain size of a frame, four bytes each.
/// `contrib/seekable_format/zstd_seekable_compression_format.md` of https://github.com/facebook/zstd.
///
/// Entries are kept until the end: 8 bytes for a frame of 4 MiB, so 1 MiB for half a tebibyte. Frames that end at lines
/// are half as long at the least.
final class SeekTable: BlockFraming {
  static let footerBytes = 9
  /// Most frames of a table, as in libzstd's own reader.
  static let frameCountMax = 0x800_0000

  private static let skippableMagicNumber: UInt32 = 0x184D_2A5E
  private static let magicNumber: UInt32 = 0x8F92_EAB1
  private static let headerBytes = 8
  private static let entryBytes = 8
  static let firstBufferBytes = 4 << 10

  private let frameCountMax: Int
  private let ledger: MemoryLedger
  /// The skippable frame so far: room for its header, then the entries.
  private var buffer: ByteBuffer
  private var frameCount = 0

  /// - Parameter frameCountMax: Most frames of a table, another number in tests only.
  /// - Throws: ``OutOfMemory``.
  init(frameCountMax: Int = SeekTable.frameCountMax, ledger: MemoryLedger) throws(OutOfMemory) {
    self.frameCountMax = frameCountMax
    self.ledger = ledger
    buffer = try ByteBuffer(byteCount: Self.firstBufferBytes, for: .encoder, in: ledger)
  }

  /// True if a file ends with a table.
  static func isFooter(_ tail: some Collection<UInt8>) -> Bool {
    let footer = Array(tail.suffix(footerBytes))
    // Bits of the descriptor that are reserved must be 0.
    return footer.count == footerBytes && footer[4] & 0x7C == 0
      && footer.suffix(4).elementsEqual(littleEndian(magicNumber))
  }

  var start: [UInt8] { [] }

  func append(_ frame: EncodedBlock) throws(OutOfMemory) {
    frameCount += 1
    // A file of more frames has no table, rather than one of some of its frames.
    if frameCount > frameCountMax { return }
    if entriesEnd + Self.footerBytes > buffer.bytes.count { try grow() }
    let entry = littleEndian(UInt32(frame.storedBytes)) + littleEndian(UInt32(frame.plainBytes))
    buffer.bytes[(entriesEnd - Self.entryBytes)...].copyBytes(from: entry)
  }

  private var entriesEnd: Int { Self.headerBytes + frameCount * Self.entryBytes }

  private func grow() throws(OutOfMemory) {
    let larger = try ByteBuffer(byteCount: 2 * buffer.bytes.count, for: .encoder, in: ledger)
    larger.bytes.copyBytes(from: buffer.bytes)
    buffer = larger
  }

  func writeEnd(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    if frameCount > frameCountMax { return }
    let end = entriesEnd + Self.footerBytes
    let contentBytes = UInt32(end - Self.headerBytes)
    buffer.bytes.copyBytes(from: littleEndian(Self.skippableMagicNumber) + littleEndian(contentBytes))
    buffer.bytes[entriesEnd...].copyBytes(
      from: littleEndian(UInt32(frameCount)) + [0] + littleEndian(Self.magicNumber))
    try write(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<end]))
  }
}
