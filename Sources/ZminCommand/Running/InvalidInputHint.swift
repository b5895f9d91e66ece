import SystemPackage
import ZminCore
import ZminEngine
import ZminIO

/// Advice about input that is not valid.
///
/// A hint changes no value, joins none and loses none, and what it says to run does not meet the same error. Where no
/// command can promise that, there is no hint.
struct InvalidInputHint {
  let error: InvalidJSON
  /// The input, as messages name it.
  let input: FileName
  /// Set if this run could put bad lines aside and does not.
  let offersBadLines: Bool

  /// The hint in one clause, nil if there is none.
  var text: String? {
    switch error.reason {
    case .foreign(let content):
      if let filter = filter(for: content) {
        return "\(filter) < \(quotedInput) | zmin\(formatOption(after: content))"
      }
      return content.isInLines ? badLines : content.remedy
    case .secondValue:
      // A second value that begins the second line comes after a first one that has a line to itself.
      return error.line == 2 && error.column == 1
        ? "use --format ndjson, or concat if values span lines" : "use --format concat"
    case .tooDeep: return "use --max-depth N to allow more"
    case .syntax: return badLines
    }
  }

  private var badLines: String? {
    error.format == .ndjson && offersBadLines ? "use --bad-lines FILE to skip such lines" : nil
  }

  /// The format for standard input, where a name may have said it before.
  private func formatOption(after content: ForeignContent) -> String {
    // The filter gives each record a line.
    let format = content == .recordSeparator ? .ndjson : error.format
    return format == .json ? "" : " --format \(format)"
  }

  /// A program that makes JSON of the content.
  private func filter(for content: ForeignContent) -> String? {
    // Lines came before the separator, and stay lines. A record of several lines would have been an error before.
    if content == .recordSeparator, error.format == .ndjson, error.offset > 0 { return "tr '\\036' '\\n'" }
    return content.filter
  }

  /// The input's name for a shell; a placeholder if there is none that fits into a message and can be read there.
  private var quotedInput: String {
    guard case .path(let path) = input, let name = String(validating: path),
      !name.unicodeScalars.contains(where: Self.isInvisible)
    else { return "FILE" }
    let isPlain = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF) || "_./,:=@%+-".utf8.contains(byte)
    }
    return isPlain ? name : "'\(name.replacing("'", with: "'\\''"))'"
  }

  /// Controls, and what turns the direction of text, joins words or ends a line.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

extension ForeignContent {
  /// A program from standard input to standard output that makes JSON of it; nil if none keeps every value.
  fileprivate var filter: String? {
    switch self {
    case .compressed(.zlib): "pigz -dc"
    case .compressed(.snappy), .compressed(.zip): nil
    case .compressed(let compression): "\(compression.rawValue) -dc"
    case .encoding(let encoding): "iconv -f \(encoding.rawValue) -t UTF-8"
    // A record that is cut off stays apart from the next, and an LF inside a string stays an error.
    case .recordSeparator: "tr '\\n\\036' '\\t\\n'"
    case .nulBytes, .bson, .lengthPrefixed, .notANumber, .infinity, .comment, .byteOrderMark: nil
    }
  }

  /// Advice where no filter helps.
  fileprivate var remedy: String? {
    switch self {
    case .compressed(.zip): "extract its files first"
    case .compressed(.snappy): "decompress it first"
    default: nil
    }
  }

  /// Set if it is found in lines among others that are valid.
  fileprivate var isInLines: Bool {
    switch self {
    case .notANumber, .infinity, .comment, .byteOrderMark: true
    case .compressed, .encoding, .nulBytes, .bson, .lengthPrefixed, .recordSeparator: false
    }
  }
}
