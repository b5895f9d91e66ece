import Testing
@testable import ZminMemoryProfile

@Suite("The current memory of a run")
struct MonitorTextTests {
  private static func text(_ sample: MemorySample, history: [Int], totalBytes: Int? = 1_000_000_000) -> MonitorText {
    MonitorText(
      sample,
      MonitorText.Progress(
        filesDone: 3, fileCount: 7, inputBytes: 400_000_000, totalBytes: totalBytes, bytesPerSecond: 1.25e9),
      history: history)
  }

  @Test("A block is a few lines, none wider than the terminal", arguments: [1, 2, 9, 40, 79, 119])
  func size(columns: Int) {
    for history in [[], [0], [16_000_006], Array(0..<600), [1 << 60, 0]] {
      let lines = Self.text(MadeUpProfile.sample(4), history: history).block(columns: columns)
        .split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 8)
      for line in lines { #expect(ReportText.width(String(line)) <= columns) }
    }
  }

  @Test("The block and the line show the figures of the sample")
  func figures() throws {
    let text = Self.text(MadeUpProfile.sample(4), history: [8_000_000, 32 << 20, 16_000_012])
    let block = text.block(columns: 100)
    for part in [
      "resident 15.3 MiB, peak so far 32 MiB", "pools 7.6 MiB, device 3.8 MiB", "5.7 MiB by its driver",
      "400.0 MB of 1.0 GB, 3 of 7 files, 1.25 GB/s",
    ] { #expect(block.contains(part), "\(part)") }
    #expect(try #require(block.split(separator: "\n").first).hasSuffix("▂█▄"))
    #expect(!text.line.contains("\n"))
    for part in ["at 1.000 s", "resident 15.3 MiB", "ledger 7.6 MiB", "device 5.7 MiB", "400.0 MB of 1.0 GB"] {
      #expect(text.line.contains(part), "\(part)")
    }
  }

  @Test("The last line has the peak, and the input as it was seen last")
  func lastLine() {
    let text = Self.text(MadeUpProfile.sample(4), history: [8_000_000, 32 << 20])
    #expect(
      MonitorText.lastLine(text, peakResidentBytes: 16 << 20)
        == "peak resident memory 32 MiB, last seen at 1.000 s: 400.0 MB of 1.0 GB, 3 of 7 files, 1.25 GB/s")
    #expect(MonitorText.lastLine(nil, peakResidentBytes: 16 << 20) == "peak resident memory 16 MiB")
    #expect(MonitorText.lastLine(nil, peakResidentBytes: nil) == "peak resident memory not reported")
  }

  @Test("A figure that was not reported is not shown as none")
  func notReported() {
    var sample = MadeUpProfile.sample(0)
    (sample.anonymousBytes, sample.deviceBytes) = (nil, nil)
    let line = Self.text(sample, history: [], totalBytes: nil).line
    #expect(line.contains("resident not reported") && line.contains("device 3.8 MiB by the ledger"))
    #expect(line.contains("400.0 MB, 3 of"))
  }
}
