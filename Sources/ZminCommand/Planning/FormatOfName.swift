import ZminIO
import SystemPackage
import ZminCore

extension Format {
  /// What `auto` takes for a file of that name. It is bytes, as what comes before the suffix need be no text; a name
  /// that is the suffix alone has it too.
  init(ofName name: [UInt8]) {
    let isLines = [".ndjson", ".jsonl", ".jsonlines"].contains { suffix in
      name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) { byte, expected in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 == expected : byte == expected
      }
    }
    self = isLines ? .ndjson : .json
  }
}

extension InputArguments.FormatChoice {
  /// How the file at that path is laid out; nil for standard input.
  func format(of path: FilePath?) -> Format {
    format ?? path?.lastComponent.map { Format(ofName: $0.bytes) } ?? .json
  }
}
