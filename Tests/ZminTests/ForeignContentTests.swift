import Testing
import Zmin
import ZminEngine
import ZminTestSupport

/// Content that is not JSON, recognised by its first bytes.
@Suite struct ForeignContentTests {
  static let heads: [(head: [UInt8], content: ForeignContent)] = [
    ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0], .compressed(.gzip)),
    ([0x28, 0xB5, 0x2F, 0xFD, 4, 0, 1, 2], .compressed(.zstd)),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4], .compressed(.xz)),
    (Array("BZh91AY&".utf8), .compressed(.bzip2)),
    (Array("BZh9".utf8) + [0x17, 0x72, 0x45, 0x38], .compressed(.bzip2)),
    ([0x04, 0x22, 0x4D, 0x18, 0x64, 0x40, 0xA7, 0], .compressed(.lz4)),
    ([0x02, 0x21, 0x4C, 0x18, 1, 0, 0, 0], .compressed(.lz4)),
    ([0x78, 0x9C, 0xAB, 0x56, 0x50, 0x4A, 0x54, 0x50], .compressed(.zlib)),
    ([0x78, 0x5E, 0xAB, 0x56, 0x50, 0x4A, 0x54, 0x50], .compressed(.zlib)),
    ([0x78, 0x01, 0xAB, 0x56, 0x50, 0x4A, 0x54, 0x50], .compressed(.zlib)),
    ([0x78, 0xDA, 0xAB, 0x56, 0xCA, 0x4B, 0xCC, 0x4D], .compressed(.zlib)),
    ([0xFF, 6, 0, 0] + Array("sNaP".utf8), .compressed(.snappy)),
    ([0x50, 0x4B, 3, 4, 20, 0, 0, 0], .compressed(.zip)),
    ([0xFF, 0xFE, 0x5B, 0], .encoding(.utf16LittleEndian)),
    ([0x22, 0, 0x7A, 0], .encoding(.utf16LittleEndian)),
    ([0x0A, 0, 0x0A, 0, 0x5B, 0, 0x22, 0], .encoding(.utf16LittleEndian)),
    ([0x22, 0, 0xE5, 0x65, 0x2C, 0x67, 0x22, 0], .encoding(.utf16LittleEndian)),
    ([0, 0x22, 0x65, 0xE5, 0x67, 0x2C, 0, 0x22], .encoding(.utf16BigEndian)),
    ([0x22, 0, 0xE5, 0x65, 0x2C, 0x67, 0x9E, 0x8A], .encoding(.utf16LittleEndian)),
    ([0x22, 0, 0xE9, 0, 0x22, 0, 0x0A, 0], .encoding(.utf16LittleEndian)),
    ([0x22, 0, 0x3D, 0xD8, 0x00, 0xDE, 0x22, 0], .encoding(.utf16LittleEndian)),
    ([0x22, 0, 0, 0, 0xE5, 0x65, 0, 0], .encoding(.utf32LittleEndian)),
    ([0xFE, 0xFF, 0, 0x5B], .encoding(.utf16BigEndian)),
    ([0, 0x31, 0, 0x0A], .encoding(.utf16BigEndian)),
    ([0xFF, 0xFE, 0, 0, 0x5B, 0, 0, 0], .encoding(.utf32LittleEndian)),
    ([0, 0, 0, 0x5B, 0, 0, 0, 0x31], .encoding(.utf32BigEndian)),
    ([0, 0, 0, 0, 0, 0, 0, 0], .nulBytes),
    ([22, 0, 0, 0, 2, 0x61, 0, 1], .bson),
    ([0, 0, 0, 2, 0x7B, 0x7D, 0, 0], .lengthPrefixed),
    ([2, 0, 0, 0, 0x5B, 0x5D, 2, 0], .lengthPrefixed),
    ([0, 0, 0, 0, 2, 0x7B, 0x7D, 0], .lengthPrefixed),
    ([1, 0, 0, 0, 0x40, 0x7B, 0x22, 0x61], .lengthPrefixed),
    ([0, 0, 0x80, 0, 0x7B, 0x0A, 0x20, 0x20], .lengthPrefixed),
    ([0x1E, 0x31, 0x0A], .recordSeparator),
  ]

  @Test("Each kind is recognised by its first bytes", arguments: heads)
  func kinds(_ head: [UInt8], _ content: ForeignContent) {
    #expect(ForeignContent(head: head) == content)
  }

  @Test("Fewer bytes are recognised as the same kind, as NULs, or not at all", arguments: heads)
  func beginnings(_ head: [UInt8], _ content: ForeignContent) {
    for count in 0...head.count {
      let found = ForeignContent(head: Array(head.prefix(count)))
      #expect(found == nil || found == content || found == .nulBytes, "\(count) bytes")
    }
  }

  @Test(
    "Text with a corrupt byte or two is not recognised as another kind",
    arguments: [
      "{}\n\0\n{\"a\":1}\n", "[1,\0\n 2]", "12\n\0\n{", "1\n\0\0{\"a\":1}\n", "\0{}\n{\"a\":1}\n", "\0[1\n[2]\n",
      "x^2 = é\n", "xڪ text", "BZh1 is a text", "\0\n\0\n{\"a\":1}\n", "\n\0\n\0{\"a\":1}\n", "\n\0\n\0\n\0\n\0",
      "x1\n\0\tab", "x1\n\0{}\n", "1\0\0\0\n234\n", "1\0\0\0\n{\"a\"", "\0\0\0\n{\"a\":1}\n", "\0\0\n\n{\"a\":1}\n",
      "\u{2}\0\0\0[1]\n", "\u{9}\0\0\0{a}",
      "\"\0ab", "\"\0abcdef\"\n", "\0\"abcdef\"\n", "\"\0éééé\"\n",
    ])
  func corruptText(_ text: String) {
    #expect(ForeignContent(head: Array(text.utf8.prefix(8))) == nil)
    // The library agrees when it meets the error.
    let error = #expect(throws: ZminError.self) {
      try validate(Array(text.utf8), options: MinifierOptions(format: .ndjson))
    }
    guard case .invalidJSON(let invalid) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    if case .foreign(let content) = invalid.reason { Issue.record("taken for \(content)") }
  }

  @Test("Beginnings of JSON are not recognised as another kind")
  func json() {
    let texts = [
      "1", "[", "{\"a\"", "\"x^\"", " \n\t", "-0.1", "null", "true", "\u{FEFF}[1]", "xylophone", "x^2", "PKZIP",
    ]
    for text in texts { #expect(ForeignContent(head: Array(text.utf8.prefix(8))) == nil, "\(text)") }
    // One NUL, or one code unit without a plausible second one, is not evidence.
    for head: [UInt8] in [
      [0x31, 0], [0x5B, 0, 0, 0], [0x5B, 0, 1, 0], [0, 0x5B], [0xFF, 0xFE], [0xFF, 0xFE, 1, 0],
    ] {
      #expect(ForeignContent(head: head) == nil, "\(head)")
    }
  }
}
