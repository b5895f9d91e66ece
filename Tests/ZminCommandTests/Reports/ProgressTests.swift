import Testing
import ZminCommand
import ZminMemoryProfile

@Suite("Progress")
struct ProgressTests {
  private func line(
    columns: Int, files: (done: Int, all: Int) = (3, 9), bytes: (done: Int, all: Int?) = (1_000_000_000, 2_900_000_000),
    seconds: Double = 0.8, _ current: String = "in/a/long/name.json"
  ) -> String {
    ProgressText(
      filesDone: files.done, fileCount: files.all, bytesDone: bytes.done, byteCount: bytes.all, seconds: seconds,
      current: current
    ).line(columns: columns)
  }

  @Test("A wide terminal shows bar, percentage, files, sizes, rate, time left and name")
  func wide() {
    let bar = String(repeating: "█", count: 10) + String(repeating: "░", count: 20)
    #expect(
      line(columns: 120)
        == bar + "   34%  3 of 9 files  1.0 GB of 2.9 GB  1.25 GB/s  2 s left  in/a/long/name.json")
    #expect(
      line(columns: 80, files: (0, 1), bytes: (35_000_000, 100_000_000), seconds: 3, "")
        == bar + "   35%  35.0 MB of 100.0 MB  11.7 MB/s  6 s left")
  }

  @Test("A narrow terminal loses the name first and the percentage last")
  func narrow() {
    #expect(line(columns: 60) == " 34%  3 of 9 files  1.0 GB of 2.9 GB  1.25 GB/s  2 s left")
    #expect(line(columns: 50) == " 34%  3 of 9 files  1.25 GB/s  2 s left  …me.json")
    #expect(line(columns: 30) == " 34%  1.25 GB/s  2 s left")
    #expect(line(columns: 20) == " 34%  2 s left")
    #expect(line(columns: 10) == " 34%")
  }

  @Test("No line is wider than the terminal", arguments: 0...140)
  func width(_ columns: Int) {
    for name in ["", "a.json", String(repeating: "日本", count: 40), String(repeating: "x", count: 300)] {
      for bytes in [(0, nil), (0, 0), (1, 2), (1 << 60, 1 << 61), (7, nil)] as [(Int, Int?)] {
        let line = line(columns: columns, bytes: bytes, name)
        #expect(ReportText.width(line) <= max(0, columns - 1), "\(line)")
      }
    }
  }

  @Test("What is not worth showing is not shown")
  func leftOut() {
    let start = line(columns: 100, bytes: (0, 2_000_000), seconds: 1.2)
    #expect(!start.contains("/s") && !start.contains("left") && start.contains("  0%"))
    let slow = line(columns: 100, bytes: (600, 2_000_000), seconds: 1.2)
    #expect(!slow.contains("/s"))
    // A pipe of unknown length has no share.
    #expect(line(columns: 80, files: (0, 1), bytes: (5_000_000, nil), seconds: 2, "") == "5.0 MB  2.5 MB/s  2 s")
    #expect(line(columns: 80, files: (0, 1), bytes: (0, nil), seconds: 2, "") == "2 s")
  }

  @Test("Progress is shown beside a file, and beside a pipe only if it is asked for")
  func pipelines() throws {
    let scratch = try Scratch()
    func shown(_ command: String) throws -> Bool {
      let run = try ZminProgram.shell(
        "script -qec \"{ echo 1; sleep 2.5; echo 2; } | \(command)\" /dev/null", in: scratch)
      #expect(run.ending == .exit(0))
      return run.output.contains("\u{1B}[K")
    }
    #expect(try shown("$ZMIN --format ndjson > out"))
    #expect(try !shown("$ZMIN --format ndjson | cat > out"))
    #expect(try shown("$ZMIN --format ndjson --progress | cat > out"))
    #expect(try !shown("$ZMIN --format ndjson --progress -q | cat > out"))
  }
}
