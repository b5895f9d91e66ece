import SystemPackage
import ZminCore
import ZminEngine
import ZminIO

/// Says what can be done about input that is not valid.
///
/// A hint changes no value, joins none and loses none, and what it says to run does not meet the same error. Where no
/// command can promise that, there is no hint.
struct InvalidInputHint {
  let error: InvalidJSON
  /// The input, as messages name it.
  let input: FileName
  /// Whether this run could put bad lines aside and does not.
  let offersBadLines: Bool

  /// The hint in one clause, nil if there is none.
  var text: String? {
    switch error.reason {
    case .foreign(let content):
      if let filter = content.filter {
        return "\(filter) < \(quotedInput) | zmin\(formatOption(after: content))"
      }
      return content.isInLines ? badLines : content.remedy
    case .secondValue:
      // A second value that begins the second line comes after a first one that has a line to itself.
      return error.line == 2 && error.column == 1
        ? "use --format ndjson, or concat if values span lines" : "use --format concat"
    case .tooDeep: return "--max-depth N allows more"
    case .syntax: return badLines
    }
  }

  private var badLines: String? {
    error.format == .ndjson && offersBadLines ? "--bad-lines FILE puts such lines aside" : nil
  }

  /// What standard input must be told of the format, which a name may have said before.
  private func formatOption(after content: ForeignContent) -> String {
    // The filter gives each record a line.
    let format = content == .recordSeparator ? .ndjson : error.format
    return format == .json ? "" : " --format \(format)"
  }

  /// The input's name for a shell; a placeholder if there is none that fits into a message.
  private var quotedInput: String {
    guard case .path(let path) = input, let name = String(validating: path),
      !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { return "FILE" }
    let isPlain = name.utf8.allSatisfy { byte in
      byte >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF) || "_./,:=@%+-".utf8.contains(byte)
    }
    return isPlain ? name : "'\(name.replacing("'", with: "'\\''"))'"
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

  /// What helps where no filter does.
  fileprivate var remedy: String? {
    switch self {
    case .compressed(.zip): "extract its files first"
    case .compressed(.snappy): "decompress it first"
    default: nil
    }
  }

  /// Whether it is found in lines among others that are valid.
  fileprivate var isInLines: Bool {
    switch self {
    case .notANumber, .infinity, .comment, .byteOrderMark: true
    case .compressed, .encoding, .nulBytes, .bson, .lengthPrefixed, .recordSeparator: false
    }
  }
}
