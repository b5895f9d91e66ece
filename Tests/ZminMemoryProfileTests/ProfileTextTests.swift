import Testing
@testable import ZminMemory
@testable import ZminMemoryProfile

@Suite("Texts of a made-up profile")
struct ProfileTextTests {
  private static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

  /// True if a text can be printed to a log unchanged.
  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar == "\n" || ![.control, .format, .lineSeparator].contains(scalar.properties.generalCategory)
    }
  }

  @Test("The summary fits a screen and has no control characters")
  func summarySize() {
    for (name, profile) in MadeUpProfile.all {
      let text = ProfileSummary(profile).text
      #expect(Self.lines(text).count <= 24 && text.hasSuffix("\n"), "\(name)")
      for line in Self.lines(text) {
        #expect(ReportText.width(line) <= 100 && !line.hasSuffix(" "), "\(name): \(line)")
      }
      #expect(Self.isPlain(text), "\(name)")
    }
  }

  @Test("The summary has the figures of the profile")
  func summary() throws {
    let profile = MadeUpProfile.full()
    let text = ProfileSummary(profile).text
    for part in [
      "hybrid, avx2, 3 workers, 2 inputs, 123.5 MB to 98.8 MB, 2.500 s",
      "peak 31 MiB: pools 17 MiB, pinned staging 14 MiB", "at 1.250 s, large files, a\\u{1B}[2J\\n\\u{202E}",
      "input windows 17 MiB, device staging 14 MiB", "peak 49 MiB, average 15.3 MiB",
      "at the start 6 MiB, at the end 11 MiB", "peak 57 MiB, of which the run used 86.0%",
      "101 made, 99 freed during the run",
      "device search peak 20 MiB in another process, together with the run 49 MiB",
      "12.1 KiB in 1 allocation: verification 12.1 KiB",
      "4 slots used 44 times, 40 reuses, 25.0% of their space unused (fragmentation)",
      "4321 minor, 43 major; stalled for memory 0.013 s; swapped 8 KiB", "210 MiB used, 150 MiB of it cached files",
      "limit 512 MiB", "Made-up device: peak 23 MiB allocated, 5.7 MiB by its driver", "12.9 MiB of 40 MiB private",
    ] { #expect(text.contains(part), "\(part)") }
    let limitBytes = try #require(profile.suggestedLimitBytes)
    #expect(text.contains("suggested_limit_bytes: \(limitBytes) (93 MiB"))
  }

  @Test("A figure that was not reported is not shown as none or 0")
  func notReported() throws {
    let text = ProfileSummary(MadeUpProfile.empty()).text
    for part in [
      "suggested_limit_bytes: not reported", "peak not reported, average not reported", "no device",
      "not reported minor, not reported major", "nothing to change",
    ] { #expect(text.contains(part), "\(part)") }
    let detailed = DetailedReport(MadeUpProfile.empty()).text
    #expect(detailed.contains("no device was used") && detailed.contains("no file was finished"))
    let limit = try #require(Self.lines(detailed).first { $0.contains("control group: limit") })
    #expect(limit.hasSuffix("not reported"))
  }

  @Test("The detailed report is at most 80 columns wide and has no control characters")
  func detailedSize() {
    for (name, profile) in MadeUpProfile.all {
      let text = DetailedReport(profile).text
      #expect(Self.isPlain(text), "\(name)")
      for line in Self.lines(String(text.dropFirst(ProfileSummary(profile).text.count))) {
        #expect(ReportText.width(line) <= 80, "\(name): \(line)")
      }
    }
  }

  @Test("The detailed report has the figures of the profile")
  func detailed() {
    let text = DetailedReport(MadeUpProfile.full()).text
    for part in [
      "up to 16 KiB", "up to 256 KiB", "100.0 MB", "0.500", "0.750", "and 6 more files, smaller or later",
      "not reported",
      "used 29 MiB, budget 7 GiB", "heap 1, 4 GiB", "used not reported, budget not reported", "made-up driver 1.2",
      "software device", "10 samples, one every 0.020 s, 0.063 s of processor time", "12.1 KiB, since 0.500 s",
      "310 MiB", "allocated by zmin: pools", "64 KiB", "512 MiB",
    ] { #expect(text.contains(part), "\(part)") }
  }

  @Test("Plots over time show each stage, the states of each slot, and the peak")
  func course() throws {
    let lines = Self.lines(DetailedReport(MadeUpProfile.full()).text)
    let stages = try #require(lines.first { $0.hasPrefix("        stage") })
    // 64 columns for 2.5 s: a stage has letters in proportion to its time.
    let counts = stages.dropFirst(15).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(counts == ["S": 5, "F": 3, "D": 5, "M": 13, "L": 12, "s": 20, "E": 6])
    let mark = try #require(lines.first { $0.contains("▲") })
    #expect(Array(mark).firstIndex(of: "▲") == 15 + 31)
    let slots = lines.filter { $0.hasPrefix("  slice 0") || $0.hasPrefix("  lane 1") }.map { $0.dropFirst(15) }
    try #require(slots.count == 2)
    #expect(slots[0].first == " " && slots[0].contains("▒") && slots[0].last == "█")
    #expect(!slots[1].contains("▒") && slots[1].last == "▓")
  }

  @Test("A run with one sample has a plot")
  func brief() {
    let text = DetailedReport(MadeUpProfile.brief()).text
    #expect(text.contains("15.3 MiB │\(String(repeating: "█", count: 64))"))
  }

  @Test("Texts are cut, padded and wrapped to the given columns", arguments: 0..<12)
  func widths(columns: Int) {
    for text in ["", "abc", "日本語日本語", "a b c d e f g h", "x\u{301}yz日本", "🎉🎉🎉🎉🎉🎉🎉"] {
      #expect(ReportText.width(ReportText.fitted(text, columns: columns)) <= columns)
      #expect(ReportText.width(ReportText.padded(text, columns: columns)) == columns)
      #expect(ReportText.width(ReportText.aligned(text, columns: columns)) == columns)
      #expect(ReportText.width(ReportText.tail(text, columns: columns)) <= columns)
      for line in ReportText.wrapped(text, columns: columns) { #expect(ReportText.width(line) <= columns) }
    }
  }
}
