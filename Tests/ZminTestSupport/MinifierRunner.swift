package import ZminCore
package import ZminEngine
import ZminMemory

/// The outcome of a run over an input.
package struct Minified: Equatable {
  package var output: [UInt8] = []
  package var error: InvalidJSON?

  package init(output: [UInt8] = []) { self.output = output }
}

/// Runs a minifier over inputs in memory, cut into windows.
///
/// Each window and its output buffer end at an inaccessible page, so that accesses past their ends crash.
package struct MinifierRunner: ~Copyable {
  package let options: MinifierOptions
  private var minifier: Minifier
  private let windowBuffer = GuardedBuffer()
  private let outputBuffer = GuardedBuffer()

  package init(_ options: MinifierOptions) throws {
    self.options = options
    minifier = try Minifier(options, ledger: MemoryLedger())
  }

  /// Minifies `input` in windows of the sizes that `windowBytes` gives.
  package mutating func run(_ input: [UInt8], windowBytes: () -> Int = { .max }) throws -> Minified {
    minifier.reset()
    var minified = Minified()
    var failure: Failure?
    var offset = 0
    while offset < input.count, failure == nil {
      let end = min(input.count, offset + min(windowBytes(), input.count))
      let window = windowBuffer.last(end - offset)
      window.copyBytes(from: input[offset..<end])
      let buffer = outputBuffer.last(Minifier.outputBytes(forInputBytes: window.count, format: options.format))
      let result = try minifier.minify(UnsafeRawBufferPointer(window), into: buffer)
      minified.output += buffer.prefix(result.writtenBytes)
      failure = result.failure
      offset = end
    }
    if failure == nil {
      let buffer = outputBuffer.last(Minifier.outputBytes(forInputBytes: 0, format: options.format))
      let result = minifier.finish(into: buffer)
      minified.output += buffer.prefix(result.writtenBytes)
      failure = result.failure
    }
    minified.error = failure?.located { offset in
      input.withUnsafeBytes { LineCounter().position(at: offset, in: $0) }
    }
    return minified
  }
}

/// The expected outcome for an input, by the oracle. Handles the byte order mark, which the oracle does not know.
package struct Expected {
  package private(set) var output: [UInt8] = []
  package private(set) var errorOffset: Int?

  package init(_ input: [UInt8], _ format: Format, depthMax: Int = MinifierOptions.defaultDepthMax) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let markBytes = zip(input, mark).prefix { $0 == $1 }.count
    if markBytes > 0, markBytes < mark.count {
      // An incomplete mark is an error at the first byte that does not continue it.
      errorOffset = markBytes
      return
    }
    let oracle = Oracle(Array(input[markBytes...]), format, depthMax: depthMax)
    output = oracle.output
    errorOffset = oracle.errorOffset.map { $0 + markBytes }
  }
}
