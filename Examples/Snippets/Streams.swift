// Inputs that come in chunks.
import Zmin
import ZminEngine

// snippet: push
/// What a connection keeps: a stream for all its messages, one after another, and what is to be sent.
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
/// Passes a body on as it comes. The body is asked for a chunk when `send` has taken the one before.
func relay<Body: AsyncSequence>(_ body: Body, to send: ([UInt8]) async throws -> Void) async throws
where Body.Element == [UInt8] {
  for try await chunk in body.minified(options: MinifierOptions(format: .ndjson)) {
    try await send(chunk)
  }
}
// end

// snippet: ledger
/// One ledger for the whole server says what zmin holds for all its requests.
func memoryLine(_ ledger: MemoryLedger) -> String {
  let total = ledger.snapshot().total
  return "zmin holds \(total.currentBytes) bytes, at most \(total.peakBytes) so far"
}
// end
