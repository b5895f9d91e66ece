import Foundation
import Testing
import ZminCore
@testable import ZminEngine
import ZminTestSupport

/// Boundaries of slices, and the starts that are assumed after them.
@Suite struct SliceBoundaryTests {
  private func boundary(_ text: String, _ format: Format = .json) -> SliceBoundary {
    Array(text.utf8).withUnsafeBytes { SliceBoundary(in: $0, format) }
  }

  @Test(
    "A boundary is after the best byte of the window",
    arguments: [
      ("a\nb", 2, true), ("\n", 1, true), ("[1,\n 2, 3", 4, true), ("a,b", 2, false), ("[\"a\":", 5, false),
      ("abc", 3, false), ("", 0, false), ("ab\t,c", 3, true), ("{\"a", 1, false),
    ])
  func goodPlaces(_ text: String, _ offset: Int, _ isAfterControlCharacter: Bool) {
    let boundary = boundary(text)
    #expect(boundary.offset == offset)
    #expect(boundary.isAfterControlCharacter == isAfterControlCharacter)
  }

  @Test("Boundaries of ndjson are after line feeds") func recordsEndAtLineFeeds() {
    #expect(boundary("{}\n\t{", .ndjson).offset == 3)
    #expect(boundary("{}\n\t{", .json).offset == 4)
    #expect(boundary("{}\t{", .ndjson).offset == 3)
  }

  @Test("A boundary in a string tears no escape and no UTF-8 sequence") func nothingIsTorn() {
    let text = #"a\\\"b\u00e9\\\\u0041c"# + "é€😀\\n漢\\\\\\\\ü"
    let bytes = Array(text.utf8)
    // Offsets of good boundaries.
    var whole: Set<Int> = []
    var lexeme = Lexeme.string
    for (index, byte) in bytes.enumerated() {
      if lexeme == .string { whole.insert(index) }
      guard let next = lexeme.afterStringByte(byte) else { return #expect(Bool(false), "bad test") }
      lexeme = next
    }
    whole.insert(bytes.count)
    for end in 0...bytes.count {
      let offset = bytes[..<end].withUnsafeBytes { SliceBoundary(in: $0, .json).offset }
      #expect(whole.contains(offset) && end - offset < 6, "\(end) gives \(offset)")
    }
  }

  @Test(
    "The bytes after a boundary tell the start as soon as one of both is impossible",
    arguments: [
      ("true, \"x\": 1", SlicePrefix.Start.between), ("bye\", \"x\"", .string), ("1, \"a b\", 2", .between),
      ("1, \"a t\", 2 \"", nil), ("1,2,3", nil), ("", nil), ("\u{1}", nil), ("a\\qb", .string), ("\\", .string),
      ("\",\",\",\"", nil),
    ] as [(String, SlicePrefix.Start?)])
  func probe(_ text: String, _ start: SlicePrefix.Start?) {
    #expect(Array(text.utf8).withUnsafeBytes { SliceBoundary.start(before: $0) } == start)
  }

  @Test(
    "No assumed start in a real document is wrong, pretty or minified",
    .enabled(if: !Corpora.realDocuments.isEmpty, "the real documents are not there: see ZMIN_CORPORA"),
    arguments: Corpora.realDocuments)
  func realDocuments(_ file: URL) throws {
    let document = try [UInt8](Data(contentsOf: file))
    let format: Format = file.pathExtension == "ndjson" ? .ndjson : .json
    var random = SplitMix64(seed: 41)
    var runner = try MinifierRunner(MinifierOptions(format: format))
    for bytes in [document, try runner.run(document).output] {
      var states = [StringState.outside]
      for byte in bytes { states.append(states[states.count - 1].after(byte)) }
      for _ in 0..<(Corpora.testsAreLong ? 20_000 : 500) {
        let end = 1 + random.below(bytes.count)
        let window = max(0, end - SliceBoundary.windowBytes)
        let cut = bytes[window..<end].withUnsafeBytes { SliceBoundary(in: $0, format) }
        let place = window + cut.offset
        let probed = bytes[place...].withUnsafeBytes { SliceBoundary.start(before: $0) }
        let start = cut.isAfterControlCharacter ? .between : probed ?? .between
        #expect(states[place] == (start == .between ? .outside : .inString), "\(place)")
      }
    }
  }
}
