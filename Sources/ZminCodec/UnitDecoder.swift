/// Decoder of jobs that are members, frames or streams, one after another.
final class UnitDecoder: JobDecoder {
  /// Point at which a job ends whose end is not known.
  enum Extent: Sendable {
    /// Behind the first member, frame or stream.
    case unit
    /// Before a gzip member that tells its size, which others can decode.
    case unsized
    /// At the end of the data.
    case all
  }

  /// Member, frame or stream that a decoder works on, or was the last that it worked on.
  struct Unit {
    /// Offset of its first stored byte.
    var start = 0
    var plainBytes = 0
    /// True for a member of BGZF.
    var isBGZF = false
  }

  private let codec: Codec
  private let allocator: CodecAllocator
  /// Most plain bytes of a member that are decoded at once.
  private let memberBytesMax: Int
  private let makeProvisional: ProvisionalDecoderMaker?
  private var decoder: (any Decoder)?
  private var provisional: (any ProvisionalDecoder)?
  private var isProvisional = false
  private var memberDecoder: DeflateMemberDecoder?
  private var extent = Extent.unit
  private var isFirst = true
  private var isInUnit = false
  private(set) var unit = Unit()

  /// - Parameter makeProvisional: Maker of a decoder for gzip members that can be read again; nil if they cannot.
  init(
    _ codec: Codec, _ allocator: CodecAllocator, memberBytesMax: Int, makeProvisional: ProvisionalDecoderMaker? = nil
  ) {
    self.codec = codec
    self.allocator = allocator
    self.memberBytesMax = memberBytesMax
    self.makeProvisional = makeProvisional
  }

  /// Starts a job. Call it only at first, and after a job that ended at a boundary.
  func begin(_ extent: Extent) {
    self.extent = extent
    isFirst = true
  }

  func step(_ input: JobInput, into room: UnsafeMutableRawBufferPointer) -> JobStep {
    do throws(DecoderFault) {
      return isInUnit ? try decode(input, into: room) : try start(input, into: room)
    } catch {
      return JobStep(status: .finished(.fault(error, refusedBytes: allocator.refusedBytes)))
    }
  }

  private func start(
    _ input: JobInput, into room: UnsafeMutableRawBufferPointer
  ) throws(DecoderFault) -> JobStep {
    if let end = input.end {
      if input.offset >= end { return JobStep(status: .finished(.boundary)) }
    } else if !isFirst, extent == .unit {
      return JobStep(status: .finished(.boundary))
    }
    if input.bytes.count < codec.headBytes, !input.isFinal { return JobStep(status: .needsInput) }
    guard codec.begins(input.bytes, isWhole: input.isFinal) else { return JobStep(status: .finished(.unrecognized)) }
    let member = codec == .gzip ? SizedMember(input.bytes) : nil
    if member != nil, !isFirst, extent == .unsized, input.end == nil { return JobStep(status: .finished(.boundary)) }
    let isBGZF = codec == .gzip && BGZF.isMember(input.bytes)
    if let member, let step = try decodeAtOnce(member, input, into: room) {
      if case .progress = step.status {
        isFirst = false
        unit = Unit(start: input.offset, plainBytes: step.producedBytes, isBGZF: isBGZF)
      }
      return step
    }
    isFirst = false
    isInUnit = true
    unit = Unit(start: input.offset, isBGZF: isBGZF)
    isProvisional = member == nil && GzipFraming.isSimple(input.bytes) && madeProvisionalDecoder() != nil
    return try decode(input, into: room)
  }

  /// Decodes a member that tells its size, if all of it is there; nil if it has to be decoded piece by piece.
  private func decodeAtOnce(
    _ member: SizedMember, _ input: JobInput, into room: UnsafeMutableRawBufferPointer
  ) throws(DecoderFault) -> JobStep? {
    guard member.storedBytes <= input.bytes.count else { return nil }
    let stored = UnsafeRawBufferPointer(rebasing: input.bytes[..<member.storedBytes])
    let plainBytes = member.claimedPlainBytes(in: stored)
    if plainBytes > memberBytesMax { return nil }
    if plainBytes > room.count { return JobStep(status: .needsRoom(plainBytes)) }
    let fitting = UnsafeMutableRawBufferPointer(rebasing: room[..<plainBytes])
    guard let producedBytes = try madeMemberDecoder().decode(stored, into: fitting) else { return nil }
    return JobStep(consumedBytes: member.storedBytes, producedBytes: producedBytes, status: .progress)
  }

  private func decode(
    _ input: JobInput, into room: UnsafeMutableRawBufferPointer
  ) throws(DecoderFault) -> JobStep {
    // A library may hold decoded bytes back for want of room, so it is asked again before more is read.
    let piece = UnsafeMutableRawBufferPointer(rebasing: room.prefix(JobStep.producedBytesMax))
    let provisional = isProvisional ? self.provisional : nil
    let decoder: any Decoder = if let provisional { provisional } else { try madeDecoder() }
    let step = decoder.decode(input.bytes, into: piece)
    unit.plainBytes += step.producedBytes
    func failed(_ end: JobEnd) -> JobStep {
      JobStep(
        consumedBytes: step.consumedBytes, producedBytes: step.producedBytes,
        status: .finished(provisional.map { .unconfirmed(checksum: $0.checksum) } ?? end))
    }
    if let fault = step.fault { return failed(.fault(fault, refusedBytes: allocator.refusedBytes)) }
    if step.isAtEnd {
      isInUnit = false
    } else if step.consumedBytes == 0, step.producedBytes == 0 {
      return input.isFinal ? failed(.truncated) : JobStep(status: .needsInput)
    }
    return JobStep(consumedBytes: step.consumedBytes, producedBytes: step.producedBytes, status: .progress)
  }

  private func madeMemberDecoder() throws(DecoderFault) -> DeflateMemberDecoder {
    if let memberDecoder { return memberDecoder }
    let made = try DeflateMemberDecoder(allocator)
    memberDecoder = made
    return made
  }

  private func madeProvisionalDecoder() -> (any ProvisionalDecoder)? {
    if provisional == nil { provisional = makeProvisional?(allocator) }
    return provisional
  }

  private func madeDecoder() throws(DecoderFault) -> any Decoder {
    if let decoder { return decoder }
    let made: any Decoder =
      switch codec {
      case .gzip: try GzipDecoder(allocator)
      case .zstd: try ZstdDecoder(allocator)
      case .bzip2: Bzip2Decoder(allocator)
      case .xz: XZDecoder(allocator)
      }
    decoder = made
    return made
  }
}

extension Codec {
  /// Number of bytes that tell whether and in which way a member, frame or stream is decoded.
  var headBytes: Int { self == .gzip ? SizedMember.headBytes : Self.signatureBytes }

  /// True if bytes begin with a member, frame or stream.
  func begins(_ head: UnsafeRawBufferPointer, isWhole: Bool) -> Bool {
    Self.recognize(head.prefix(Self.signatureBytes), isWhole: isWhole) == .compressed(self)
  }
}
