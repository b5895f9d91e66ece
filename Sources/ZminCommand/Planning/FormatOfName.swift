import ZminIO
import SystemPackage
import ZminCodec
import ZminCore

extension Format {
  /// The format that `auto` chooses for a name. The suffix may come before that of a compressed file. The name is
  /// bytes, because the part before the suffix may be invalid UTF-8.
  init(ofName name: [UInt8]) {
    let plain = name.dropLast(Self.compressedSuffix(ofName: name)?.utf8.count ?? 0)
    self = [".ndjson", ".jsonl", ".jsonlines"].contains(where: plain.hasSuffix) ? .ndjson : .json
  }

  /// The suffix of compression that a name ends in, nil if it has none. A file of lz4 has to be decoded first, and its
  /// name tells its format all the same.
  static func compressedSuffix(ofName name: [UInt8]) -> String? {
    Codec.suffix(ofName: name) ?? (name.hasSuffix(".lz4") ? ".lz4" : nil)
  }
}

extension InputArguments.FormatChoice {
  /// The format of the file at a path, which is nil for standard input.
  func format(of path: FilePath?) -> Format {
    format ?? path?.lastComponent.map { Format(ofName: $0.bytes) } ?? .json
  }
}
