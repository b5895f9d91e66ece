import Testing
import ZminCodec

@Suite("Codecs") struct CodecTests {
  static let heads: [(Codec, [UInt8])] = [
    (.gzip, [0x1F, 0x8B, 8]), (.zstd, [0x28, 0xB5, 0x2F, 0xFD]), (.zstd, [0x50, 0x2A, 0x4D, 0x18]),
    (.zstd, [0x5F, 0x2A, 0x4D, 0x18]), (.bzip2, Array("BZh91".utf8)), (.bzip2, Array("BZh1\u{17}".utf8)),
    (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]),
  ]

  @Test("A codec is recognised by its signature, and not by less", arguments: heads)
  func signatures(_ codec: Codec, _ head: [UInt8]) {
    #expect(Codec.recognize(head + [1, 2], isWhole: false) == .compressed(codec))
    for count in 0..<head.count {
      #expect(Codec.recognize(head.prefix(count), isWhole: false) == .undecided)
      #expect(Codec.recognize(head.prefix(count), isWhole: true) == .plain)
    }
  }

  @Test("No JSON text is taken for compressed data, by its first or by its first two bytes")
  func json() {
    for first in ["{", "[", "\"", "-", "0", "9", "t", "f", "n", " ", "\n", "\r", "\t", "\u{FEFF}"] {
      for second in ["{", "[", "\"", "1", "a", " ", "]", "}", "."] {
        #expect(Codec.recognize((first + second).utf8, isWhole: false) == .plain, "\(first + second)")
      }
    }
  }

  @Test("The suffix of a name tells a codec and an encoding, whatever the case of its letters")
  func suffixes() {
    let names: [(String, Codec?, Encoding?)] = [
      ("a.json.gz", .gzip, Encoding(.gzip)), ("A.JSON.GZ", .gzip, Encoding(.gzip)), (".gz", .gzip, Encoding(.gzip)),
      ("a.bgz", .gzip, Encoding(.gzip, layout: .bgzf)), ("a.Bgz", .gzip, Encoding(.gzip, layout: .bgzf)),
      ("a.zst", .zstd, Encoding(.zstd)), ("a.ZSt", .zstd, Encoding(.zstd)), ("a.bz2", .bzip2, nil),
      ("a.XZ", .xz, nil), ("a.json", nil, nil), ("gz", nil, nil), ("a.gz.json", nil, nil), ("a.gzip", nil, nil),
      ("", nil, nil), ("a.\u{1A}\u{5A}", nil, nil),
    ]
    for (name, codec, encoding) in names {
      #expect(Codec(ofName: name.utf8) == codec && Encoding(ofName: name.utf8) == encoding, "\(name)")
    }
  }
}
