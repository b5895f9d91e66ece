import Foundation
import Testing
import ZminCore
import ZminTestSupport

/// The reference against the oracle.
@Suite struct ReferenceTests {
  @Test("Reference and oracle agree on all short inputs", arguments: Format.allCases)
  func shortInputs(_ format: Format) throws {
    var runner = try ReferenceRunner()
    try ShortInputs.forEach(upTo: Corpora.testsAreLong ? 5 : 3) { input in
      try expectAgreement(&runner, input, format, depthMax: 2)
      return true
    }
  }

  @Test("Reference and oracle agree on beginnings of documents with one byte added", arguments: Format.allCases)
  func shortBeginnings(_ format: Format) throws {
    var runner = try ReferenceRunner()
    try ShortInputs.forEach(upTo: Corpora.testsAreLong ? 7 : 4, over: Array("{}[]:,\"0-\\\n1".utf8)) { input in
      try expectAgreement(&runner, input, format, depthMax: 3)
      let errorOffset = Oracle(input, format, depthMax: 3).errorOffset
      return errorOffset == nil || errorOffset == input.count
    }
  }

  @Test("Reference and oracle agree on each byte after each byte in a string, and after UTF-8 leads")
  func bytesInStrings() throws {
    var runner = try ReferenceRunner()
    let quote = UInt8(ascii: "\"")
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        try expectAgreement(&runner, [quote, first, second, quote], .json)
      }
    }
    for first: UInt8 in [0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4] {
      for second: UInt8 in [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF] {
        for third in UInt8.min...UInt8.max {
          try expectAgreement(&runner, [quote, first, second, third, 0x80, quote], .json)
          try expectAgreement(&runner, [quote, first, second, 0xBF, third, quote], .json)
        }
      }
    }
  }

  @Test("Reference and oracle agree on random documents in chunks", arguments: Format.allCases)
  func randomDocuments(_ format: Format) throws {
    var runner = try ReferenceRunner()
    var generator = DocumentGenerator(seed: 1)
    for round in 0..<(Corpora.testsAreLong ? 20_000 : 150) {
      let document = generator.document(format)
      #expect(
        Oracle(document, format).errorOffset == nil, "invalid document: \(readable(document))")
      try expectAgreement(&runner, document, format, chunk: 1 + round % 130)
    }
  }

  @Test("Reference and oracle agree on broken documents in chunks", arguments: Format.allCases)
  func mutatedDocuments(_ format: Format) throws {
    var runner = try ReferenceRunner()
    var generator = DocumentGenerator(seed: 2)
    var mutator = Mutator(seed: 3)
    for round in 0..<(Corpora.testsAreLong ? 10_000 : 60) {
      let document = generator.document(format)
      for _ in 0..<10 {
        let mutation = mutator.mutation(of: document)
        try expectAgreement(&runner, mutation, format, chunk: 1 + round % 130, depthMax: 1 + round % 50)
      }
      try expectAgreement(&runner, mutator.soup(byteCount: round % 12), format)
    }
  }

  @Test("Minifying minified output changes nothing")
  func minifyingTwiceChangesNothing() throws {
    var runner = try ReferenceRunner()
    var generator = DocumentGenerator(seed: 4)
    for format in Format.allCases {
      for _ in 0..<50 {
        let once = try runner.run(generator.document(format), format).output
        let again = try runner.run(once, format == .concat ? .ndjson : format).output
        #expect(once == again)
      }
    }
  }

  @Test("Output and error do not depend on the chunk size", arguments: Format.allCases)
  func chunksOfEverySize(_ format: Format) throws {
    var runner = try ReferenceRunner()
    var generator = DocumentGenerator(seed: 5)
    for shape in DocumentGenerator.Shape.allCases {
      let document = generator.document(format, shape)
      let whole = try runner.run(document, format)
      #expect(whole.errorOffset == nil)
      for chunk in 1...130 {
        let inChunks = try runner.run(document, format, chunk: chunk)
        #expect(inChunks == whole)
      }
    }
  }

  @Test(
    "The reference accepts y_ files and rejects n_ files of JSONTestSuite",
    .enabled(if: !Corpora.testSuite.isEmpty, "JSONTestSuite not found; see ZMIN_CORPORA"),
    arguments: Corpora.testSuite)
  func testSuite(_ file: URL) throws {
    var runner = try ReferenceRunner()
    let input = try [UInt8](Data(contentsOf: file))
    for format in Format.allCases {
      for chunk in [.max, 1, 3] { try expectAgreement(&runner, input, format, chunk: chunk) }
    }
    let isValid = try runner.run(input, .json).errorOffset == nil
    switch file.lastPathComponent.first {
    case "y": #expect(isValid)
    case "n": #expect(!isValid)
    default: break
    }
  }

  @Test(
    "Reference and oracle agree on real documents",
    .enabled(if: !Corpora.realDocuments.isEmpty, "real documents not found; see ZMIN_CORPORA"),
    .enabled(if: Corpora.testsAreLong, "takes minutes unoptimised: ZMIN_LONG_TESTS=1"),
    arguments: Corpora.realDocuments)
  func realDocuments(_ file: URL) throws {
    var runner = try ReferenceRunner()
    let input = try [UInt8](Data(contentsOf: file))
    try expectAgreement(&runner, input, file.pathExtension == "ndjson" ? .ndjson : .json, chunk: 65_536)
  }
}
