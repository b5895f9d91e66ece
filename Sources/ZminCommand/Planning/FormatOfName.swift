import ZminIO
import SystemPackage
import ZminCore

extension Format {
  /// What `auto` takes for a file of that name, whose suffix may come before that of a compressed form. It is bytes, as
  /// what comes before the suffix need be no text; a name that is the suffix alone has it too.
  init(ofName name: [UInt8]) {
    func ends(_ name: some Sequence<UInt8>, in suffix: String) -> Bool {
      Array(name).suffix(suffix.utf8.count).elementsEqual(suffix.utf8) { byte, expected in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 == expected : byte == expected
      }
    }
    let compression = [".gz", ".zst", ".bz2", ".xz", ".lz4"].first { ends(name, in: $0) }
    let plain = name.dropLast(compression?.utf8.count ?? 0)
    self = [".ndjson", ".jsonl", ".jsonlines"].contains { ends(plain, in: $0) } ? .ndjson : .json
  }
}

extension InputArguments.FormatChoice {
  /// How the file at that path is laid out; nil for standard input.
  func format(of path: FilePath?) -> Format {
    format ?? path?.lastComponent.map { Format(ofName: $0.bytes) } ?? .json
  }
}
