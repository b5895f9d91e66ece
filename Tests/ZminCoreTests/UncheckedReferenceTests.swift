import Testing
import ZminCore
import ZminTestSupport

/// The machine of unchecked input against the oracle.
@Suite struct UncheckedReferenceTests {
  private func kept(_ input: [UInt8], _ format: Format) -> [UInt8] {
    var state = UncheckedState()
    let kept = input.filter { state.keeps($0, format: format) }
    return format == .ndjson && state.owesLineFeed ? kept + [UInt8(ascii: "\n")] : kept
  }

  @Test("Machine and oracle keep the same bytes of all short inputs", arguments: [Format.json, .ndjson])
  func shortInputs(_ format: Format) {
    ShortInputs.forEach(upTo: Corpora.testsAreLong ? 8 : 5, over: Array("\"\\ \n1".utf8)) { input in
      #expect(kept(input, format) == Oracle.unchecked(input, format), "\(readable(input))")
      return true
    }
  }

  @Test("Machine and oracle keep the same bytes of broken documents", arguments: [Format.json, .ndjson])
  func mutatedDocuments(_ format: Format) {
    var generator = DocumentGenerator(seed: 6)
    var mutator = Mutator(seed: 7)
    for _ in 0..<(Corpora.testsAreLong ? 20_000 : 100) {
      let input = mutator.mutation(of: generator.document(format))
      #expect(kept(input, format) == Oracle.unchecked(input, format), "\(readable(input))")
    }
  }

  @Test("Checked and unchecked output of valid documents are equal", arguments: [Format.json, .ndjson])
  func validDocuments(_ format: Format) {
    var generator = DocumentGenerator(seed: 8)
    for _ in 0..<100 {
      let input = generator.document(format)
      #expect(kept(input, format) == Oracle(input, format).output)
    }
  }
}
