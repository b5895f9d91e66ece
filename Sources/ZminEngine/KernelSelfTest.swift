package import ZminCPU
package import ZminCore
import ZminMemory

/// Tests a kernel on this machine against the reference: hard cases, in windows of several sizes.
package struct KernelSelfTest {
  /// A case with different results of kernel and reference.
  package struct Difference: Sendable {
    /// The input, as a Swift string literal would show it.
    package let input: String
    package let format: Format
    package let windowBytes: Int
  }

  private let ledger = MemoryLedger()

  package init() {}

  /// Runs all cases through `kernel`.
  ///
  /// - Returns: The first case with a different result, nil if there is none.
  /// - Throws: ``OutOfMemory``.
  package func firstDifference(of kernel: Kernel) throws -> Difference? {
    for text in Self.texts {
      let input = Array(text.utf8)
      for format in Format.allCases {
        let expected = try referenceResult(input, format)
        for windowBytes in [1, 7, 64, 65, input.count] where windowBytes > 0 {
          if try result(of: kernel, input, format, windowBytes) != expected {
            return Difference(input: text.debugDescription, format: format, windowBytes: windowBytes)
          }
        }
      }
    }
    return nil
  }

  /// The minified bytes, or the offset of the first error.
  private enum Verdict: Equatable {
    case bytes([UInt8])
    case error(offset: Int)
  }

  private func result(of kernel: Kernel, _ input: [UInt8], _ format: Format, _ windowBytes: Int) throws -> Verdict {
    var minifier = try Minifier(
      MinifierOptions(format: format, depthMax: Self.depthMax, kernel: kernel), ledger: ledger)
    let output = try ByteBuffer(
      byteCount: Minifier.outputBytes(forInputBytes: windowBytes, format: format), for: .outputWindow, in: ledger)
    var kept: [UInt8] = []
    return try input.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: windowBytes) {
        let window = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + windowBytes, bytes.count)])
        let result = try minifier.minify(window, into: output.bytes)
        if let failure = result.failure { return .error(offset: failure.offset) }
        kept.append(contentsOf: output.bytes.prefix(result.writtenBytes))
      }
      let result = minifier.finish(into: output.bytes)
      if let failure = result.failure { return .error(offset: failure.offset) }
      return .bytes(kept + output.bytes.prefix(result.writtenBytes))
    }
  }

  private func referenceResult(_ input: [UInt8], _ format: Format) throws -> Verdict {
    var state = try DocumentState(ledger: ledger)
    try state.nesting.reserve(input.count)
    var reference = Reference(format: format, depthMax: Self.depthMax)
    let output = try ByteBuffer(
      byteCount: Minifier.outputBytes(forInputBytes: input.count, format: format), for: .outputWindow, in: ledger)
    return input.withUnsafeBytes { bytes in
      if let found = reference.run(&state, bytes, into: output.bytes) { return .error(offset: found.index) }
      if reference.faultAtEnd(state) != nil { return .error(offset: bytes.count) }
      let kept = Array(output.bytes.prefix(reference.written))
      return .bytes(format != .json && state.expectation == .end ? kept + [UInt8(ascii: "\n")] : kept)
    }
  }

  private static let depthMax = 200

  /// Cases that have broken minifiers: long runs of backslashes, escapes and UTF-8 across block ends, numbers and
  /// literals cut in two, deep nesting, and input that is almost JSON.
  private static let texts: [String] = {
    var texts = [
      "", " ", "0", "-", "-0", "01", "1e", "1.5E+10 ", "1 2", "tru e", "true", "[1,]", "{\"a\":1,}", "[\"\\\"]", "]",
      "{\"a\" : [ 1 , -2.5e-3 , true , false , null ] , \"\\u00e9\\\\\" : { } }\n", "[\"\\uD800\", \"\\x\"]",
      "{\"a\":1}\r\n\r\n{\"b\":[]}\n[]\n", "[] {} \"\" 1\n2 \"a\"[]", "[1}", "{\"a\",1}", "[\"\u{1}\"]", "nul", "[1 2]",
    ]
    for length in [15, 31, 62, 63, 64, 65, 127, 129] {
      let padding = String(repeating: " ", count: length)
      texts += [
        "[" + padding + "12345.678e9" + padding + "]",
        "[\"" + String(repeating: "\\", count: length) + "\" , 1]",
        "[\"" + String(repeating: "x", count: length) + "é€😀\\u0041\" , \"" + padding + "\"]",
        String(repeating: "[ ", count: length) + String(repeating: " ]", count: length),
        String(repeating: "{\"a\":", count: length) + "0" + String(repeating: "}", count: length),
        String(repeating: "[", count: length) + String(repeating: "]", count: length + 1),
        "{" + padding + "\"k\"" + padding + ":" + padding + "false" + padding + "}" + padding,
        "[" + String(repeating: "1,", count: length) + "tru]",
      ]
    }
    texts.append(String(repeating: "[", count: 201))
    return texts
  }()
}
