import SystemPackage
import ZminBase
import ZminIO
import ZminReport

/// A JSON object on one line, built member by member.
struct JSONLine {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  /// Begins with the member `event`.
  init(event: String) { add("event", event) }

  private init() {}

  /// The object and the LF after it.
  var line: [UInt8] { bytes + Array("}\n".utf8) }

  mutating func add(_ key: String, _ text: String) { add(key, raw: Self.quoted(Array(text.utf8))) }

  mutating func add(_ key: String, _ number: Int) { add(key, raw: Array("\(number)".utf8)) }

  mutating func add(_ key: String, _ number: Int?) {
    if let number { add(key, number) } else { add(key, raw: Array("null".utf8)) }
  }

  mutating func add(_ key: String, _ flag: Bool) { add(key, raw: Array("\(flag)".utf8)) }

  mutating func add(_ key: String, seconds: Double) { add(key, raw: Array(Figures.fixed(seconds, digits: 6).utf8)) }

  mutating func add(_ key: String, _ fill: (inout JSONLine) -> Void) {
    var object = JSONLine()
    fill(&object)
    add(key, raw: object.bytes + [UInt8(ascii: "}")])
  }

  /// Adds a file as `path`, or as `path_base64` if its name is invalid UTF-8.
  mutating func add(_ file: FileName) {
    switch file {
    case .standardInput, .standardOutput: add("path", "\(file)")
    case .path(let path):
      let bytes = path.bytes
      if String(validating: bytes, as: UTF8.self) != nil {
        add("path", raw: Self.quoted(bytes))
      } else {
        add("path_base64", Base64.encoded(bytes))
      }
    }
  }

  private mutating func add(_ key: String, raw value: [UInt8]) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes += Self.quoted(Array(key.utf8))
    bytes.append(UInt8(ascii: ":"))
    bytes += value
  }

  /// The UTF-8 string in quotes, with only the escapes that JSON requires.
  private static func quoted(_ text: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    var quoted: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): quoted += Array("\\n".utf8)
      case UInt8(ascii: "\t"): quoted += Array("\\t".utf8)
      case 0..<0x20: quoted += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: quoted.append(byte)
      }
    }
    return quoted + [UInt8(ascii: "\"")]
  }
}
