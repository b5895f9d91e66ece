import Testing
import ZminCore
import ZminTestSupport

/// An input and its expected error.
struct GrammarCase: Sendable, CustomTestStringConvertible {
  let input: [UInt8]
  let format: Format
  /// The offset of the error, nil if the input is valid.
  let offset: Int?
  /// The message, nil if only the offset matters.
  let message: String?

  init(_ input: [UInt8], _ format: Format = .json, at offset: Int?, _ message: String? = nil) {
    self.input = input
    self.format = format
    self.offset = offset
    self.message = message
  }

  init(_ text: String, _ format: Format = .json, at offset: Int?, _ message: String? = nil) {
    self.init(Array(text.utf8), format, at: offset, message)
  }

  var testDescription: String { "\(format) \(readable(input))" }
}

/// Each rule of the grammar, kept and broken, with offsets and messages derived by hand.
@Suite struct GrammarRuleTests {
  static let all = structure + numbers + literals + strings + unicode + formats

  @Test("Reference and oracle find the expected first error", arguments: all)
  func rule(_ rule: GrammarCase) throws {
    var runner = try ReferenceRunner()
    let result = try runner.run(rule.input, rule.format, depthMax: 3)
    #expect(result.errorOffset == rule.offset)
    #expect(Oracle(rule.input, rule.format, depthMax: 3).errorOffset == rule.offset)
    if let message = rule.message {
      let found = result.fault?.message(opened: "line 1, column \((result.openQuote ?? -1) + 1)")
      #expect(found == message)
    }
  }

  static let structure = [
    GrammarCase("", at: 0, "empty input: a value expected"),
    GrammarCase(" \t\r\n", at: 4, "empty input: a value expected"),
    GrammarCase("[]", at: nil), GrammarCase("{}", at: nil), GrammarCase(" [ ] ", at: nil),
    GrammarCase("[1,[],{\"a\":{}}]", at: nil),
    GrammarCase("{\"a\":1,\"a\":2}", at: nil),
    GrammarCase("[", at: 1, "input ends inside an array"),
    GrammarCase("[[1,2]", at: 6, "input ends inside an array"),
    GrammarCase("{", at: 1, "input ends inside an object"),
    GrammarCase("{\"a\"", at: 4, "input ends inside an object"),
    GrammarCase("{\"a\":", at: 5, "input ends inside an object"),
    GrammarCase("[1,]", at: 3, "trailing comma in array"),
    GrammarCase("{\"a\":1,}", at: 7, "trailing comma in object"),
    GrammarCase("{\"a\":1,]", at: 7, "string expected, found ']'"),
    GrammarCase("[1,}", at: 3, "value expected, found '}'"),
    GrammarCase("[,1]", at: 1, "value or ']' expected, found ','"),
    GrammarCase("[1,,2]", at: 3, "value expected, found ','"),
    GrammarCase("[1 2]", at: 3, "',' or ']' expected, found '2'"),
    GrammarCase("[1:2]", at: 2, "',' or ']' expected, found ':'"),
    GrammarCase("[\"a\":1]", at: 4, "',' or ']' expected, found ':'"),
    GrammarCase("[1,\"a\":2]", at: 6, "',' or ']' expected, found ':'"),
    GrammarCase("{\"a\":1,\"b\",", at: 10, "':' expected, found ','"),
    GrammarCase("{\"a\":\"b\":1}", at: 8, "',' or '}' expected, found ':'"),
    GrammarCase("[1}", at: 2, "'}' found where an array is to be closed"),
    GrammarCase("{\"a\":1]", at: 6, "']' found where an object is to be closed"),
    GrammarCase("[}", at: 1, "'}' found where an array is to be closed"),
    GrammarCase("{]", at: 1, "']' found where an object is to be closed"),
    GrammarCase("]", at: 0, "value expected, found ']'"),
    GrammarCase("[]]", at: 2, "']' closes nothing"),
    GrammarCase("1}", at: 1, "'}' closes nothing"),
    GrammarCase(",", at: 0, "value expected, found ','"),
    GrammarCase("1,", at: 1, "end of input expected, found ','"),
    GrammarCase("{1:2}", at: 1, "string or '}' expected, found '1'"),
    GrammarCase("{a:2}", at: 1, "string or '}' expected, found 'a'"),
    GrammarCase("{,}", at: 1, "string or '}' expected, found ','"),
    GrammarCase("{\"a\"}", at: 4, "':' expected, found '}'"),
    GrammarCase("{\"a\",", at: 4, "':' expected, found ','"),
    GrammarCase("{\"a\" 1}", at: 5, "':' expected, found '1'"),
    GrammarCase("{\"a\"::1}", at: 5, "value expected, found ':'"),
    GrammarCase("{\"a\":}", at: 5, "value expected, found '}'"),
    GrammarCase("{\"a\":1 \"b\":2}", at: 7, "',' or '}' expected, found '\"'"),
    GrammarCase("{\"a\":1,2}", at: 7, "string expected, found '2'"),
    GrammarCase("{\"a\":1:2}", at: 6, "',' or '}' expected, found ':'"),
    GrammarCase("[[[]]]", at: nil),
    GrammarCase("[[[[]]]]", at: 3, "nested deeper than 3 levels"),
    GrammarCase("[{\"a\":[{}]}]", at: 7, "nested deeper than 3 levels"),
    GrammarCase("[[[1[", at: 4, "',' or ']' expected, found '['"),
    GrammarCase("/* */1", at: 0, "value expected, found '/'"),
    GrammarCase("\u{0C}1", at: 0, "value expected, found byte 0x0C"),
    GrammarCase("\u{A0}1", at: 0, "value expected, found byte 0xC2"),
    GrammarCase([0xFF], at: 0, "value expected, found byte 0xFF"),
  ]

  static let numbers = [
    GrammarCase("0", at: nil), GrammarCase("-0", at: nil), GrammarCase("-0.0e-0", at: nil), GrammarCase("10", at: nil),
    GrammarCase("1.5E+10", at: nil), GrammarCase("1e1", at: nil), GrammarCase("9007199254740993", at: nil),
    GrammarCase("[01]", at: 2, "leading zero in number"),
    GrammarCase("-00", at: 2, "leading zero in number"),
    GrammarCase("-", at: 1, "input ends inside a number or literal"),
    GrammarCase("1.", at: 2, "input ends inside a number or literal"),
    GrammarCase("1e", at: 2, "input ends inside a number or literal"),
    GrammarCase("1e+", at: 3, "input ends inside a number or literal"),
    GrammarCase("[-]", at: 2, "digit expected after the minus sign of a number, found ']'"),
    GrammarCase("--1", at: 1, "digit expected after the minus sign of a number, found '-'"),
    GrammarCase("- 1", at: 1, "digit expected after the minus sign of a number, found byte 0x20"),
    GrammarCase("[1.]", at: 3, "digit expected after the decimal point of a number, found ']'"),
    GrammarCase("1.e1", at: 2, "digit expected after the decimal point of a number, found 'e'"),
    GrammarCase("[1e]", at: 3, "digit expected after the exponent of a number, found ']'"),
    GrammarCase("1e+-1", at: 3, "digit expected after the exponent of a number, found '-'"),
    GrammarCase(".5", at: 0, "value expected, found '.'"),
    GrammarCase("+1", at: 0, "value expected, found '+'"),
    GrammarCase("1.2.3", at: 3, "unexpected '.' after a number or literal"),
    GrammarCase("1e2.3", at: 3, "unexpected '.' after a number or literal"),
    GrammarCase("1e2e3", at: 3, "unexpected 'e' after a number or literal"),
    GrammarCase("0x1", at: 1, "unexpected 'x' after a number or literal"),
    GrammarCase("1-2", at: 1, "unexpected '-' after a number or literal"),
    GrammarCase("1a", at: 1, "unexpected 'a' after a number or literal"),
  ]

  static let literals = [
    GrammarCase("true", at: nil), GrammarCase("false", at: nil), GrammarCase("null", at: nil),
    GrammarCase("tru", at: 3, "input ends inside a number or literal"),
    GrammarCase("[tru]", at: 4, "misspelt literal: ']' (only true, false and null are JSON)"),
    GrammarCase("tru e", at: 3, "misspelt literal: byte 0x20 (only true, false and null are JSON)"),
    GrammarCase("nil", at: 1, "misspelt literal: 'i' (only true, false and null are JSON)"),
    GrammarCase("fAlse", at: 1, "misspelt literal: 'A' (only true, false and null are JSON)"),
    GrammarCase("True", at: 0, "value expected, found 'T'"),
    GrammarCase("NaN", at: 0, "value expected, found 'N'"),
    GrammarCase("-Infinity", at: 1, "digit expected after the minus sign of a number, found 'I'"),
    GrammarCase("truefalse", at: 4, "unexpected 'f' after a number or literal"),
    GrammarCase("nulll", at: 4, "unexpected 'l' after a number or literal"),
  ]

  static let strings = [
    GrammarCase("\"\"", at: nil), GrammarCase("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00Ea\"", at: nil),
    GrammarCase("\"\\ud800\"", at: nil), GrammarCase("\"\\udc00\\ud800\"", at: nil), GrammarCase("\"\u{7F}\"", at: nil),
    GrammarCase("\"", at: 1, "string not closed (opened at line 1, column 1)"),
    GrammarCase("[\"abc", at: 5, "string not closed (opened at line 1, column 2)"),
    GrammarCase("[\"a\",\"\\", at: 7, "string not closed (opened at line 1, column 6)"),
    GrammarCase("\"\\u00", at: 5, "string not closed (opened at line 1, column 1)"),
    GrammarCase("'a'", at: 0, "value expected, found '''"),
    GrammarCase("[\"a\tb\"]", at: 3, "control character 0x09 in string (opened at line 1, column 2)"),
    GrammarCase("\"a\nb\"", at: 2, "control character 0x0A in string (opened at line 1, column 1)"),
    GrammarCase("\"\0\"", at: 1, "control character 0x00 in string (opened at line 1, column 1)"),
    GrammarCase("\"\\a\"", at: 2, "invalid escape: 'a' after a backslash"),
    GrammarCase("\"\\U0000\"", at: 2, "invalid escape: 'U' after a backslash"),
    GrammarCase("\"\\\n\"", at: 2, "invalid escape: byte 0x0A after a backslash"),
    GrammarCase("\"\\u00g0\"", at: 5, "invalid escape: 'g' where \\u needs four hexadecimal digits"),
    GrammarCase("\"\\u00\"", at: 5, "invalid escape: '\"' where \\u needs four hexadecimal digits"),
    GrammarCase("\"a\"b", at: 3, "end of input expected, found 'b'"),
    GrammarCase("\\\"a\"", at: 0, "value expected, found '\\'"),
  ]

  static let unicode = [
    GrammarCase("\"é€😀\u{10FFFF}\u{D7FF}\u{E000}\"", at: nil),
    utf8([0x80], at: 1), utf8([0xBF], at: 1), utf8([0xC0, 0x80], at: 1), utf8([0xC1, 0xBF], at: 1),
    utf8([0xC2, 0x7F], at: 2), utf8([0xC2, 0xC0], at: 2),
    utf8([0xE0, 0x9F, 0xBF], at: 2), utf8([0xE1, 0x80, 0x22], at: 3),
    utf8([0xED, 0xA0, 0x80], at: 2), utf8([0xED, 0xBF, 0xBF], at: 2),
    utf8([0xF0, 0x8F, 0xBF, 0xBF], at: 2), utf8([0xF0, 0x90, 0x80, 0x7F], at: 4),
    utf8([0xF4, 0x90, 0x80, 0x80], at: 2), utf8([0xF5, 0x80, 0x80, 0x80], at: 1), utf8([0xFF], at: 1),
    GrammarCase([0x22, 0xE2, 0x82], at: 3, "string not closed (opened at line 1, column 1)"),
  ]

  private static func utf8(_ bytes: [UInt8], at offset: Int) -> GrammarCase {
    let input = [0x22] + bytes + [0x22]
    let faulty = String(input[offset], radix: 16, uppercase: true)
    let shown = input[offset] == 0x22 ? "'\"'" : input[offset] == 0x7F ? "byte 0x7F" : "byte 0x\(faulty)"
    return GrammarCase(input, at: offset, "invalid UTF-8 in string: \(shown)")
  }

  static let formats = [
    GrammarCase("1 2", at: 2, "two values"),
    GrammarCase("{}\n{}", at: 3, "two values"),
    GrammarCase("\"a\"\"b\"", at: 3, "two values"),
    GrammarCase("", .ndjson, at: nil), GrammarCase("\n\r\n \n", .ndjson, at: nil),
    GrammarCase("1\n2\r\n\n3", .ndjson, at: nil),
    GrammarCase("1 2\n", .ndjson, at: 2, "two values on one line"),
    GrammarCase("1\r2\n", .ndjson, at: 2, "two values on one line"),
    GrammarCase("[1,\n2]\n", .ndjson, at: 3, "value not finished at the end of its line"),
    GrammarCase("[\n", .ndjson, at: 1, "value not finished at the end of its line"),
    GrammarCase("{\"a\"\n", .ndjson, at: 4, "value not finished at the end of its line"),
    GrammarCase("tru\n", .ndjson, at: 3, "misspelt literal: byte 0x0A (only true, false and null are JSON)"),
    GrammarCase("\"a\n", .ndjson, at: 2, "control character 0x0A in string (opened at line 1, column 1)"),
    GrammarCase("1\n[", .ndjson, at: 3, "input ends inside an array"),
    GrammarCase("1\n]", .ndjson, at: 2, "value expected, found ']'"),
    GrammarCase("", .concat, at: nil), GrammarCase(" \n", .concat, at: nil),
    GrammarCase("1 2\n3[]{}\"a\"\"b\"4", .concat, at: nil),
    GrammarCase("12true", .concat, at: 2, "unexpected 't' after a number or literal"),
    GrammarCase("null1", .concat, at: 4, "unexpected '1' after a number or literal"),
    GrammarCase("01", .concat, at: 1, "leading zero in number"),
    GrammarCase("1,2", .concat, at: 1), GrammarCase("[] ]", .concat, at: 3, "']' closes nothing"),
    GrammarCase("[1,\"a\" 2]", .concat, at: 7, "',' or ']' expected, found '2'"),
    GrammarCase("{\"a\":1 [", .concat, at: 7, "',' or '}' expected, found '['"),
    GrammarCase("[1,\"a\"\n", .ndjson, at: 6, "value not finished at the end of its line"),
    GrammarCase("[1 2]", .concat, at: 3, "',' or ']' expected, found '2'"),
    GrammarCase("1:", .concat, at: 1),
  ]
}
