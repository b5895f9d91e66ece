import Testing
import Zmin
import ZminCore
import ZminMemory
import ZminTestSupport

/// Bad lines put aside.
@Suite struct LineRunTests {
  private func run(
    _ text: String, badLinesMax: Int? = nil, pieceBytes: Int = .max, windowBytes: Int = 64
  ) throws -> (result: RunResult, accepted: String, rejected: String) {
    var input = MemoryInput(text, pieceBytes: pieceBytes)
    var accepted = WindowedRunTests.Writes()
    var rejected = WindowedRunTests.Writes()
    var run = try LineRun(MinifierOptions(format: .ndjson), windowBytes: windowBytes, ledger: MemoryLedger())
    let result = try run.run(from: &input, to: &accepted, badLinesTo: &rejected, badLinesMax: badLinesMax)
    return (result, accepted.texts.joined(), rejected.texts.joined())
  }

  @Test func badLinesGoByteForByte() throws {
    let text = "{\"a\": 1}\r\n{\"a\": \r\n\n [1, 2]\n\"open\n true \nfals\n3"
    for pieceBytes in [1, 2, 5, 17, 1000] {
      for windowBytes in [1, 8, 64, 1024] {
        let (result, accepted, rejected) = try run(text, pieceBytes: pieceBytes, windowBytes: windowBytes)
        guard case .complete(let totals) = result else {
          Issue.record("any number is allowed")
          return
        }
        #expect(accepted == "{\"a\":1}\n[1,2]\ntrue\n3\n")
        #expect(rejected == "{\"a\": \r\n\"open\nfals\n")
        #expect(totals.badLines == 3)
      }
    }
  }

  @Test func aBadLastLineWithoutLineFeedStaysWithout() throws {
    #expect(try run("1\n[2").rejected == "[2")
  }

  @Test func tooManyFailWithTheFirstError() throws {
    for pieceBytes in [1, 3, 1000] {
      let (result, _, _) = try run("1\n[2\n3\n\"x\n5\n", badLinesMax: 1, pieceBytes: pieceBytes)
      guard case .invalid(let error, let totals) = result else {
        Issue.record("two are more than one")
        return
      }
      #expect(error.description == "2:3: value not finished at the end of its line (byte 4)")
      #expect(totals.badLines == 2)
    }
  }

  @Test func aLaterLineIsNotTheStartOfTheInput() throws {
    // At the start of an input this would be bzip2 data.
    let (result, _, _) = try run("0\nBZh\n", badLinesMax: 0)
    guard case .invalid(let error, _) = result else {
      Issue.record("one is more than none")
      return
    }
    #expect(error.description == "2:1: value expected, found 'B' (byte 2)")
  }

  @Test func longLinesMakeRoomForThemselves() throws {
    let long = "[" + String(repeating: "1,", count: 10_000) + "1]\n"
    let (_, accepted, rejected) = try run(long + "[" + long + long)
    #expect(accepted == long + long)
    #expect(rejected == "[" + long)
  }
}
