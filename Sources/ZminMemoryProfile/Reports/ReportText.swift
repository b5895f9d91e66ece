import ZminBase
import ZminReport

/// Text of reports: figures that may be missing, names with arbitrary characters, lines of bounded width.
package enum ReportText {
  /// The text for a figure that was not reported.
  static let missing = "not reported"
  /// The text for a run without recommendations.
  static let noAdvice = "nothing to change"

  static func size(_ byteCount: Int?) -> String { byteCount.map(Figures.memorySize) ?? missing }

  /// A difference of sizes, with its sign.
  static func difference(_ byteCount: Int?) -> String {
    byteCount.map { ($0 > 0 ? "+" : "") + Figures.memorySize($0) } ?? missing
  }

  static func count(_ count: Int?) -> String { count.map { "\($0)" } ?? missing }

  static func seconds(_ seconds: Double?) -> String { seconds.map { Figures.fixed($0, digits: 3) + " s" } ?? missing }

  /// The time that tasks were stalled for lack of memory.
  static func stall(_ kernel: KernelFacts) -> String {
    seconds(kernel.stalledSeconds)
      + (kernel.stalledSeconds != nil && kernel.isStallOfMachine ? " (whole machine)" : "")
  }

  /// The limit of the control group: `none` if there is a group without one.
  static func limit(_ kernel: KernelFacts) -> String {
    kernel.groupLimitBytes == nil && kernel.groupUsageBytes != nil ? "none" : size(kernel.groupLimitBytes)
  }

  static func percent(_ share: Double?) -> String { share.map { Figures.fixed(100 * $0, digits: 1) + "%" } ?? missing }

  /// `part` as a share of `whole`, in percent.
  static func percent(_ part: Int?, of whole: Int?) -> String {
    guard let part, let whole, whole != 0 else { return missing }
    return percent(Double(part) / Double(whole))
  }

  /// Sizes of several things, the largest first. Sizes of 0 are left out.
  static func sizes<Key>(_ bytes: [Key: Int], _ name: (Key) -> String) -> String {
    let parts = bytes.filter { $0.value != 0 }.map { (name($0.key), $0.value) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    return parts.isEmpty ? "nothing" : parts.map { "\($0) \(Figures.memorySize($1))" }.joined(separator: ", ")
  }

  // MARK: Names

  /// A name that is safe to print: characters that move the cursor or change the writing direction are escaped.
  static func name(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { line, scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        line += scalar.escaped(asASCII: true)
      default: line.unicodeScalars.append(scalar)
      }
    }
  }

  /// The name cut to `columns` columns. Its beginning is cut, as the end of a path tells more.
  package static func tail(_ text: String, columns: Int) -> String {
    let text = name(text)
    guard width(text) > columns else { return text }
    var end: [Character] = []
    var room = columns - 1
    for character in text.reversed() {
      room -= width(String(character))
      guard room >= 0 else { break }
      end.append(character)
    }
    return columns > 0 ? "…" + String(end.reversed()) : ""
  }

  // MARK: Widths

  /// An upper bound of the columns that a line takes in a terminal.
  package static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + (isWide($1) ? 2 : 1) }
  }

  /// True for East Asian scalars and emoji, which take two columns.
  private static func isWide(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.value {
    case 0..<0x1100: false
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FF, 0x1F000...0x3FFFD:
      true
    default: scalar.properties.isEmojiPresentation
    }
  }

  /// The text cut to `columns` columns, with an ellipsis if it was longer.
  static func fitted(_ text: String, columns: Int) -> String {
    guard width(text) > columns else { return text }
    var start = ""
    var room = columns - 1
    for character in text {
      room -= width(String(character))
      guard room >= 0 else { break }
      start.append(character)
    }
    return columns > 0 ? start + "…" : ""
  }

  /// The text followed by spaces up to `columns` columns. A longer text is cut.
  static func padded(_ text: String, columns: Int) -> String {
    let text = fitted(text, columns: columns)
    return text + spaces(columns - width(text))
  }

  /// The text after spaces, `columns` columns together. A longer text is cut.
  static func aligned(_ text: String, columns: Int) -> String {
    let text = fitted(text, columns: columns)
    return spaces(columns - width(text)) + text
  }

  static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  /// The text broken into lines at spaces. A word longer than a line is cut.
  static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, width(line) + 1 + width(String(word)) > columns {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return (lines + [line]).map { fitted($0, columns: columns) }
  }
}
