import Testing
@testable import ZminEngine
import ZminMemory
import ZminTestSupport

/// Output that is held back until a record is complete. Only records that are too large are written in parts.
@Suite struct OutputWindowTests {
  private let heldBytesMax = 20

  /// Bytes written with each piece, in other memory or in the window, and at the end.
  private func written(_ pieces: [[UInt8]], elsewhere: Bool, isBadFrom badIndex: Int = .max) throws -> [[UInt8]] {
    var window = try OutputWindow(stepBytes: 60, heldBytesMax: heldBytesMax, ledger: MemoryLedger())
    var written: [[UInt8]] = []
    for (index, piece) in pieces.enumerated() {
      let isBad = index >= badIndex
      var bytes: [UInt8] = []
      if elsewhere {
        piece.withUnsafeBytes { window.emit(elsewhere: $0, .wholeRecords, isBad: isBad) { bytes += $0 } }
      } else {
        window.room.copyBytes(from: piece)
        window.emit(piece.count, .wholeRecords, isBad: isBad, isLast: false) { bytes += $0 }
      }
      written.append(bytes)
    }
    var end: [UInt8] = []
    window.emit(0, .wholeRecords, isBad: badIndex < pieces.count, isLast: true) { end += $0 }
    return written + [end]
  }

  @Test("No byte that was held back is lost", arguments: [true, false])
  func nothingIsLost(_ elsewhere: Bool) throws {
    var random = SplitMix64(seed: 91)
    for _ in 0..<3000 {
      let lineFeedEvery = random.pick([1, 5, 30, 200])
      let pieces = (0..<random.below(12)).map { _ in
        (0..<random.below(60)).map { _ in
          random.once(in: lineFeedEvery) ? UInt8(ascii: "\n") : random.pick(UInt8(ascii: "a")...UInt8(ascii: "z"))
        }
      }
      let handedOn = try written(pieces, elsewhere: elsewhere)
      #expect(Array(handedOn.joined()) == Array(pieces.joined()))
      let longestRecord = pieces.joined().split(separator: UInt8(ascii: "\n")).map(\.count).max() ?? 0
      if longestRecord < heldBytesMax {
        #expect(handedOn.dropLast().allSatisfy { $0.isEmpty || $0.last == UInt8(ascii: "\n") })
      }
    }
  }

  @Test("Records known to be bad are written whole or not at all", arguments: [true, false])
  func badRecordsAreNotParted(_ elsewhere: Bool) throws {
    let bad = Array(("2\n" + String(repeating: "x", count: 50)).utf8)
    #expect(
      try written([Array("1\n2".utf8), bad], elsewhere: elsewhere, isBadFrom: 1).joined().elementsEqual("1\n22\n".utf8))
    let long = Array(String(repeating: "x", count: 50).utf8)
    #expect(
      try written([Array("1\n2".utf8), long], elsewhere: elsewhere, isBadFrom: 1).joined().elementsEqual("1\n".utf8))
  }
}
