/// A compressed form that inputs may have.
package enum Codec: String, Sendable, CaseIterable {
  case gzip, zstd, bzip2, xz

  /// Number of bytes that tell a codec.
  package static let signatureBytes = 6

  /// Verdict on the first bytes of an input.
  package enum Recognition: Sendable, Equatable {
    /// The input is compressed.
    case compressed(Codec)
    /// The input is not compressed by a codec known here.
    case plain
    /// More bytes are needed to tell.
    case undecided
  }

  /// Recognises a codec by the first bytes of an input, whatever the name of its file.
  ///
  /// No JSON text begins with the signature of a codec.
  ///
  /// - Parameters:
  ///   - head: The first bytes. ``signatureBytes`` of them are enough.
  ///   - isWhole: True if the input ends behind them.
  package static func recognize(_ head: some Collection<UInt8>, isWhole: Bool) -> Recognition {
    var isUndecided = false
    for codec in allCases {
      for signature in codec.signatures {
        let known = zip(signature, head).prefix { $0.0.contains($0.1) }.count
        if known == signature.count { return .compressed(codec) }
        if known == head.count { isUndecided = true }
      }
    }
    return isUndecided && !isWhole ? .undecided : .plain
  }

  /// Beginnings of a member, stream or frame, as the range of each byte.
  private var signatures: [[ClosedRange<UInt8>]] {
    switch self {
    // RFC 1952. Deflate is the only method that exists.
    case .gzip: [Self.exactly([0x1F, 0x8B, 0x08])]
    // RFC 8878: a frame, or a skippable frame.
    case .zstd: [Self.exactly([0x28, 0xB5, 0x2F, 0xFD]), [0x50...0x5F] + Self.exactly([0x2A, 0x4D, 0x18])]
    // A level, then the first byte of a block or of the end of the stream.
    case .bzip2:
      [[0x31], [0x17]].map { Self.exactly([0x42, 0x5A, 0x68]) + [0x31...0x39] + Self.exactly($0) }
    case .xz: [Self.exactly([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00])]
    }
  }

  private static func exactly(_ bytes: [UInt8]) -> [ClosedRange<UInt8>] { bytes.map { $0...$0 } }

  // MARK: Names

  /// Suffix of names whose gzip data is BGZF.
  static let bgzfSuffix = ".bgz"

  /// Suffixes of names of files in this form, in lower case, the usual one first.
  package var suffixes: [String] {
    switch self {
    case .gzip: [".gz", Self.bgzfSuffix]
    case .zstd: [".zst"]
    case .bzip2: [".bz2"]
    case .xz: [".xz"]
    }
  }

  private static let allSuffixes = allCases.flatMap(\.suffixes)

  /// The suffix of a codec that a name ends in, whatever the case of its ASCII letters; nil if it has none.
  package static func suffix(ofName name: some BidirectionalCollection<UInt8>) -> String? {
    allSuffixes.first { name.hasSuffix($0) }
  }

  /// The codec that the suffix of a name stands for; nil if it stands for none.
  package init?(ofName name: some BidirectionalCollection<UInt8>) {
    guard let codec = Self.allCases.first(where: { $0.suffixes.contains { name.hasSuffix($0) } }) else { return nil }
    self = codec
  }

  /// Memory in bytes of a decoder of usual data, whose windows are those of default levels.
  ///
  /// - Parameter workers: Number of threads. 0 for the least memory.
  package func usualDecoderBytes(workers: Int) -> Int {
    DecodingPlan.usualBytes(self, workers: workers) + DecodingPlan.windowBytes
  }

  /// Returns the size that a file probably decodes to, by its name. Compressed, JSON dumps have about a tenth.
  package static func estimatedPlainBytes(
    ofName name: some BidirectionalCollection<UInt8>, storedBytes: Int64
  ) -> Int64 {
    if suffix(ofName: name) == nil { return storedBytes }
    let (plainBytes, overflows) = storedBytes.multipliedReportingOverflow(by: 10)
    return overflows ? .max : plainBytes
  }

  // MARK: Words

  /// Name of one independent piece of the compressed form.
  var unit: String {
    switch self {
    case .gzip: "member"
    case .zstd: "frame"
    case .bzip2, .xz: "stream"
    }
  }
}

extension BidirectionalCollection<UInt8> {
  /// True if the bytes end in a suffix, given in lower case, whatever the case of their ASCII letters.
  package func hasSuffix(_ suffix: String) -> Bool {
    self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) { byte, expected in
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 == expected : byte == expected
    }
  }
}
