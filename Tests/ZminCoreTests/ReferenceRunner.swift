import ZminCore
import ZminMemory

/// Runs the reference over whole inputs, in chunks of any size, and reuses one state for all of them.
struct ReferenceRunner: ~Copyable {
  /// The output and the first error of an input.
  struct Result: Equatable {
    var output: [UInt8] = []
    var errorOffset: Int?
    var fault: Fault?
    /// The offset of the quote that opens the string open at the error.
    var openQuote: Int?
  }

  private let ledger = MemoryLedger()
  private var state: DocumentState
  private var room: [UInt8] = []

  init() throws { state = try DocumentState(ledger: ledger) }

  /// Minifies and checks a whole input.
  mutating func run(
    _ input: [UInt8], _ format: Format, chunk: Int = .max, depthMax: Int = 1 << 20
  ) throws -> Result {
    var reference = Reference(format: format, depthMax: depthMax)
    var result = Result()
    state.reset()
    try state.nesting.reserve(input.count)
    if room.count < 2 * input.count + 1 { room = Array(repeating: 0, count: 4 * input.count + 64) }
    var start = 0
    while start < input.count {
      let end = start + min(chunk, input.count - start)
      let error = input.withUnsafeBytes { input in
        room.withUnsafeMutableBytes { room in
          reference.run(&state, UnsafeRawBufferPointer(rebasing: input[start..<end]), into: room)
        }
      }
      result.output += room.prefix(reference.written)
      if let quote = reference.openQuote { result.openQuote = start + quote }
      if let error {
        result.errorOffset = start + error.index
        result.fault = error.fault
        return result
      }
      start = end
    }
    if let fault = reference.faultAtEnd(state) {
      result.errorOffset = input.count
      result.fault = fault
    } else if format != .json, state.expectation == .end {
      result.output.append(UInt8(ascii: "\n"))
    }
    return result
  }
}
