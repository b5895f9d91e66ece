import ZminCodec

/// Checksums of bytes in pieces, up to a number of bytes.
///
/// A class, so that the function that receives a run's slices can hold it.
final class PartHasher {
  private var crc32 = CRC32()
  private var xxh64 = OutputHash()
  private var remainingBytes: Int

  init(bytesMax: Int = .max) { remainingBytes = bytesMax }

  func append(_ piece: UnsafeRawBufferPointer) {
    let bytes = UnsafeRawBufferPointer(rebasing: piece.prefix(remainingBytes))
    remainingBytes -= bytes.count
    crc32.append(bytes)
    xxh64.append(bytes)
  }

  /// The checksums of all bytes so far.
  var checksums: PartChecksums { PartChecksums(crc32: crc32, xxh64: xxh64.value) }
}
