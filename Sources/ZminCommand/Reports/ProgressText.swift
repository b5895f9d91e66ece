import ZminBase
import ZminReport

/// A line about the progress of a run.
package struct ProgressText {
  private let filesDone: Int
  private let fileCount: Int
  private let bytesDone: Int
  private let byteCount: Int?
  private let seconds: Double
  private let current: String

  package init(
    filesDone: Int, fileCount: Int, bytesDone: Int, byteCount: Int?, seconds: Double, current: String
  ) {
    self.filesDone = filesDone
    self.fileCount = fileCount
    self.bytesDone = bytesDone
    self.byteCount = byteCount
    self.seconds = seconds
    self.current = current
  }

  /// The text with at most so many columns. The name at its end is shortened first.
  package func line(columns: Int) -> String {
    let bytes = min(bytesDone, byteCount ?? .max)
    var text = fileCount > 1 ? "\(filesDone) of \(fileCount) files, " : ""
    text += Figures.size(bytes) + (byteCount.map { " of \(Figures.size($0))" } ?? "")
    text += ", " + Figures.rate(bytes, seconds: seconds)
    if let byteCount, bytes > 0, bytes < byteCount {
      text += ", \(Figures.duration(seconds * Double(byteCount - bytes) / Double(bytes))) left"
    }
    // The last column stays free, because some terminals begin a new line after it.
    let room = columns - 1 - text.count - 1
    if room > 8, !current.isEmpty { text += " " + (current.count <= room ? current : "…" + current.suffix(room - 1)) }
    return String(text.prefix(max(0, columns - 1)))
  }
}
