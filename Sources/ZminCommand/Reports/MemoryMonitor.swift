import Glibc
import Synchronization
import ZminIO
import ZminMemoryProfile

/// A live view of a run's memory. It is redrawn on a terminal that has no other output, and is a line a second
/// elsewhere.
///
/// The settings of the terminal are not changed, so nothing has to be restored at the end.
final class MemoryMonitor: Sendable {
  /// The largest width of a terminal.
  private static let historyMax = 512
  private static let drawSeconds = 0.25
  private static let lineSeconds = 1.0

  private struct State {
    var history: [Int] = []
    var last = (seconds: 0.0, inputBytes: 0)
    var text: MonitorText?
  }

  private let console: Console
  private let isDrawn: Bool
  private let state = Mutex(State())

  init(_ console: Console, beside task: Plan.Task) {
    self.console = console
    isDrawn = console.drawsInPlace(beside: task, isAskedFor: true)
  }

  /// The time between two samples.
  var intervalSeconds: Double { isDrawn ? Self.drawSeconds : Self.lineSeconds }

  /// Shows a sample.
  func show(_ sample: MemorySample, of source: (any ProgressSource)?) {
    let text = state.withLock { state in
      let seconds = sample.seconds - state.last.seconds
      let rate = seconds > 0 ? Double(sample.inputBytes - state.last.inputBytes) / seconds : 0
      state.last = (sample.seconds, sample.inputBytes)
      state.history = state.history.suffix(Self.historyMax - 1) + [sample.residentBytes ?? sample.allocatedHostBytes]
      let text = MonitorText(
        sample,
        MonitorText.Progress(
          filesDone: sample.filesDone, fileCount: source?.fileCount ?? 0, inputBytes: sample.inputBytes,
          totalBytes: source?.storedBytes, bytesPerSecond: max(0, rate)),
        history: state.history)
      state.text = text
      return text
    }
    if isDrawn {
      console.show(progress: text.block(columns: TerminalSize.columns - 1))
    } else {
      console.say(text.line)
    }
  }

  /// Replaces the view by a line that stays.
  ///
  /// - Parameter peakResidentBytes: The peak of the run, nil if it is not reported.
  func end(peakResidentBytes: Int?) {
    if isDrawn { console.show(progress: "") }
    console.say(MonitorText.lastLine(state.withLock { $0.text }, peakResidentBytes: peakResidentBytes))
  }
}
