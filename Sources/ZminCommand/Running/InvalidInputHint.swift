import SystemPackage
import ZminBase
import ZminCore
import ZminEngine
import ZminIO

/// Advice about invalid input.
///
/// The suggested command keeps every value as it is and does not lead to the same error. Without such a command there
/// is no hint.
struct InvalidInputHint {
  let error: InvalidJSON
  let input: FileName
  /// True if `--bad-lines` could be added to the command line.
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
      // A second value at the start of line 2 means that the first has a line of its own.
      return error.line == 2 && error.column == 1
        ? "use --format ndjson, or concat if values span lines" : "use --format concat"
    case .tooDeep: return "use --max-depth N to allow more"
    case .syntax: return badLines
    }
  }

  private var badLines: String? {
    error.format == .ndjson && offersBadLines ? "use --bad-lines FILE to skip such lines" : nil
  }

  /// The `--format` option for standard input, which has no name to decide by.
  private func formatOption(after content: ForeignContent) -> String {
    // The filter puts each record on a line.
    let format = content == .recordSeparator ? .ndjson : error.format
    return format == .json ? "" : " --format \(format)"
  }

  /// A filter that turns the content into JSON.
  private func filter(for content: ForeignContent) -> String? {
    // Lines before the separator stay lines. A record of several lines would have been an earlier error.
    if content == .recordSeparator, error.format == .ndjson, error.offset > 0 { return "tr '\\036' '\\n'" }
    return content.filter
  }

  /// The name of the input for a shell, or the placeholder FILE if the name is not readable in a message.
  private var quotedInput: String {
    guard case .path(let path) = input, let name = String(validating: path),
      !name.unicodeScalars.contains(where: \.isInvisible)
    else { return "FILE" }
    let isPlain = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF) || "_./,:=@%+-".utf8.contains(byte)
    }
    return isPlain ? name : "'\(name.replacing("'", with: "'\\''"))'"
  }
}

extension ForeignContent {
  /// A filter from standard input to standard output that turns the content into JSON. Nil if none keeps every value.
  fileprivate var filter: String? {
    switch self {
    case .compressed(.zlib): "pigz -dc"
    case .compressed(.snappy), .compressed(.zip): nil
    case .compressed(let compression): "\(compression.rawValue) -dc"
    case .encoding(let encoding): "iconv -f \(encoding.rawValue) -t UTF-8"
    // A truncated record is not joined with the next, and an LF inside a string stays an error.
    case .recordSeparator: "tr '\\n\\036' '\\t\\n'"
    case .nulBytes, .bson, .lengthPrefixed, .gitLFSPointer, .notANumber, .infinity, .comment, .literal, .singleQuotes,
      .unquotedKey, .byteOrderMark:
      nil
    }
  }

  /// Advice for content without a filter.
  fileprivate var remedy: String? {
    switch self {
    case .compressed(.zip): "extract its files first"
    case .compressed(.snappy): "decompress it first"
    case .gitLFSPointer: "get the file that it stands for with 'git lfs pull'"
    default: nil
    }
  }

  /// True if the content occurs in lines among valid ones.
  fileprivate var isInLines: Bool {
    switch self {
    case .notANumber, .infinity, .comment, .literal, .singleQuotes, .unquotedKey, .byteOrderMark: true
    case .compressed, .encoding, .nulBytes, .bson, .lengthPrefixed, .gitLFSPointer, .recordSeparator: false
    }
  }
}
