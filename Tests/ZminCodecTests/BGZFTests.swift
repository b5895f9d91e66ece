import Testing
import ZminCodec

@Suite("BGZF") struct BGZFTests {
  private static let text = DecodedSourceTests.text(byteCount: 400_000)

  private func bgzf(_ plain: [UInt8]) throws -> [UInt8] {
    try #require(Tool.isInstalled("bgzip"), "bgzip is not installed")
    return try Tool.run("bgzip", ["-c"], plain)
  }

  @Test("BGZF without its end marker is cut off, and with it is like any gzip data", arguments: [1, 6, 19, 100_000])
  func endMarker(_ pieceBytes: Int) throws {
    let stored = try bgzf(Self.text)
    #expect(try decode(stored, .gzip, pieceBytes: pieceBytes).error == nil)
    let decoded = try decode(Array(stored.dropLast(28)), .gzip, pieceBytes: pieceBytes)
    #expect(decoded.bytes == Self.text && decoded.error?.code == .truncated)
    #expect(decoded.error?.storedOffset == stored.count - 28)
  }

  @Test("BGZF with its end marker may come before other members")
  func concatenation() throws {
    let stored = try bgzf(Self.text) + Tool.run("gzip", ["-c"], Self.text)
    let decoded = try decode(stored, .gzip)
    #expect(decoded.bytes == Self.text + Self.text && decoded.error == nil)
  }
}
