import CZminCodec
import ZminMemory

/// Encoder of blocks that are whole gzip members with their sizes in their headers.
final class GzipMembersEncoder: BlockEncoder {
  /// Kind of the members.
  enum Kind: Sendable {
    case miGz, bgzf

    /// Plain bytes of a member, at most.
    var memberBytes: Int {
      switch self {
      case .miGz: MiGz.memberBytes
      case .bgzf: BGZF.memberBytes
      }
    }

    /// Members of a block. Small ones go to a worker together.
    var blockMembers: Int {
      switch self {
      case .miGz: 1
      case .bgzf: 8
      }
    }

    /// Size of a buffer that holds any encoded member.
    var storedMemberBytesMax: Int {
      switch self {
      case .miGz: MiGz.headerBytes + DeflateEncoder.storedBytesMax(memberBytes) + GzipFraming.trailerBytes
      case .bgzf: BGZF.storedMemberBytesMax
      }
    }

    var headerBytes: Int {
      switch self {
      case .miGz: MiGz.headerBytes
      case .bgzf: BGZF.headerBytes
      }
    }

    func header(dataBytes: Int) -> [UInt8] {
      switch self {
      case .miGz: MiGz.header(dataBytes: dataBytes)
      case .bgzf: BGZF.header(storedBytes: headerBytes + dataBytes + GzipFraming.trailerBytes)
      }
    }
  }

  private let kind: Kind
  private let deflate: DeflateEncoder

  /// - Throws: ``OutOfMemory``.
  init(_ kind: Kind, level: Int, faults: (any EncodingFaults)?, ledger: MemoryLedger) throws(OutOfMemory) {
    self.kind = kind
    deflate = try DeflateEncoder(level: level, plainBytesMax: kind.memberBytes, faults: faults, ledger: ledger)
  }

  /// Blocks of members of a kind.
  static func format(_ kind: Kind, level: Int, faults: (any EncodingFaults)?) -> BlockFormat {
    BlockFormat(
      plainBytesMax: kind.memberBytes * kind.blockMembers,
      storedBytesMax: kind.storedMemberBytesMax * kind.blockMembers,
      hasEmptyBlock: kind == .miGz,
      encoderBytes: DeflateEncoder.memoryBytes(level: level, plainBytesMax: kind.memberBytes)
    ) { ledger in
      try GzipMembersEncoder(kind, level: level, faults: faults, ledger: ledger)
    }
  }

  func encode(_ plain: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws -> EncodedBlock {
    var storedBytes = 0
    var rest = plain[...]
    repeat {
      let member = UnsafeRawBufferPointer(rebasing: rest.prefix(kind.memberBytes))
      storedBytes += try encodeMember(member, into: UnsafeMutableRawBufferPointer(rebasing: output[storedBytes...]))
      rest = rest.dropFirst(member.count)
    } while !rest.isEmpty
    return EncodedBlock(storedBytes: storedBytes, plainBytes: plain.count)
  }

  /// - Returns: The size of the member.
  private func encodeMember(
    _ plain: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    let room = output.prefix(kind.storedMemberBytesMax).dropFirst(kind.headerBytes).dropLast(GzipFraming.trailerBytes)
    let data = UnsafeMutableRawBufferPointer(rebasing: room)
    let dataBytes = try deflate.encode(plain, into: data).storedBytes
    output.copyBytes(from: kind.header(dataBytes: dataBytes))
    let checksum = libdeflate_crc32(0, plain.baseAddress, plain.count)
    let dataEnd = kind.headerBytes + dataBytes
    output[dataEnd...].copyBytes(from: GzipFraming.trailer(checksum: checksum, plainBytes: plain.count))
    return dataEnd + GzipFraming.trailerBytes
  }
}

/// Framing of gzip members that follow one another.
final class GzipMembersFraming: BlockFraming {
  private let end: [UInt8]

  /// - Parameter end: Bytes behind the last member.
  init(end: [UInt8] = []) { self.end = end }

  var start: [UInt8] { [] }

  func append(_ block: EncodedBlock) {}

  func writeEnd(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    if !end.isEmpty { try end.withUnsafeBytes(write) }
  }
}
