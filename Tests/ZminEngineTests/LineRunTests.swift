import Testing
import ZminCore
import ZminEngine
import ZminMemory
import ZminTestSupport

/// Bad lines in memory.
struct BadLineList: BadLineSink {
  private(set) var texts: [String] = []
  private(set) var lines: [BadLine] = []
  /// Largest piece of a line received at once.
  private(set) var pieceBytesMax = 0
  private var bytes: [UInt8] = []

  mutating func write(_ bytes: UnsafeRawBufferPointer) {
    self.bytes += bytes
    pieceBytesMax = max(pieceBytesMax, bytes.count)
  }

  mutating func end(_ line: BadLine) {
    texts.append(String(decoding: bytes, as: UTF8.self))
    lines.append(line)
    bytes = []
  }

  var recordedLines: Int { lines.count }
  func flush() {}
}

/// Runs that separate bad lines from valid ones.
@Suite struct LineRunTests {
  private func run(
    _ text: String, limit: BadLineLimit = .all, pieceBytes: Int = .max, windowBytes: Int = 64, isSeekable: Bool = false,
    heldLineBytesMax: Int = .max, ledger: MemoryLedger = MemoryLedger()
  ) throws -> (result: RunResult, accepted: String, rejected: BadLineList) {
    var input = MemoryInput(text, pieceBytes: pieceBytes, isSeekable: isSeekable)
    var accepted = MemoryOutput()
    var rejected = BadLineList()
    var run = try LineRun(
      MinifierOptions(format: .ndjson), windowBytes: windowBytes, heldLineBytesMax: heldLineBytesMax, ledger: ledger)
    let result = try run.run(from: &input, to: &accepted, badLinesTo: &rejected, limit: limit)
    return (result, String(decoding: accepted.bytes, as: UTF8.self), rejected)
  }

  private func refusal(
    _ text: String, _ limit: BadLineLimit = .all, pieceBytes: Int = .max, windowBytes: Int = 64
  ) throws -> (refusal: BadLineRefusal?, message: String) {
    guard
      case .invalid(let error, let totals) = try run(
        text, limit: limit, pieceBytes: pieceBytes, windowBytes: windowBytes
      ).result
    else { return (nil, "") }
    return (totals.refusal, error.description)
  }

  @Test("Bad lines are kept byte for byte and valid ones minified, in pieces of any size")
  func separates() throws {
    let text = "{\"a\": 1}\r\n{\"a\": \r\n\n [1, 2]\n\"open\n true \nfals\n3"
    for pieceBytes in [1, 2, 5, 17, 1000] {
      for windowBytes in [1, 2, 8, 9, 64, 1024] {
        for isSeekable in [false, true] {
          let (result, accepted, rejected) = try run(
            text, pieceBytes: pieceBytes, windowBytes: windowBytes, isSeekable: isSeekable)
          let what = "pieces of \(pieceBytes), windows of \(windowBytes), \(isSeekable)"
          guard case .complete(let totals) = result else {
            Issue.record("any number is allowed")
            return
          }
          #expect(accepted == "{\"a\":1}\n[1,2]\ntrue\n3\n", "\(what)")
          #expect(rejected.texts == ["{\"a\": \r\n", "\"open\n", "fals\n"], "\(what)")
          #expect(rejected.lines.map(\.number) == [2, 5, 7], "\(what)")
          #expect(rejected.lines.map(\.offset) == [10, 27, 40], "\(what)")
          #expect(rejected.lines.map(\.byteCount) == [7, 5, 4], "\(what)")
          #expect(totals.badLines == 3 && totals.validLines == 4 && !totals.isUnchanged, "\(what)")
          #expect(totals.inputBytes == text.utf8.count && totals.outputBytes == accepted.utf8.count, "\(what)")
        }
      }
    }
  }

  @Test("Lines are judged alike whether they fit in a window or not", arguments: [false, true])
  func longLines(_ isSeekable: Bool) throws {
    let values = [
      "1", "[", "[ 1 , 2 ]", "\"a b\"", "{\"a\":}", "tru", " ", "\u{FEFF}1", "[1]x", "-", "\"\\u12\"", "{}",
    ]
    var random = SplitMix64(seed: 7)
    for _ in 0..<200 {
      let lines = (0..<6).map { _ in values[Int(random.next() % UInt64(values.count))] }
      let text = lines.joined(separator: "\n") + (random.next() % 2 == 0 ? "\n" : "")
      let expected = try run(text, windowBytes: 1000)
      for windowBytes in [2, 3, 4, 7] {
        let found = try run(text, pieceBytes: 3, windowBytes: windowBytes, isSeekable: isSeekable)
        #expect(found.accepted == expected.accepted, "\(text.debugDescription), \(windowBytes)")
        #expect(found.rejected.lines == expected.rejected.lines, "\(text.debugDescription), \(windowBytes)")
        #expect(found.rejected.texts == expected.rejected.texts, "\(text.debugDescription), \(windowBytes)")
        #expect("\(found.result)" == "\(expected.result)", "\(text.debugDescription), \(windowBytes)")
      }
    }
  }

  @Test("Too many bad lines fail with the first one, its position and the limit")
  func tooMany() throws {
    for pieceBytes in [1, 3, 1000] {
      let (refusal, message) = try refusal("1\n[2\n3\n\"x\n5\n", .lines(1), pieceBytes: pieceBytes)
      #expect(refusal == .tooMany)
      #expect(message.hasPrefix("2:3: more lines are not valid than the 1 allowed; first error: value not finished"))
      #expect(message.hasSuffix("(byte 4)"))
    }
    #expect(
      try refusal("1\n[2\n3\n\"x\n5\n", .percent(39)).message
        .hasPrefix("2:3: 2 of 5 lines are not valid, more than the 1 allowed; first error: "))
    #expect(try refusal("1\n[2\n3\n\"x\n5\n", .percent(40)).refusal == nil)
  }

  @Test(
    "By default ten lines may be bad, or one in a hundred",
    arguments: [
      (10, 1, false), (11, 1, true), (10, 900, false), (11, 989, true), (20, 1980, false), (21, 1979, true),
    ])
  func usualLimit(_ bad: Int, _ valid: Int, _ isRefused: Bool) throws {
    let text = String(repeating: "[\n", count: bad) + String(repeating: "1\n\n", count: valid)
    #expect(try refusal(text, .usual).refusal == (isRefused ? .tooMany : nil))
  }

  @Test("An input without one valid line is refused, however many may be bad")
  func noneValid() throws {
    #expect(
      try refusal("[\n\n]\n").message
        == "1:2: no valid line; first error: value not finished at the end of its line (byte 1)"
    )
    #expect(try refusal("[\n]\n").refusal == .noneValid)
    #expect(try refusal("\n \n").refusal == nil)
    #expect(try refusal("").refusal == nil)
  }

  @Test(
    "What is no lines of JSON is refused, and nothing of it is a bad line",
    arguments: [
      "BZh91AY&SY\n1\n", "\u{1E}{\"a\":1}\n\u{1E}{\"a\":2}\n", "[\0 \0\n\0",
      "\(String(repeating: "\0", count: 16))\n\(String(repeating: "1\n", count: 100))", "\n\0\0\0\0\0\0\0\0{}\n1\n",
    ])
  func notLines(_ text: String) throws {
    for windowBytes in [8, 64, 10_000] {
      #expect(try refusal(text, windowBytes: windowBytes).refusal == .notLines, "\(windowBytes)")
    }
    #expect(try run(text, windowBytes: 10_000).rejected.lines.isEmpty)
  }

  @Test("A run of NULs after a valid line is a bad line, unless more than half of the input is NULs")
  func nuls() throws {
    let torn = "{\"a\"\(String(repeating: "\0", count: 100))\n"
    for windowBytes in [8, 64, 10_000] {
      for isSeekable in [false, true] {
        let most = try run(
          "1\n" + torn + String(repeating: "2", count: 92), windowBytes: windowBytes, isSeekable: isSeekable)
        guard case .invalid(let error, let totals) = most.result else {
          Issue.record("more than half is NULs")
          return
        }
        #expect(totals.refusal == .notLines && error.description.hasPrefix("2:5: NUL bytes: "), "\(error)")
        let half = try run(
          "1\n" + torn + String(repeating: "2", count: 93), windowBytes: windowBytes, isSeekable: isSeekable)
        guard case .invalid = half.result else {
          #expect(half.rejected.texts == [torn])
          continue
        }
        Issue.record("half are other bytes: \(half.result)")
      }
    }
  }

  @Test("A first line that ends in NULs is a bad line, as a later one is")
  func tornFirstLine() throws {
    let torn = "{\"a\"\(String(repeating: "\0", count: 100))\n"
    for windowBytes in [8, 64, 10_000] {
      let (_, accepted, rejected) = try run(torn + String(repeating: "2\n", count: 100), windowBytes: windowBytes)
      #expect(rejected.texts == [torn], "\(windowBytes)")
      #expect(accepted == String(repeating: "2\n", count: 100), "\(windowBytes)")
    }
  }

  @Test("A final output has the values before the line that fails the input, and the sink all bad lines")
  func finalOutput() throws {
    for (text, expected) in [("1\n[2\n3\n[4\n5\n", "1\n3\n"), ("[2\n[4\n5\n", "")] {
      for windowBytes in [2, 4, 100] {
        var input = MemoryInput(text)
        var accepted = MemoryOutput(isFinal: true)
        var rejected = BadLineList()
        var run = try LineRun(MinifierOptions(format: .ndjson), windowBytes: windowBytes, ledger: MemoryLedger())
        let result = try run.run(from: &input, to: &accepted, badLinesTo: &rejected, limit: .lines(1))
        guard case .invalid(_, let totals) = result else {
          Issue.record("one line may be bad")
          return
        }
        #expect(totals.refusal == .tooMany && totals.badLines == 2)
        #expect(String(decoding: accepted.bytes, as: UTF8.self) == expected, "windows of \(windowBytes)")
        #expect(rejected.texts == ["[2\n", "[4\n"], "windows of \(windowBytes)")
      }
    }
  }

  @Test("A few NULs, and a separator in a later line, are bad lines")
  func notForeign() throws {
    #expect(try run("1\na\0b\n\u{1E}2\n3\n").rejected.texts == ["a\0b\n", "\u{1E}2\n"])
  }

  @Test("A later line is not the start of the input")
  func laterSignature() throws {
    // At the start of an input this would be bzip2 data.
    #expect(try run("0\nBZh\n").rejected.lines[0].error.description == "2:1: value expected, found 'B' (byte 2)")
  }

  @Test("A bad line of any length takes no more memory than a short one", arguments: [false, true])
  func longBadLine(_ isSeekable: Bool) throws {
    let windowBytes = 1 << 16
    func peakBytes(_ text: String) throws -> Int {
      let ledger = MemoryLedger()
      let (_, _, rejected) = try run(
        text, pieceBytes: 1000, windowBytes: windowBytes, isSeekable: isSeekable, heldLineBytesMax: 0, ledger: ledger)
      #expect(rejected.texts.count == 1 && rejected.pieceBytesMax <= windowBytes)
      return ledger.snapshot().total.peakBytes
    }
    let short = try peakBytes("1\n[x\n2\n")
    let long = try peakBytes("1\n[x" + String(repeating: "y", count: 20 * windowBytes) + "\n2\n")
    #expect(long == short)
  }

  @Test("A long valid line takes no more memory than a short one, if the input is seekable")
  func longValidLine() throws {
    let long = "[" + String(repeating: "1, ", count: 100_000) + "1]\n"
    let ledger = MemoryLedger()
    let (_, accepted, rejected) = try run(
      long + "[" + long + long, windowBytes: 1 << 12, isSeekable: true, heldLineBytesMax: 0, ledger: ledger)
    let minified = long.replacing(" ", with: "")
    #expect(accepted == minified + minified)
    #expect(rejected.texts == ["[" + long])
    let short = MemoryLedger()
    _ = try run("1\n", windowBytes: 1 << 12, ledger: short)
    #expect(ledger.snapshot().total.peakBytes == short.snapshot().total.peakBytes)
  }

  @Test("A line of a stream that is too long to be held fails, and names the memory that it takes")
  func lineTooLong() throws {
    let windowBytes = 1 << 12
    let text = "1\n[" + String(repeating: "1, ", count: 10_000) + "1]\n2\n"
    let error = try #require(throws: LineTooLong.self) {
      try run(text, windowBytes: windowBytes, heldLineBytesMax: 3 * windowBytes)
    }
    #expect(error.number == 2 && error.offset == 2 && error.heldBytesMax == 3 * windowBytes)
    // It is not read to its end, which may never come.
    #expect(3 * windowBytes < error.lineBytesMin && error.lineBytesMin <= 4 * windowBytes)
    let fixedBytes = RunMemory.window(byteCount: windowBytes).peakBytes(MinifierOptions(format: .ndjson))
    #expect(error.neededBudgetBytesMin == fixedBytes + 4 * windowBytes)
    // 30,003 bytes are eight windows.
    let (_, accepted, _) = try run(text, windowBytes: windowBytes, heldLineBytesMax: 8 * windowBytes)
    #expect(accepted == text.replacing(" ", with: ""))
    #expect(throws: LineTooLong.self) { try run(text, windowBytes: windowBytes, heldLineBytesMax: 8 * windowBytes - 1) }
  }
}
