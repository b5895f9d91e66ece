import ZminBase
import ZminIO
import ZminReport

/// What a run over many files came to, for people.
struct BulkSummary {
  /// Runs in which no file took so long name none.
  private static let slowSecondsMin = 1.0

  private let tally: Tally
  private let fileCount: Int
  private let seconds: Double
  private let hasJournal: Bool

  init(_ tally: Tally, fileCount: Int, seconds: Double, hasJournal: Bool) {
    self.tally = tally
    self.fileCount = fileCount
    self.seconds = seconds
    self.hasJournal = hasJournal
  }

  /// The lines.
  var lines: [String] {
    if fileCount == 0 { return ["no files: see --include for which are taken"] }
    return [totals] + [slowest, advice].compactMap(\.self)
  }

  private var notReached: Int { max(0, fileCount - tally.files) }

  private var totals: String {
    var parts: [String] = []
    if tally.writtenFiles > 0 { parts.append("\(tally.writtenFiles) written") }
    if tally.unchangedFiles > 0 { parts.append("\(tally.unchangedFiles) valid and left as they are") }
    if tally.skippedFiles > 0 { parts.append("\(tally.skippedFiles) skipped") }
    parts += tally.troubles(notReached: notReached)
    if tally.badLines > 0 { parts.append(Figures.count(tally.badLines, "bad line")) }
    return """
      \(Figures.count(fileCount, "file")): \(parts.joined(separator: ", ")); \(Figures.size(tally.inputBytes)) to \
      \(Figures.size(tally.outputBytes)), saved \(Figures.saved(tally.inputBytes, tally.outputBytes)), \
      \(Figures.fixed(seconds, digits: 1)) s, \(Figures.rate(tally.inputBytes, seconds: seconds))
      """
  }

  private var slowest: String? {
    let slow = tally.slowFiles.filter { $0.seconds >= Self.slowSecondsMin }
    guard !slow.isEmpty else { return nil }
    return "slowest: "
      + slow.map { "\($0.name) \(Figures.fixed($0.seconds, digits: 1)) s" }.joined(separator: ", ")
  }

  /// What to do about what went wrong.
  private var advice: String? {
    let again = hasJournal ? "the same command goes on with what is left" : "with --journal a run goes on where it was"
    if notReached > 0 { return again }
    if tally.failedFiles > 0 {
      return "what could not be read or written is named above; trying again may help: \(again)"
    }
    return tally.invalidFiles > 0 ? "what is not valid is named above; trying again will not help" : nil
  }
}
