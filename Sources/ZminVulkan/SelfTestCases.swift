internal import CZminVulkan

/// Slices that are hard for the shaders: everything that they distinguish, across every edge between threads and
/// workgroups.
struct SelfTestCases {
  struct Case {
    let name: String
    let slice: [UInt8]
  }

  let threads: Int
  let isLines: Bool

  private var tileBytes: Int { threads * Int(ZMIN_THREAD_BYTES) }

  /// Byte that ends a value, so that another one may follow.
  private var separator: UInt8 { UInt8(ascii: isLines ? "\n" : ",") }

  func all(_ extent: DeviceSelfTest.Extent, checks: Bool) -> [Case] {
    switch extent {
    case .short:
      [
        spread(shift: 0), packed(byteCount: 2 * tileBytes + 100), longNumber(digitCount: 40),
        longNumber(digitCount: 96),
      ]
        + Self.fills.map { fill($0, byteCount: tileBytes + 17) }
        + (checks
          ? Self.faults.enumerated().map { fault($1, edges: [$0 % 4 < 2 ? 32 : 28], offsetStep: 99)[$0 % 2] } : [])
    case .full:
      (0..<32).map { spread(shift: $0) } + sizes + (20..<130).map { longNumber(digitCount: $0) }
        + Self.fills.flatMap { [fill($0, byteCount: tileBytes + 17), fill($0, byteCount: 2 * tileBytes + 1)] }
        + (checks
          ? Self.faults.flatMap { fault($0, edges: [28, 32, 28 * threads, tileBytes], offsetStep: 1) }
          : [])
    }
  }

  // MARK: Valid documents

  private static let values: [[UInt8]] = [
    #""a""#, #""\\\\""#, #""\\\"""#, #""\u00e9\n""#, #""é漢😀""#, #""""#, "-0", "0.5", "1e5", "-12.25E-07",
    "12345678901234567890", "true", "false", "null", "[]", "{}", "[1,2,[3 ]]", #"{"a":1,"b":[{}],"":{"c":null}}"#,
    #"{"k" : "v" , "l":"w"}"#, #"[ "s","t" ,{"u":0}]"#, "0.00000000000000000000000000000001e-10",
  ].map { Array($0.utf8) }

  /// Values across the edges of all threads, each at a different offset from its edge, with blanks between them.
  private func spread(shift: Int) -> Case {
    var slice = Array(isLines ? "".utf8 : "[".utf8)
    var index = shift
    while slice.count < 2 * tileBytes {
      let value = Self.values[index % Self.values.count]
      let edge = (slice.count + value.count + 31) / 32 * 32
      let start = max(edge - (index * 7 + shift) % (value.count + 2), slice.count)
      // NDJSON gets some blank lines.
      let blank = UInt8(ascii: isLines && index % 3 == 0 ? "\n" : " ")
      slice += [UInt8](repeating: blank, count: start - slice.count) + value + [separator]
      index += 1
    }
    return Case(name: "values across the edges of threads, shifted by \(shift)", slice: slice)
  }

  /// Values without blanks between them.
  private func packed(byteCount: Int) -> Case {
    var slice = Array(isLines ? "".utf8 : "[".utf8)
    var values = Self.values.makeIterator()
    while slice.count < byteCount {
      if let value = values.next() { slice += value + [separator] } else { values = Self.values.makeIterator() }
    }
    return Case(name: "\(byteCount) bytes of values", slice: Array(slice.prefix(byteCount)))
  }

  /// A slice that begins with a number that has `digitCount` digits before its point.
  private func longNumber(digitCount: Int) -> Case {
    let digits = [UInt8](repeating: UInt8(ascii: "7"), count: digitCount)
    return Case(name: "\(digitCount) digits before a point", slice: digits + Array(".5e1".utf8) + [separator] + digits)
  }

  /// Slices that end near every edge.
  private var sizes: [Case] {
    let edges = [28, 32, 64, 28 * threads, tileBytes, 2 * tileBytes]
    return (Array(0...4) + edges.flatMap { ($0 - 2)...($0 + 2) }).map(packed)
  }

  // MARK: Adversaries

  private static let fills: [(name: String, piece: [UInt8])] =
    [
      ("backslashes", "\\"), ("quotes", "\""), ("escaped quotes", "\\\""), ("quotes and backslashes", "\"\\\\\\"),
      ("one string", "x"), ("brackets", "["), ("brackets of both kinds", "[{]}"), ("commas", ","),
      ("commas of both kinds", ",\":,1,,\":"), ("names", ",\"\":0"), ("spaces", " "), ("line feeds", "\n"),
      ("blank lines", "1 \n \r\n\n"), ("digits", "7"), ("points and exponents", "1.5e7"), ("letters", "truefalsenull"),
      ("control characters", "\u{1}"), ("zeroes", "\0"), ("two-byte characters", "é"), ("three-byte characters", "漢"),
      ("four-byte characters", "😀"), ("hexadecimal escapes", "\\u00e9"),
    ].map { ($0, Array($1.utf8)) } + [
      ("continuation bytes", [0x80]), ("no UTF-8", [0xFF]), ("lead bytes", [0xC3, 0xF0]),
    ]

  private func fill(_ fill: (name: String, piece: [UInt8]), byteCount: Int) -> Case {
    var slice: [UInt8] = []
    while slice.count < byteCount { slice += fill.piece }
    return Case(name: "\(byteCount) bytes of \(fill.name)", slice: Array(slice.prefix(byteCount)))
  }

  // MARK: Invalid input

  private static let faults: [[UInt8]] =
    [
      "\"\u{1}\"", #""\x""#, #""\u00g0""#, #""\u1""#, #""\u12"#, #""\u"#, #""\"#, "\\", "é", "1 2", "01", "-", "-a",
      "1.",
      ".5", "1e", "1e+", "1.e5", "1.2.3", "1e5e5", "1e5.5", "-01", "1e-0a", "+1", "t", "tru", "trve", "nul", "nulll",
      "fals", "falze", "True", "NaN", ",", "]", "[,", "{1", "{,", #"{"a"}"#, #"{"a":}"#, #"{"a",1}"#, #""a" "b""#,
      #""a"1"#, ":", "::", "'a'", "//", "[1 2]", "[}", "\u{7F}", "\0", "1.5" + digits + ".5", "1e5" + digits + "e5",
      "1" + digits + digits + ".5",
    ].map { Array($0.utf8) }
    + [
      [0xC3], [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
      [0xE2, 0x82],
      [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
      [0xF0, 0x9F, 0x98], [0xFF], [0xC3, 0xA9, 0xA9],
    ].map { [UInt8(ascii: "\"")] + $0 + [UInt8(ascii: "\"")] } + [
      [0x22, 0xC3], [0x22, 0xE2, 0x82], [0x22, 0xF0, 0x9F, 0x98],
    ]

  private static let digits = String(repeating: "1234567890", count: 4)

  /// Invalid bytes placed so that each of them in turn begins at an edge, at the end of a slice and inside one.
  private func fault(_ fault: [UInt8], edges: [Int], offsetStep: Int) -> [Case] {
    var cases: [Case] = []
    for edge in edges {
      for offset in stride(from: 1, through: min(fault.count, 12), by: offsetStep) {
        // Numbers and commas are all skeleton. An odd byte becomes one more digit.
        var slice = Array("[".utf8)
        while slice.count + 2 <= edge - offset { slice += "0,".utf8 }
        if slice.count < edge - offset { slice.insert(UInt8(ascii: "1"), at: min(1, slice.count)) }
        slice += fault
        let name = fault.map { Unicode.Scalar($0).escaped(asASCII: true) }.joined()
        cases.append(Case(name: "\(name) at the end, \(offset) bytes before \(edge)", slice: slice))
        cases.append(Case(name: "\(name), \(offset) bytes before \(edge)", slice: slice + Array(",0]".utf8)))
      }
    }
    return cases
  }
}
