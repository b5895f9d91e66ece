import Testing
import ZminCodec
import ZminEngine
import ZminMemory
import ZminTestSupport

/// Encodes `plain` through writes of `pieceBytes`.
func encode(
  _ plain: [UInt8], _ encoding: Encoding, workers: Int = 1, endsBlocksAtLines: Bool = false, pieceBytes: Int = 100_000,
  faults: (any EncodingFaults)? = nil, ledger: MemoryLedger = MemoryLedger()
) throws -> [UInt8] {
  var sink = EncodedSink(MemoryOutput())
  try sink.begin(
    encoding, workers: workers, endsBlocksAtLines: endsBlocksAtLines, faults: faults, ledger: ledger)
  try write(plain, to: &sink, pieceBytes: pieceBytes)
  try sink.finish()
  return sink.base.bytes
}

/// Writes `plain` in pieces.
func write(_ plain: [UInt8], to sink: inout EncodedSink<some ByteSink>, pieceBytes: Int = 100_000) throws {
  for start in stride(from: 0, to: plain.count, by: pieceBytes) {
    try plain[start..<min(start + pieceBytes, plain.count)].withUnsafeBytes { bytes in
      try sink.write(bytes, isUnchanged: true)
    }
  }
}

extension Encoding: CustomTestStringConvertible {
  /// Name of a test case.
  public var testDescription: String { "\(form.rawValue) \(level) \(layout.rawValue)" }

  /// Each form in each of its layouts, at its default level.
  static let layouts = Form.allCases.flatMap { form in form.layouts.map { Encoding(form, layout: $0) } }

  /// The same at the lowest level, for tests of what levels do not change.
  static let fastLayouts = layouts.map { Encoding($0.form, level: 1, layout: $0.layout) }

  /// Text of more than `count` blocks, for tests that need some in flight. A zstd frame is no longer than 4 MiB.
  func text(blocks count: Int) -> [UInt8] {
    let blockBytes = form == .zstd ? 4 << 20 : 8 * 65_280
    return Array(Self.longText.prefix(count * blockBytes + 1000))
  }

  /// Text that repeats itself beyond the windows of default levels only.
  private static let longText =
    [[UInt8]](repeating: DecodedSourceTests.text(byteCount: 2_900_000), count: 10).flatMap { $0 }

  var codec: Codec { get throws { try #require(Codec(rawValue: form.rawValue)) } }
}

/// Error of the end of an output, nil if there is none.
func errorOfFinish(_ sink: consuming EncodedSink<some ByteSink>) -> (any Error)? {
  var sink = sink
  do {
    try sink.finish()
    return nil
  } catch {
    return error
  }
}
