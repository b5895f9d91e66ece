import ZminBase
import ZminMemoryProfile

/// A line about the progress of a run.
///
///     ███████░░░░░░░░░░░░░░  35%  3 of 9 files  1.0 GB of 2.9 GB  1.25 GB/s  2 s left  c.json
///
/// On a narrow terminal its parts leave in the order of their use: the name first, the percentage last.
package struct ProgressText {
  private static let barColumns = 10...30
  private static let nameColumnsMin = 8
  private static let separator = "  "

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
    self.bytesDone = min(bytesDone, byteCount ?? .max)
    self.byteCount = byteCount
    self.seconds = seconds
    self.current = current
  }

  /// The text with at most so many columns.
  package func line(columns: Int) -> String {
    // The last column stays free, because some terminals begin a new line after it.
    let columns = max(0, columns - 1)
    var parts = [percentage, files, sizes, rate, timeLeft]
    // The sizes go before the number of files, and so on.
    for index in [2, 1, 3, 4] where ReportText.width(joined(parts)) > columns { parts[index] = nil }
    var text = joined(parts)
    guard ReportText.width(text) <= columns else { return String(text.prefix(columns)) }
    let room = columns - ReportText.width(text) - Self.separator.count
    if let share, room >= Self.barColumns.lowerBound {
      let wanted = current.isEmpty ? room : room / 2
      let bar = bar(share, columns: min(Self.barColumns.upperBound, max(Self.barColumns.lowerBound, wanted)))
      text = bar + Self.separator + text
    }
    let nameColumns = columns - ReportText.width(text) - Self.separator.count
    if !current.isEmpty, nameColumns >= Self.nameColumnsMin {
      text += Self.separator + ReportText.tail(current, columns: nameColumns)
    }
    return text
  }

  private func joined(_ parts: [String?]) -> String { parts.compactMap(\.self).joined(separator: Self.separator) }

  /// The share that is done, nil if the size of all inputs is unknown.
  private var share: Double? {
    guard let byteCount, byteCount > 0 else { return nil }
    return Double(bytesDone) / Double(byteCount)
  }

  private func bar(_ share: Double, columns: Int) -> String {
    let full = Int(share * Double(columns))
    return String(repeating: "█", count: full) + String(repeating: "░", count: columns - full)
  }

  private var percentage: String? {
    share.map { share in
      let text = "\(Int(share * 100))%"
      return String(repeating: " ", count: max(0, 4 - text.count)) + text
    }
  }

  private var files: String? { fileCount > 1 ? "\(filesDone) of \(fileCount) files" : nil }

  private var sizes: String? {
    guard let byteCount, byteCount > 0 else { return bytesDone > 0 ? Figures.size(bytesDone) : nil }
    return "\(Figures.size(bytesDone)) of \(Figures.size(byteCount))"
  }

  private var rate: String? { Figures.speed(Double(bytesDone) / seconds) }

  /// The time that the rest takes at the average rate so far. Without a size, the time so far.
  private var timeLeft: String? {
    guard let byteCount, byteCount > 0 else { return Figures.duration(seconds) }
    guard bytesDone > 0, bytesDone < byteCount else { return nil }
    return "\(Figures.duration(seconds * Double(byteCount - bytesDone) / Double(bytesDone))) left"
  }
}
