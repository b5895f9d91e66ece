import ZminEngine
import ZminMemory
import ZminTestSupport

@testable import ZminCodec

/// Decodes compressed bytes in small jobs on several threads, against one decoder in order. Plain bytes are encoded in
/// every layout and decoded again.
enum CodecFuzz {
  /// Most bytes that an input may decode to. The fuzzer finds bombs soon.
  private static let plainBytesMax = 1 << 20

  @Sendable static func run(_ input: inout FuzzInput) throws {
    let workers = 1 + input.number(below: 3)
    let pieceBytes = 1 + input.number(below: 256) * (1 + input.number(below: 16))
    let roomBytes = 1 + input.number(below: 256) * (1 + input.number(below: 16))
    let bytes = input.rest
    if case .compressed(let codec) = Codec.recognize(bytes.prefix(Codec.signatureBytes), isWhole: true) {
      let expected = try decode(bytes, codec, inOrder(), pieceBytes: 1 << 16, roomBytes: 1 << 16)
      var plan = DecodingPlan(
        workers: workers, slots: workers + 1, storedBytes: 16 << 10, plainBytes: 4 << 10, decoderBytesMax: 16 << 20)
      (plan.jobStoredBytes, plan.jobPlainBytes, plan.threadlessBytes) = (512, 4 << 10, 0)
      let found = try decode(bytes, codec, plan, pieceBytes: pieceBytes, roomBytes: roomBytes)
      if !found.agrees(with: expected) {
        fail("\(codec), \(workers) workers: \(found.error ?? "") for \(expected.error ?? "")")
      }
      guard codec == .gzip else { return }
      let provisional = try decode(
        bytes, codec, plan, pieceBytes: pieceBytes, roomBytes: roomBytes, makeProvisional: IgzipDecoder.make)
      // ISA-L takes some codes that zlib refuses, if the checksum of what they stand for is right.
      let isLenient = provisional.error == nil && expected.error != nil
      if isLenient ? !provisional.bytes.starts(with: expected.bytes) : !provisional.agrees(with: expected) {
        fail("ISA-L, \(workers) workers: \(provisional.error ?? "") for \(expected.error ?? "")")
      }
    } else {
      try roundTrip(bytes, workers, pieceBytes, &input)
    }
  }

  private struct Decoded: Equatable {
    var bytes: [UInt8] = []
    var error: String?

    /// True if both are whole and the same, or both are damaged. The bytes that a library gives before it finds damage
    /// depend on the pieces that it gets, but those of one are the first of the other.
    func agrees(with other: Decoded) -> Bool {
      if error == nil || other.error == nil { return self == other }
      return bytes.starts(with: other.bytes) || other.bytes.starts(with: bytes)
    }
  }

  /// A plan for one decoder, which the reading thread calls.
  private static func inOrder() -> DecodingPlan {
    DecodingPlan(workers: 0, slots: 1, storedBytes: 64 << 10, plainBytes: 64 << 10, decoderBytesMax: 16 << 20)
  }

  private static func decode(
    _ bytes: [UInt8], _ codec: Codec, _ plan: DecodingPlan, pieceBytes: Int, roomBytes: Int,
    makeProvisional: ProvisionalDecoderMaker? = nil
  ) throws -> Decoded {
    let ledger = MemoryLedger()
    var decoded = Decoded()
    do {
      var source = try DecodedSource(
        MemoryInput(bytes, isSeekable: makeProvisional != nil, pieceBytes: pieceBytes), codec, plan,
        decoderBytesMax: 16 << 20, plainBytesMax: plainBytesMax, ledger: ledger, makeProvisional: makeProvisional)
      var room = [UInt8](repeating: 0, count: roomBytes)
      while case let count = try room.withUnsafeMutableBytes({ try source.read(into: $0) }), count > 0 {
        decoded.bytes += room.prefix(count)
      }
    } catch let error as DecodingError {
      decoded.error = "\(error.code) at \(error.plainOffset)"
    }
    if ledger.snapshot().total.currentBytes != 0 { fail("memory is kept after \(codec)") }
    return decoded
  }

  private static func roundTrip(
    _ bytes: [UInt8], _ workers: Int, _ pieceBytes: Int, _ input: inout FuzzInput
  ) throws {
    let form = input.pick(Encoding.Form.allCases)
    let encoding = Encoding(form, level: 1 + input.number(below: 5), layout: input.pick(form.layouts))
    var sink = EncodedSink(MemoryOutput())
    try sink.begin(encoding, workers: workers, endsBlocksAtLines: input.once(in: 2), ledger: MemoryLedger())
    for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
      try bytes[start..<min(start + pieceBytes, bytes.count)].withUnsafeBytes {
        try sink.write($0, isUnchanged: true)
      }
    }
    try sink.finish()
    let stored = sink.base.bytes
    guard case .compressed(let codec) = Codec.recognize(stored.prefix(Codec.signatureBytes), isWhole: true) else {
      fail("\(encoding) is not recognised")
    }
    let decoded = try decode(stored, codec, inOrder(), pieceBytes: 1 << 16, roomBytes: 1 << 16)
    if decoded != Decoded(bytes: bytes) { fail("\(encoding) decodes to other bytes: \(decoded.error ?? "")") }
  }

  /// Documents in every form and layout, as members and frames that follow one another.
  static func seeds(_ documents: [[UInt8]]) throws -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    for form in Encoding.Form.allCases {
      for layout in form.layouts {
        var stored: [UInt8] = []
        for document in documents {
          var sink = EncodedSink(MemoryOutput())
          try sink.begin(Encoding(form, layout: layout), ledger: MemoryLedger())
          try document.withUnsafeBytes { try sink.write($0, isUnchanged: true) }
          try sink.finish()
          stored += sink.base.bytes
        }
        seeds.append(stored)
      }
    }
    return seeds
  }
}
