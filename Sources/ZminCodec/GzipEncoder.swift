import ZminMemory

/// Encoder of one gzip member, in stretches.
final class GzipEncoder: Encoder {
  /// Longer stretches compress better, and take more memory: 1.5% from 128 KiB to 512 KiB, 0.3% from there to 1 MiB.
  static let stretchBytes = 512 << 10

  private let encoder: DeflateStretchEncoder
  private let plain: ByteBuffer
  private let stored: ByteBuffer
  private var plainBytes = 0
  private var member = GzipMember()
  private var hasHeader = false

  init(level: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    encoder = try DeflateStretchEncoder(level: level, plainBytesMax: Self.stretchBytes, ledger: ledger)
    plain = try ByteBuffer(byteCount: Self.stretchBytes, for: .encoder, in: ledger)
    stored = try ByteBuffer(byteCount: encoder.storedBytesMax, for: .encoder, in: ledger)
  }

  func encode(_ bytes: UnsafeRawBufferPointer, write: (UnsafeRawBufferPointer) throws -> Void) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = min(rest.count, Self.stretchBytes - plainBytes)
      plain.bytes[plainBytes...].copyBytes(from: rest.prefix(count))
      plainBytes += count
      rest = rest.dropFirst(count)
      if plainBytes == Self.stretchBytes { try writeStretch(write) }
    }
  }

  func finish(write: (UnsafeRawBufferPointer) throws -> Void) throws {
    if plainBytes > 0 { try writeStretch(write) }
    try writeHeader(write)
    try member.end.withUnsafeBytes(write)
  }

  private func writeStretch(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    let stretch = try encoder.encode(UnsafeRawBufferPointer(rebasing: plain.bytes[..<plainBytes]), into: stored.bytes)
    plainBytes = 0
    member.append(stretch)
    try writeHeader(write)
    try write(UnsafeRawBufferPointer(rebasing: stored.bytes[..<stretch.storedBytes]))
  }

  private func writeHeader(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    if hasHeader { return }
    hasHeader = true
    try GzipMember.header.withUnsafeBytes(write)
  }
}
