import Testing
import Zmin
import ZminEngine
import ZminTestSupport

/// The output or error of a public function.
struct LibraryOutcome: Equatable {
  var output: [UInt8] = []
  var error: ZminError?

  /// The outcome without output before an error, the length of which is not specified.
  var withoutPartialOutput: LibraryOutcome { LibraryOutcome(output: error == nil ? output : [], error: error) }
}

/// An input and its expected outcome.
struct LibraryCase {
  let input: [UInt8]
  let options: MinifierOptions
  /// The oracle's outcome, with the message of a run over the whole input.
  let expected: LibraryOutcome
  /// At index `n` the error if the input is known up to `n` bytes after the faulty one.
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
    errorsSoFar = try (errorStart..<min(input.count, errorStart + 24)).map { last in
      try runner.run(Array(input[...last])).error.map(ZminError.invalidJSON)
    }
  }

  /// The outcome of a stream. An error is thrown with the chunk of the faulty byte, so later chunks do not refine it.
  func expected(pushedIn chunks: [[UInt8]]) -> LibraryOutcome {
    guard case .invalidJSON(let error) = expected.error, error.offset < input.count else { return expected }
    var end = 0
    for chunk in chunks where end <= error.offset { end += chunk.count }
    return LibraryOutcome(error: errorsSoFar[min(end - error.offset, errorsSoFar.count) - 1])
  }

  /// Random documents and the same number of broken ones, some with a small depth limit.
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

/// Pushes an input in chunks through a stream, and returns the outcome.
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

/// Returns a document of exactly `byteCount` bytes, at least 32, about half of it whitespace.
func paddedDocument(byteCount: Int) -> [UInt8] {
  let member = Array("{\"a\" : [1, 2.5e3 , \"\u{e9} \\n\"] } ,\n".utf8)
  var document: [UInt8] = [UInt8(ascii: "[")]
  while document.count + member.count + 3 <= byteCount { document += member }
  document += [UInt8(ascii: "0")] + [UInt8](repeating: UInt8(ascii: " "), count: byteCount - document.count - 2)
  return document + [UInt8(ascii: "]")]
}
