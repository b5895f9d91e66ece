import ZminIO
import SystemPackage
import ZminCore

extension Format {
  /// The format that `auto` chooses for a name. The suffix may come before that of a compressed file. The name is
  /// bytes, because the part before the suffix may be invalid UTF-8.
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
  /// The format of the file at a path, which is nil for standard input.
  func format(of path: FilePath?) -> Format {
    format ?? path?.lastComponent.map { Format(ofName: $0.bytes) } ?? .json
  }
}
