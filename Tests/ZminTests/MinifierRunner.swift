import Testing
import Zmin
import ZminCPU
import ZminCore
import ZminMemory
import ZminTestSupport

/// What a run made of an input.
struct Minified: Equatable {
  var output: [UInt8] = []
  var error: InvalidJSON?
}

/// Runs a minifier over inputs that are in memory, cut into windows.
struct MinifierRunner: ~Copyable {
  let options: MinifierOptions
  private var minifier: Minifier

  init(_ options: MinifierOptions) throws {
    self.options = options
    minifier = try Minifier(options, ledger: MemoryLedger())
  }

  /// Minifies `input` in windows of the sizes that `windowBytes` gives, each in memory of its own so that a sanitizer
  /// sees any byte read beyond.
  mutating func run(_ input: [UInt8], windowBytes: () -> Int = { .max }) throws -> Minified {
    minifier.reset()
    var minified = Minified()
    var failure: Failure?
    var offset = 0
    while offset < input.count, failure == nil {
      let window = Array(input[offset..<min(input.count, offset + min(windowBytes(), input.count))])
      let room = Minifier.outputBytes(forInputBytes: window.count, format: options.format)
      let output = try [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        let result = try window.withUnsafeBytes { try minifier.minify($0, into: UnsafeMutableRawBufferPointer(buffer)) }
        count = result.writtenBytes
        failure = result.failure
      }
      minified.output += output
      offset += window.count
    }
    if failure == nil {
      minified.output += [UInt8](
        unsafeUninitializedCapacity: Minifier.outputBytes(forInputBytes: 0, format: options.format)
      ) { buffer, count in
        let result = minifier.finish(into: UnsafeMutableRawBufferPointer(buffer))
        count = result.writtenBytes
        failure = result.failure
      }
    }
    minified.error = failure?.located { offset in
      input.withUnsafeBytes { LineCounter().position(at: offset, in: $0) }
    }
    return minified
  }
}

/// What should come of an input that may begin with a byte order mark, of which the oracle knows nothing.
struct Expected {
  var output: [UInt8] = []
  var errorOffset: Int?

  init(_ input: [UInt8], _ format: Format, depthMax: Int = MinifierOptions.defaultDepthMax) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let markBytes = zip(input, mark).prefix { $0 == $1 }.count
    if markBytes > 0, markBytes < mark.count {
      // The beginning of a mark may go on as one, and as nothing else.
      errorOffset = markBytes
      return
    }
    let oracle = Oracle(Array(input[markBytes...]), format, depthMax: depthMax)
    output = oracle.output
    errorOffset = oracle.errorOffset.map { $0 + markBytes }
  }
}

/// Checks a run against the oracle: bytes of valid inputs, place of the error of others.
func expectAgreement(
  _ minified: Minified, _ input: [UInt8], _ options: MinifierOptions, _ comment: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let expected = Expected(input, options.format, depthMax: options.depthMax)
  let isRight =
    minified.error?.offset == expected.errorOffset && (minified.error != nil || minified.output == expected.output)
  if !isRight {
    Issue.record(
      """
      \(options.kernel.name), \(options.format), depth \(options.depthMax) \(comment()): \(readable(input))
      error: \(minified.error as Any), oracle: \(expected.errorOffset as Any)
      output: \(readable(minified.output)), oracle: \(readable(expected.output))
      """, sourceLocation: sourceLocation)
  }
}
