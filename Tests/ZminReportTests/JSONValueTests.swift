import Testing
import ZminReport
import ZminTestSupport

/// Written values read back as the same, and the reader survives any text.
@Suite struct JSONValueTests {
  private static let document: JSONValue = [
    "name": "a \"b\"\\\n\t\u{1}\u{7f}é😀", "bytes": 9_007_199_254_740_993, "rate": 12.5, "none": nil, "ok": true,
    "samples": [0.1, 1e300, -2.5e-7, 3], "nested": [["a": []], [:], [[false]]],
  ]

  @Test(arguments: [JSONValue.Layout.compact, .indented]) func readsBackWhatItWrites(_ layout: JSONValue.Layout) throws
  {
    #expect(try JSONValue(reading: Self.document.bytes(layout)) == Self.document)
  }

  @Test func layoutsDifferInWhitespaceOnly() {
    let value: JSONValue = ["a": [1, 2.5], "b": [["c": nil], []], "d": [:]]
    #expect(value.text() == #"{"a":[1,2.5],"b":[{"c":null},[]],"d":{}}"#)
    let indented = """
      {
        "a": [1, 2.5],
        "b": [
          {
            "c": null
          },
          []
        ],
        "d": {}
      }
      """
    #expect(value.text(.indented) == indented)
  }

  @Test func numbersReadBackAsTheSame() throws {
    var random = SplitMix64(seed: 4)
    for _ in 0..<10_000 {
      let double = Double(bitPattern: random.next())
      let integer = Int(truncatingIfNeeded: random.next())
      #expect(try JSONValue(reading: JSONValue.number(double).text()).double == (double.isFinite ? double : nil))
      #expect(try JSONValue(reading: JSONValue.integer(integer).text()) == .integer(integer))
    }
    #expect(JSONValue.number(.infinity).text() == "null")
    #expect(JSONValue.number(.nan).text() == "null")
    #expect(JSONValue(Int?.none) == .null)
  }

  @Test func canBeEmbeddedInAPage() throws {
    let text = "</script><!--<script>"
    let written = JSONValue.string(text).text()
    #expect(!written.contains("</") && !written.contains("<!"))
    #expect(try JSONValue(reading: written).string == text)
  }

  @Test func findsMembers() throws {
    let value = try JSONValue(reading: #" {"a":1,"b":{"c":"d"},"a":2.5} "#)
    #expect(value["a"]?.double == 2.5)
    #expect(value["b"]?["c"]?.string == "d")
    #expect(value["x"] == nil && value["a"]?["b"] == nil)
    #expect(value.members?.map(\.key) == ["a", "b", "a"])
  }

  @Test(arguments: [
    ("", 0), (" ", 1), ("nul", 0), ("[1,]", 3), ("[1 2]", 3), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{\"a\" 1}", 5),
    ("1 2", 2), ("01", 1), ("-", 1), ("1.", 2), (".5", 0), ("1e", 2), ("+1", 0), ("\"\u{1}\"", 1), ("\"\\x\"", 1),
    ("\"\\u12g4\"", 5), ("\"\\ud800\"", 1), ("\"\\ud800\\u0041\"", 1), ("\"\\udc00\"", 1), ("\"ab", 3), ("\"\\", 2),
    ("1e999", 0), ("NaN", 0), ("[", 1), ("{", 1), ("\u{b}1", 0), ("'a'", 0), ("[1]]", 3), ("{\"a\"}", 4),
  ])
  func refusesInvalidText(_ text: String, at offset: Int) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(reading: text) }
    #expect(error?.offset == offset)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func refusesInvalidUTF8() {
    #expect(throws: JSONSyntaxError.self) {
      try JSONValue(reading: Array("\"".utf8) + [0xC0, 0x80] + Array("\"".utf8))
    }
    #expect(throws: JSONSyntaxError.self) { try JSONValue(reading: [0xEF, 0xBB]) }
  }

  @Test func acceptsRareButValidText() throws {
    #expect(try JSONValue(reading: #""\ud83d\ude00\u00e9\/\b""#).string == "😀é/\u{8}")
    #expect(try JSONValue(reading: "\u{FEFF}[]") == [])
    #expect(try JSONValue(reading: "-0").double?.sign == .minus)
    #expect(try JSONValue(reading: "18446744073709551616").double == 0x1p64)
    #expect(try JSONValue(reading: "1" + String(repeating: "0", count: 300)).double == 1e300)
    #expect(try JSONValue(reading: "0." + String(repeating: "3", count: 100_000)).double == 1 / 3.0)
    #expect(try JSONValue(reading: "1E+2").double == 100)
  }

  @Test func nestingIsLimited() throws {
    let depth = JSONValue.depthMax
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(reading: nested(depth))
    #expect(throws: JSONSyntaxError.self) { try JSONValue(reading: nested(depth + 1)) }
    #expect(throws: JSONSyntaxError.self) { try JSONValue(reading: String(repeating: "{\"a\":", count: 1_000_000)) }
  }

  /// Each truncated document is an error. Changed bytes may be valid or not, but never crash the reader.
  @Test func brokenDocumentsAreErrors() throws {
    let bytes = Self.document.bytes(.indented)
    for count in 0..<bytes.count {
      #expect(throws: JSONSyntaxError.self) { try JSONValue(reading: Array(bytes[..<count])) }
    }
    var random = SplitMix64(seed: 5)
    var errors = 0
    for _ in 0..<20_000 {
      var changed = bytes
      changed[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      do { _ = try JSONValue(reading: changed) } catch { errors += 1 }
    }
    #expect(errors > 5_000)
  }
}
