import Glibc
import Synchronization
import ZminIO
import ZminMemoryProfile

/// Shows the memory of a run while it goes on: in place on a terminal which the run writes nothing else to, else a line
/// a second.
///
/// The terminal's settings stay as they are, so that nothing has to be put right, however the program ends.
final class MemoryMonitor: Sendable {
  /// As many as any terminal is wide.
  private static let historyMax = 512
  private static let drawSeconds = 0.25
  private static let lineSeconds = 1.0

  private struct State {
    var history: [Int] = []
    var last = (seconds: 0.0, inputBytes: 0)
  }

  private let console: Console
  private let isDrawn: Bool
  private let state = Mutex(State())

  init(_ console: Console, beside task: Plan.Task) {
    self.console = console
    isDrawn = console.drawsInPlace(beside: task)
  }

  /// How often there is something to show.
  var intervalSeconds: Double { isDrawn ? Self.drawSeconds : Self.lineSeconds }

  /// Shows a sample.
  func show(_ sample: MemorySample, of source: (any ProgressSource)?) {
    let text = state.withLock { state in
      let seconds = sample.seconds - state.last.seconds
      let rate = seconds > 0 ? Double(sample.inputBytes - state.last.inputBytes) / seconds : 0
      state.last = (sample.seconds, sample.inputBytes)
      state.history = state.history.suffix(Self.historyMax - 1) + [sample.residentBytes ?? sample.allocatedHostBytes]
      return MonitorText(
        sample,
        MonitorText.Progress(
          filesDone: sample.filesDone, fileCount: source?.fileCount ?? 0, inputBytes: sample.inputBytes,
          totalBytes: source?.storedBytes, bytesPerSecond: max(0, rate)),
        history: state.history)
    }
    if isDrawn {
      console.show(progress: text.block(columns: TerminalSize.columns - 1))
    } else {
      console.say(text.line)
    }
  }

  /// Leaves the terminal as it was.
  func end() { if isDrawn { console.show(progress: "") } }
}
