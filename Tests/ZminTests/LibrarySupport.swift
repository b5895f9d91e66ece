import Testing
import Zmin
import ZminEngine
import ZminTestSupport

/// What a public function made of an input.
struct LibraryOutcome: Equatable {
  var output: [UInt8] = []
  var error: ZminError?

  /// The output and the error, with no output where there is one: how much came before it is no promise.
  var settled: LibraryOutcome { LibraryOutcome(output: error == nil ? output : [], error: error) }
}

/// Inputs of all kinds, valid and not, and what should become of them.
struct LibraryCase {
  let input: [UInt8]
  let options: MinifierOptions
  /// By the oracle, but for the message, which is that of a run over the input at once.
  let expected: LibraryOutcome
  /// The error where the input is known up to so many bytes from the error on, from 1.
  private let errorsSoFar: [ZminError?]

  init(_ input: [UInt8], _ options: MinifierOptions) throws {
    self.input = input
    self.options = options
    let oracle = Expected(input, options.format, depthMax: options.depthMax)
    var runner = try MinifierRunner(options)
    let run = try runner.run(input)
    if let difference = disagreement(of: run, with: input, options) { Issue.record("\(difference)") }
    expected = LibraryOutcome(
      output: oracle.errorOffset == nil ? oracle.output : [], error: run.error.map(ZminError.invalidJSON))
    let errorStart = run.error?.offset ?? input.count
    errorsSoFar = try (errorStart..<min(input.count, errorStart + 8)).map { last in
      try runner.run(Array(input[...last])).error.map(ZminError.invalidJSON)
    }
  }

  /// The outcome in a stream: an error comes with the chunk that brings its byte, and is named by no later bytes.
  func expected(pushedIn chunks: [[UInt8]]) -> LibraryOutcome {
    guard case .invalidJSON(let error) = expected.error, error.offset < input.count else { return expected }
    var end = 0
    for chunk in chunks where end <= error.offset { end += chunk.count }
    return LibraryOutcome(error: errorsSoFar[min(end - error.offset, errorsSoFar.count) - 1])
  }

  /// Random documents and as many broken ones, some under a small limit on depth.
  static func random(_ format: Format, seed: UInt64, count: Int) throws -> [LibraryCase] {
    var generator = DocumentGenerator(seed: seed)
    var mutator = Mutator(seed: seed + 1)
    return try (0..<count).flatMap { round in
      let options = MinifierOptions(format: format, depthMax: round % 4 == 0 ? 1 + round % 30 : 1 << 20)
      let document = generator.document(format)
      return try [LibraryCase(document, options), LibraryCase(mutator.mutation(of: document), options)]
    }
  }
}

/// What a stream makes of an input that is pushed in these chunks.
func pushed(_ chunks: [[UInt8]], through stream: inout MinifierStream) -> LibraryOutcome {
  var outcome = LibraryOutcome()
  do throws(ZminError) {
    for chunk in chunks { try stream.push(chunk) { bytes in bytes.withUnsafeBytes { outcome.output += $0 } } }
    try stream.finish { bytes in bytes.withUnsafeBytes { outcome.output += $0 } }
  } catch {
    outcome.error = error
    stream.reset()
  }
  return outcome
}

/// A document of exactly `byteCount` bytes, at least 32, that shrinks to about half.
func paddedDocument(byteCount: Int) -> [UInt8] {
  let member = Array("{\"a\" : [1, 2.5e3 , \"\u{e9} \\n\"] } ,\n".utf8)
  var document: [UInt8] = [UInt8(ascii: "[")]
  while document.count + member.count + 3 <= byteCount { document += member }
  document += [UInt8(ascii: "0")] + [UInt8](repeating: UInt8(ascii: " "), count: byteCount - document.count - 2)
  return document + [UInt8(ascii: "]")]
}
