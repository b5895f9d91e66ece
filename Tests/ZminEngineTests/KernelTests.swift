import Foundation
import Testing
import ZminCPU
import ZminCore
import ZminEngine
import ZminTestSupport

/// Every kernel has the output and message of the oracle for any input, in windows of any size.
@Suite struct KernelTests {
  /// Window sizes at and around the edges of blocks and groups of blocks.
  static let edges = [
    1, 2, 3, 7, 8, 63, 64, 65, 127, 128, 511, 512, 513, 576, 1023, 1024, 1025, 1536, 2048, 4096, 8192,
  ]

  @Test("Random documents have the output of the oracle", arguments: Kernel.available, Format.allCases)
  func randomDocuments(_ kernel: Kernel, _ format: Format) throws {
    var runner = try MinifierRunner(MinifierOptions(format: format, kernel: kernel))
    var generator = DocumentGenerator(seed: 11)
    for _ in 0..<(Corpora.testsAreLong ? 5_000 : 60) {
      // Values one after another, so that documents are longer than a group of blocks.
      let document = longDocument(&generator, format)
      let offsetOfError = Oracle(document, format).errorOffset
      #expect(offsetOfError == nil)
      expectAgreement(try runner.run(document), document, runner.options, "whole")
      var random = generator.random
      expectAgreement(
        try runner.run(document) { random.pick(Self.edges) + random.below(3) }, document, runner.options, "in windows")
    }
  }

  @Test("Mutated documents have the verdict and message of the oracle", arguments: Kernel.available, Format.allCases)
  func mutatedDocuments(_ kernel: Kernel, _ format: Format) throws {
    var generator = DocumentGenerator(seed: 12)
    var mutator = Mutator(seed: 13)
    // Three formats: more than a million comparisons for each kernel in the long form.
    for round in 0..<(Corpora.testsAreLong ? 18_000 : 40) {
      var runner = try MinifierRunner(
        MinifierOptions(format: format, depthMax: round % 4 == 0 ? 1 + round % 60 : 1 << 20, kernel: kernel))
      let document = longDocument(&generator, format)
      for _ in 0..<20 {
        let mutation = mutator.mutation(of: document)
        let windowBytes = mutator.random.pick(Self.edges) + mutator.random.below(3)
        expectAgreement(
          try runner.run(mutation) { windowBytes }, mutation, runner.options, "windows of \(windowBytes)")
      }
    }
  }

  /// Nasty bytes at and around every edge of a group of blocks, in a string, between values and in a number.
  @Test(
    "Nasty bytes around the edges of a group of blocks are judged as by the oracle",
    arguments: Kernel.available, Format.allCases)
  func nastyBytesAtEdges(_ kernel: Kernel, _ format: Format) throws {
    var runner = try MinifierRunner(MinifierOptions(format: format, kernel: kernel))
    var random = SplitMix64(seed: 14)
    let fillers = [
      Array("\"abc\", ".utf8), Array("1.5e3,".utf8), Array("{\"a\" : []} ,".utf8), Array("\"\\\\\\\"\", ".utf8),
    ]
    for _ in 0..<(Corpora.testsAreLong ? 3_000 : 100) {
      var document: [UInt8] = [UInt8(ascii: "[")]
      let filler = random.pick(fillers)
      while document.count < 1400 { document += filler }
      document += Array("0]".utf8)
      for edge in [64, 128, 512, 1024] {
        var changed = document
        for _ in 0...random.below(3) { changed[edge - 3 + random.below(6)] = random.pick(Mutator.nastyBytes) }
        expectAgreement(try runner.run(changed), changed, runner.options)
        let cut = edge - 2 + random.below(5)
        expectAgreement(try runner.run(changed) { cut }, changed, runner.options, "windows of \(cut)")
      }
    }
  }

  @Test("Inputs made to mislead kernels are judged as by the oracle", arguments: Kernel.available, Format.allCases)
  func adversarial(_ kernel: Kernel, _ format: Format) throws {
    var runner = try MinifierRunner(MinifierOptions(format: format, kernel: kernel))
    let count = 20_000
    let giantString = [UInt8](repeating: UInt8(ascii: "x"), count: count)
    let inputs: [[UInt8]] = [
      [UInt8](repeating: UInt8(ascii: "\\"), count: count),
      [UInt8](repeating: UInt8(ascii: "\""), count: count),
      Array("\"".utf8) + [UInt8](repeating: UInt8(ascii: "\\"), count: count) + Array("\"".utf8),
      Array("\"".utf8) + [UInt8](repeating: UInt8(ascii: "\\"), count: count + 1) + Array("\"".utf8),
      Array("\"".utf8) + giantString + Array("\"".utf8),
      Array("\"".utf8) + giantString,
      Array("\"".utf8) + giantString + [0x1F] + giantString + Array("\"".utf8),
      Array(String(repeating: "7", count: count).utf8),
      Array(("0." + String(repeating: "7", count: count) + "e" + String(repeating: "9", count: count)).utf8),
      Array(("0." + String(repeating: "7", count: count) + ".1").utf8),
      Array(("1e" + String(repeating: "7", count: count) + "e1").utf8),
      Array(String(repeating: " ", count: count).utf8),
      Array(String(repeating: "\n", count: count).utf8),
      Array(String(repeating: "1\r\n\r\n", count: count / 5).utf8),
      Array(String(repeating: "[", count: count).utf8),
      Array((String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8),
      Array((String(repeating: "[", count: count) + String(repeating: "]", count: count - 1) + "}").utf8),
      Array((String(repeating: "{\"\":", count: count) + "1" + String(repeating: "}", count: count)).utf8),
      Array(("[" + String(repeating: "[],{},", count: count / 6) + "0]").utf8),
      Array(("[" + String(repeating: "\"\",", count: count / 3) + "\"\"]").utf8),
      Array(("[" + String(repeating: "\",\",", count: count / 4) + "\"\"]").utf8),
      Array(("\"" + String(repeating: "\u{4E2D}", count: count / 3) + "\"").utf8),
      Array(("\"" + String(repeating: "\u{1F600}", count: count / 4) + "\"").utf8),
      Array(("\"" + String(repeating: "\\ud800", count: count / 6) + "\"").utf8),
      [UInt8](repeating: 0, count: count),
      [UInt8](repeating: 0xFF, count: count),
    ]
    for input in inputs {
      for windowBytes in [Int.max, 512, 1024, 1000, 4099, 65] {
        expectAgreement(
          try runner.run(input) { windowBytes }, input, runner.options, "windows of \(windowBytes)")
      }
    }
  }

  @Test("A document truncated at any byte is judged as by the oracle", arguments: Kernel.available)
  func truncationAtEveryByte(_ kernel: Kernel) throws {
    var runner = try MinifierRunner(MinifierOptions(kernel: kernel))
    let document = Array(
      (String(repeating: " ", count: 500)
        + #"{"a": [1, -0.5e+7, true, false, null, "é\u00e9\n\"", {}, [], {"b": {"c": [[]]}}], "d": "中"}"#).utf8)
    for count in 0..<document.count {
      let cut = Array(document[..<count])
      let minified = try runner.run(cut)
      #expect(minified.error?.offset == count)
    }
    #expect(try runner.run(document).error == nil)
  }

  @Test("A million brackets are valid within the depth limit and invalid beyond", arguments: Kernel.available)
  func millionBrackets(_ kernel: Kernel) throws {
    let depth = MinifierOptions.defaultDepthMax
    var runner = try MinifierRunner(MinifierOptions(kernel: kernel))
    let openers = [UInt8](repeating: UInt8(ascii: "["), count: depth)
    let closers = [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    let windowBytes = { 256 * 1024 }
    #expect(try runner.run(openers, windowBytes: windowBytes).error?.message == "input ends inside an array")
    #expect(try runner.run(openers + closers, windowBytes: windowBytes).output == openers + closers)
    let deeper = try runner.run(openers + [UInt8(ascii: "[")] + closers, windowBytes: windowBytes)
    #expect(deeper.error?.offset == depth)
    #expect(deeper.error?.message == "nested deeper than 1048576 levels")
  }

  @Test("Unchecked bytes have the output of the definition", arguments: Kernel.available, [Format.json, .ndjson])
  func withoutChecks(_ kernel: Kernel, _ format: Format) throws {
    var runner = try MinifierRunner(MinifierOptions(format: format, validates: false, kernel: kernel))
    var generator = DocumentGenerator(seed: 15)
    var mutator = Mutator(seed: 16)
    for round in 0..<(Corpora.testsAreLong ? 20_000 : 200) {
      let input =
        round % 3 == 0 ? mutator.soup(byteCount: round % 2000) : mutator.mutation(of: longDocument(&generator, format))
      let windowBytes = mutator.random.pick(Self.edges)
      let minified = try runner.run(input) { windowBytes }
      let isRight = minified.error == nil && minified.output == Oracle.unchecked(input, format)
      #expect(isRight, "windows of \(windowBytes): \(readable(input))")
    }
  }

  @Test(
    .enabled(if: !Corpora.testSuite.isEmpty, "JSONTestSuite is not there: see ZMIN_CORPORA"),
    arguments: Kernel.available)
  func testSuite(_ kernel: Kernel) throws {
    var runner = try MinifierRunner(MinifierOptions(kernel: kernel))
    for file in Corpora.testSuite {
      let input = try [UInt8](Data(contentsOf: file))
      let name = file.lastPathComponent
      let whole = try runner.run(input)
      let expected = Expected(input, .json)
      #expect(whole.error?.offset == expected.errorOffset, "\(name)")
      if whole.error == nil { #expect(whole.output == expected.output, "\(name)") }
      switch name.first {
      case "y": #expect(whole.error == nil, "\(name)")
      case "n": #expect(whole.error != nil, "\(name)")
      default:
        // Numbers of any size, lone surrogate escapes, depth and a byte order mark are valid. Other bytes than UTF-8
        // are not.
        let isKept =
          name.hasPrefix("i_number") || name.hasPrefix("i_structure")
          || name.contains("surrogate") && !name.contains("UTF8")
        #expect((whole.error == nil) == isKept, "\(name)")
      }
      for windowBytes in 1...130 where windowBytes < input.count {
        let inWindows = try runner.run(input) { windowBytes }
        #expect(inWindows.error == whole.error, "\(name) in windows of \(windowBytes)")
        if whole.error == nil { #expect(inWindows.output == whole.output, "\(name) in windows of \(windowBytes)") }
      }
    }
  }

  @Test(
    .enabled(if: !Corpora.realDocuments.isEmpty, "the real documents are not there: see ZMIN_CORPORA"),
    arguments: Kernel.available)
  func realDocuments(_ kernel: Kernel) throws {
    for file in Corpora.realDocuments {
      let input = try [UInt8](Data(contentsOf: file))
      var runner = try MinifierRunner(
        MinifierOptions(format: file.pathExtension == "ndjson" ? .ndjson : .json, kernel: kernel))
      let whole = try runner.run(input)
      expectAgreement(whole, input, runner.options, file.lastPathComponent)
      for windowBytes in [65_536, 100_003] {
        #expect(try runner.run(input) { windowBytes } == whole, "\(file.lastPathComponent)")
      }
    }
  }

  /// A document of a few thousand bytes, made of several if the generator's are short.
  private func longDocument(_ generator: inout DocumentGenerator, _ format: Format) -> [UInt8] {
    var document: [UInt8] = []
    let byteCount = 200 + generator.random.below(3000)
    switch format {
    case .json:
      document.append(UInt8(ascii: "["))
      repeat {
        if document.count > 1 { document.append(UInt8(ascii: ",")) }
        document += generator.document(.json)
      } while document.count < byteCount
      document.append(UInt8(ascii: "]"))
    case .ndjson, .concat:
      repeat { document += generator.document(format) + [UInt8(ascii: "\n")] } while document.count < byteCount
    }
    return document
  }
}
