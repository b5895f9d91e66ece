// Inputs in chunks.
import Zmin
import ZminEngine

// snippet: push
/// A connection's state: one stream for all its messages, and the bytes to send.
struct Connection: ~Copyable {
  private var stream: MinifierStream
  private(set) var outgoing: [UInt8] = []

  init(ledger: MemoryLedger) throws(ZminError) {
    stream = try MinifierStream(MinifierOptions(inputBytesMax: 1 << 30), ledger: ledger)
  }

  mutating func received(_ chunk: ArraySlice<UInt8>) throws(ZminError) {
    try stream.push(chunk) { output in
      output.withUnsafeBytes { outgoing.append(contentsOf: $0) }
    }
  }

  mutating func messageEnded() throws(ZminError) {
    try stream.finish { output in
      output.withUnsafeBytes { outgoing.append(contentsOf: $0) }
    }
  }
}
// end

// snippet: async
/// Relays a body chunk by chunk. The next chunk is requested when `send` has returned.
func relay<Body: AsyncSequence>(_ body: Body, to send: ([UInt8]) async throws -> Void) async throws
where Body.Element == [UInt8] {
  for try await chunk in body.minified(options: MinifierOptions(format: .ndjson)) {
    try await send(chunk)
  }
}
// end

// snippet: ledger
/// Describes the memory of all requests of a server, which share one ledger.
func memoryLine(_ ledger: MemoryLedger) -> String {
  let total = ledger.snapshot().total
  return "zmin holds \(total.currentBytes) bytes, peak \(total.peakBytes)"
}
// end
