import Testing
import ZminCore
import ZminEngine
import ZminMemory
import ZminTestSupport

/// Windowed runs over sources and sinks in memory.
@Suite struct WindowedRunTests {
  /// Remembers every write.
  struct Writes: ByteSink {
    var isFinal = true
    private(set) var texts: [String] = []
    private(set) var unchanged: [Bool] = []

    init(isFinal: Bool = true) { self.isFinal = isFinal }

    mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) {
      texts.append(String(decoding: bytes, as: UTF8.self))
      unchanged.append(isUnchanged)
    }
  }

  private func run(
    _ input: MemoryInput, _ format: Format, isFinal: Bool = true, windowBytes: Int = 1024
  ) throws -> (result: RunResult, writes: Writes) {
    var (input, writes) = (input, Writes(isFinal: isFinal))
    var run = try WindowedRun(MinifierOptions(format: format), windowBytes: windowBytes, ledger: MemoryLedger())
    return (try run.run(from: &input, to: &writes), writes)
  }

  private func error(_ result: RunResult) -> InvalidJSON? {
    if case .invalid(let error, _) = result { error } else { nil }
  }

  @Test("A final output receives whole records only", arguments: [Format.ndjson, .concat])
  func wholeRecordsOnlyToFinalOutput(_ format: Format) throws {
    for pieceBytes in 1...12 {
      let (result, writes) = try run(MemoryInput("{\"a\": 1}\n[2, 3]\n[4, x]\n", pieceBytes: pieceBytes), format)
      #expect(writes.texts.joined() == "{\"a\":1}\n[2,3]\n")
      #expect(writes.texts.allSatisfy { $0.hasSuffix("\n") })
      #expect(error(result)?.line == 3)
    }
  }

  @Test("A record longer than a window is written in parts") func recordsLongerThanAWindowAreHandedOnInParts() throws {
    let record = "[\(String(repeating: "1, ", count: 4000))1]\n"
    let (result, writes) = try run(MemoryInput(record + "2\n"), .ndjson)
    #expect(error(result) == nil)
    #expect(writes.texts.joined() == record.filter { $0 != " " } + "2\n")
    #expect(writes.texts.count > 2)
  }

  @Test("Positions are the same, whether lines are read again or counted")
  func placesAreTheSameWhetherReadAgainOrCounted() throws {
    let text = "[\n\n\"abc\",\n  \"" + String(repeating: "x", count: 5000) + "\n"
    var errors: [InvalidJSON] = []
    for isSeekable in [true, false] {
      for pieceBytes in [1, 3, 100, 1024] {
        let (result, _) = try run(MemoryInput(text, pieceBytes: pieceBytes, isSeekable: isSeekable), .json)
        errors.append(try #require(error(result)))
      }
    }
    #expect(Set(errors).count == 1)
    #expect(
      errors[0].description
        == "4:5004: control character 0x0A in string (opened at line 4, column 3) (byte 5013)")
  }

  @Test("An output that equals its input is recognised") func unchangedInputIsToldFromChanged() throws {
    for (text, format, isUnchanged) in [
      ("[1,2]", Format.json, true), ("[1, 2]", .json, false), (" 1", .ndjson, false), ("1\n", .ndjson, true),
      ("1\n[2]\n", .concat, true), ("1\n[2]", .concat, false), ("1 \n2\n", .concat, false), ("", .concat, true),
      ("1\n\n2\n", .concat, false), ("1", .ndjson, false), ("\u{FEFF}1", .json, false), ("1\r\n", .ndjson, false),
    ] {
      for pieceBytes in [1, 1024] {
        let (result, writes) = try run(MemoryInput(text, pieceBytes: pieceBytes), format)
        guard case .complete(let totals) = result else {
          Issue.record("\(text) is valid")
          continue
        }
        #expect(totals.isUnchanged == isUnchanged, "\(text)")
        #expect(totals.inputBytes == text.utf8.count)
        #expect(totals.outputBytes == writes.texts.joined().utf8.count)
      }
    }
  }

  @Test("Windows allocate nothing") func windowsAllocateNothing() throws {
    let ledger = MemoryLedger()
    var run = try WindowedRun(MinifierOptions(), windowBytes: 1024, ledger: ledger)
    let allocations = ledger.snapshot().total.allocations
    for _ in 0..<3 {
      var input = MemoryInput("[" + String(repeating: "[{\"a\": [1]}], ", count: 10_000) + "0]")
      var output = Writes(isFinal: false)
      _ = try run.run(from: &input, to: &output)
    }
    #expect(ledger.snapshot().total.allocations == allocations)
  }
}
