import Testing
import ZminCPU
import ZminCore
import ZminEngine
import ZminTestSupport

/// The exact position and message of the first error, from every kernel and for every window size.
@Suite struct MessageTests {
  struct Case: Sendable {
    let input: [UInt8]
    let format: Format
    let description: String

    init(_ text: String, _ format: Format, _ description: String) {
      input = Array(text.utf8)
      self.format = format
      self.description = description
    }

    init(_ text: String, _ description: String) { self.init(text, .json, description) }

    init(bytes: [UInt8], _ description: String) {
      input = bytes
      format = .json
      self.description = description
    }
  }

  static let cases = textCases + byteCases

  static let textCases: [Case] = [
    Case("", "1:1: empty input: a value expected (byte 0)"),
    Case(" \n\n ", "3:2: empty input: a value expected (byte 4)"),
    Case("[01]", "1:3: leading zero in number (byte 2)"),
    Case("[\n-01]", "2:3: leading zero in number (byte 4)"),
    Case("[1,]", "1:4: trailing comma in array (byte 3)"),
    Case("{\"a\":1,\n}", "2:1: trailing comma in object (byte 8)"),
    Case("[\n {\"a\": \"x\n", "2:10: control character 0x0A in string (opened at line 2, column 8) (byte 11)"),
    Case("[\n\n        \"abc", "3:13: string not closed (opened at line 3, column 9) (byte 15)"),
    Case("1 2", "1:3: two values (byte 2)"),
    Case("{}{}", "1:3: two values (byte 2)"),
    Case("1 2\n", .ndjson, "1:3: two values on one line (byte 2)"),
    Case("{\n}", .ndjson, "1:2: value not finished at the end of its line (byte 1)"),
    Case("tru e", "1:4: misspelt literal: byte 0x20 (only true, false and null are JSON) (byte 3)"),
    Case("1.x", "1:3: digit expected after the decimal point of a number, found 'x' (byte 2)"),
    Case("-x", "1:2: digit expected after the minus sign of a number, found 'x' (byte 1)"),
    Case("1e+]", "1:4: digit expected after the exponent of a number, found ']' (byte 3)"),
    Case("truefalse", "1:5: unexpected 'f' after a number or literal (byte 4)"),
    Case("[1}", "1:3: '}' found where an array is to be closed (byte 2)"),
    Case("[]]", "1:3: ']' closes nothing (byte 2)"),
    Case("{\"a\" 1}", "1:6: ':' expected, found '1' (byte 5)"),
    Case("{1:2}", "1:2: string or '}' expected, found '1' (byte 1)"),
    Case("{\"a\":1 \"b\":2}", "1:8: ',' or '}' expected, found '\"' (byte 7)"),
    Case("\"\\x\"", "1:3: invalid escape: 'x' after a backslash (byte 2)"),
    Case("\"\\u12g4\"", "1:6: invalid escape: 'g' where \\u needs four hexadecimal digits (byte 5)"),
    Case("[NaN]", "1:2: NaN is not JSON (byte 1)"),
    Case("[-Infinity]", "1:3: Infinity is not JSON (byte 2)"),
    Case("[1, // one\n2]", "1:5: comments are not JSON (byte 4)"),
    Case("{/* none */}", "1:2: comments are not JSON (byte 1)"),
    Case(
      "\u{1E}{}\n",
      "1:1: record separators (RFC 7464) are not JSON (byte 0)"),
    Case("[\u{FEFF}]", "1:2: byte order mark inside the input (byte 1)"),
  ]

  static let byteCases: [Case] = [
    Case(bytes: [0xEF, 0xBB], "1:3: empty input: a value expected (byte 2)"),
    Case(bytes: [0xEF, 0xBB, 0x31], "1:3: value expected, found '1' (byte 2)"),
    Case(bytes: [0xEF, 0xBB, 0xBF], "1:4: empty input: a value expected (byte 3)"),
    Case(bytes: [0x22, 0xC0, 0xAF, 0x22], "1:2: invalid UTF-8 in string: byte 0xC0 (byte 1)"),
    Case(
      bytes: [0x22, 0xED, 0xA0, 0x80, 0x22],
      "1:3: invalid UTF-8 in string: byte 0xED followed by byte 0xA0 (byte 2)"),
    Case(bytes: [0x22, 0xC3, 0xA9, 0xA9, 0x22], "1:4: invalid UTF-8 in string: byte 0xA9 (byte 3)"),
    Case(
      bytes: [0x22, 0x66, 0xE9, 0x22],
      "1:4: incomplete UTF-8 sequence in string: byte 0xE9 begins one of 3 bytes, found '\"' (byte 3)"),
    Case(
      bytes: [0x22, 0xF0, 0x9F, 0x98, 0x61],
      "1:5: incomplete UTF-8 sequence in string: byte 0xF0 begins one of 4 bytes, found 'a' (byte 4)"),
    Case("version https://git-lfs.github.com/spec/v1\n", "1:1: Git LFS pointer, not JSON (byte 0)"),
    Case("version https://git-scm.com/", "1:1: value expected, found 'v' (byte 0)"),
    Case("{identifier: 1}", "1:2: keys without double quotes are not JSON (byte 1)"),
    Case("[undefined]", "1:2: undefined is not JSON, which has null (byte 1)"),
    Case("[1, False]", "1:5: False is not JSON, which has false (byte 4)"),
    Case(
      bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "1:1: gzip data, not JSON (byte 0)"),
    Case(bytes: [0x28, 0xB5, 0x2F, 0xFD, 4], "1:1: zstd data, not JSON (byte 0)"),
    Case(bytes: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "1:1: xz data, not JSON (byte 0)"),
    Case("BZh91AY&SY", "1:1: bzip2 data, not JSON (byte 0)"),
    Case(
      bytes: [0xFF, 0xFE, 0x5B, 0, 0x5D, 0],
      "1:1: UTF-16LE text, but JSON is UTF-8 (byte 0)"),
    Case(
      bytes: [0x5B, 0, 0x5D, 0], "1:2: UTF-16LE text, but JSON is UTF-8 (byte 1)"),
    Case(
      bytes: [0, 0x5B, 0, 0x5D], "1:1: UTF-16BE text, but JSON is UTF-8 (byte 0)"),
    Case(
      bytes: [0x5B, 0, 0, 0, 0x5D, 0, 0, 0],
      "1:2: UTF-32LE text, but JSON is UTF-8 (byte 1)"),
    Case(
      bytes: [0, 0, 0, 0x5B, 0, 0, 0, 0x5D],
      "1:1: UTF-32BE text, but JSON is UTF-8 (byte 0)"),
  ]

  @Test("No message of the library names an option or a command") func withoutCommands() {
    for test in Self.cases {
      #expect(!test.description.contains("--") && !test.description.contains("zmin"), "\(test.description)")
    }
  }

  @Test("The message does not depend on kernel and window size", arguments: Kernel.available)
  func everyCaseInEveryWindow(_ kernel: Kernel) throws {
    for test in Self.cases {
      var runner = try MinifierRunner(MinifierOptions(format: test.format, kernel: kernel))
      #expect(try runner.run(test.input).error?.description == test.description, "\(readable(test.input))")
      for windowBytes in 1...max(1, test.input.count) {
        let error = try runner.run(test.input) { windowBytes }.error
        #expect(error?.description == test.description, "\(readable(test.input)) in windows of \(windowBytes)")
      }
    }
  }

  @Test("Errors far into an input, in vector code, agree with the oracle", arguments: Kernel.available)
  func everyCaseFarIn(_ kernel: Kernel) throws {
    let before = Array("[\"\(String(repeating: "é\\u00e9 ", count: 300))\",\n".utf8)
    let after = Array(String(repeating: ",{\"a\":[1, 2.5]}", count: 100).utf8) + [UInt8(ascii: "]")]
    for test in Self.cases where test.format == .json && !test.input.isEmpty {
      let input = before + test.input + after
      let options = MinifierOptions(kernel: kernel)
      var runner = try MinifierRunner(options)
      #expect(disagreement(of: try runner.run(input), with: input, options) == nil)
      for windowBytes in [600, 1000, 1024, 2000] {
        let inWindows = try runner.run(input) { windowBytes }
        #expect(try runner.run(input).error == inWindows.error, "\(readable(test.input)), \(windowBytes)")
      }
    }
  }

  @Test("A leading byte order mark is dropped for every window size", arguments: Kernel.available)
  func byteOrderMark(_ kernel: Kernel) throws {
    for validates in [true, false] {
      var runner = try MinifierRunner(MinifierOptions(validates: validates, kernel: kernel))
      for windowBytes in [1, 2, 3, 4, 100] {
        let minified = try runner.run([0xEF, 0xBB, 0xBF] + Array("[ 1 ]".utf8)) { windowBytes }
        #expect(minified == Minified(output: Array("[1]".utf8)))
      }
    }
    var unchecked = try MinifierRunner(MinifierOptions(validates: false, kernel: kernel))
    for windowBytes in [1, 2, 100] {
      #expect(try unchecked.run([0xEF, 0xBB, 0x20]) { windowBytes }.output == [0xEF, 0xBB])
      #expect(try unchecked.run([0xEF]) { windowBytes }.output == [0xEF])
    }
  }
}
