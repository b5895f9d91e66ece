import Foundation
import SystemPackage
import Testing
import ZminCommand
import ZminCore
import ZminEngine
import ZminIO
import ZminMemory

/// Every text that users read is that of a file under `Golden`.
@Suite("Golden texts")
struct GoldenTests {
  @Test("Help is that of help.txt")
  func help() throws {
    let calls = [
      ["-h"], ["--help"], ["bench", "--help"], ["devices", "--help"], ["part", "--help"], ["join", "--help"],
    ]
    let text = try calls.map { arguments in
      "$ zmin \(arguments.joined(separator: " "))\n" + (try ZminProgram.run(arguments).output)
    }.joined(separator: "\n")
    #expect(try GoldenFile.text("help.txt", recording: text) == text)
  }

  @Test(
    "A message is that of messages.txt", .enabled(if: !GoldenFile.isRecording),
    arguments: GoldenFile.isRecording ? [] : try MessageCase.read("messages.txt"))
  func message(_ expected: MessageCase) throws {
    let run = try expected.run()
    #expect(run.errors == expected.errors)
    #expect(run.exitCode == expected.exitCode)
  }

  @Test("messages.txt is written anew", .enabled(if: GoldenFile.isRecording))
  func recordMessages() throws {
    let text = try MessageCase.read("messages.txt").map { expected in
      var expected = expected
      (expected.errors, expected.exitCode) = try expected.run()
      return expected.text
    }.joined(separator: "\n")
    _ = try GoldenFile.text("messages.txt", recording: text)
  }

  @Test("The message about each error of files, engines and JSON is that of errors.txt")
  func errors() throws {
    let errors = ErrorSamples.all.map { error in
      "\(FailureMessage.text(for: error, input: .path("a.json"))) [\(FailureMessage.status(for: error).code)]\n"
    }
    let faults = ErrorSamples.faults.map { "\($0.message(opened: "line 1, column 2"))\n" }
    let text = (errors + faults).joined()
    #expect(try GoldenFile.text("errors.txt", recording: text) == text)
  }
}

/// An error of each kind. A switch over each enum makes the compiler ask for the sample of a new case.
enum ErrorSamples {
  static let all: [any Error] =
    actions.map { FileError.system(SystemError(action: $0, file: .path("b.json"), errno: .permissionDenied)) }
    + refusals.map { FileError.refused(.path("b.json"), $0) } + files
    + subjects.map { VerificationDifference(offset: 7, subject: $0, paths: ["avx2", "portable"]) }
    + [DeviceFailure("the device is lost"), OutOfMemory(byteCount: 4096, purpose: .inputWindow)]

  private static let files: [FileError] = chain(.brokenPipe(.standardOutput)) { error in
    switch error {
    case .brokenPipe: .inputChanged(.path("b.json"))
    case .inputChanged: .saveKept(.path("b.json"), ".zmin-1-b.json.kept")
    case .saveKept: .interrupted(.cancelled)
    case .interrupted(.cancelled): .interrupted(.hangUp)
    case .interrupted(.hangUp): .interrupted(.interrupt)
    case .interrupted(.interrupt): .interrupted(.terminate)
    // The last two have samples of their own.
    case .interrupted(.terminate), .system, .refused: nil
    }
  }

  private static let refusals: [Refusal] = chain(.standardInput) { refusal in
    switch refusal {
    case .standardInput: .symbolicLink
    case .symbolicLink: .outputLink
    case .outputLink: .notRegularFile
    case .notRegularFile: .unknownSize
    case .unknownSize: .madeMeanwhile
    case .madeMeanwhile: .isInput
    case .isInput: .isFile(ofOption: "--journal")
    case .isFile: .protected
    case .protected: .hardLinks(2)
    case .hardLinks: .mountPoint
    case .mountPoint: nil
    }
  }

  private static let actions: [SystemError.Action] = chain(.open) { action in
    switch action {
    case .open: .read
    case .read: .write
    case .write: .wait
    case .wait: .inspect
    case .inspect: .create
    case .create: .lock
    case .lock: .sync
    case .sync: .close
    case .close: .replace
    case .replace: .list
    case .list: .publish
    case .publish: .resolveLink
    case .resolveLink: .setMode
    case .setMode: .setOwner
    case .setOwner: .setTimes
    case .setTimes: .copyAttributes
    case .copyAttributes: .openDirectory
    case .openDirectory: .syncDirectory
    case .syncDirectory: nil
    }
  }

  private static let subjects: [VerificationDifference.Subject] = chain(.output) { subject in
    switch subject {
    case .output: .verdict
    case .verdict: .state
    case .state: nil
    }
  }

  /// The first value and those that `next` gives, until it gives none.
  private static func chain<Value>(_ first: Value, _ next: @escaping (Value) -> Value?) -> [Value] {
    Array(sequence(first: first, next: next))
  }

  /// Faults of JSON. Those that depend on more than the byte are in `messages.txt`.
  static let faults: [Fault] = chain(.controlCharacterInString(1)) { fault in
    switch fault {
    case .controlCharacterInString: .invalidEscape(0x78)
    case .invalidEscape: .invalidUnicodeEscape(0x67)
    case .invalidUnicodeEscape: .invalidUTF8(0xFF)
    case .invalidUTF8: .brokenUTF8(lead: 0xE9, found: 0x22)
    case .brokenUTF8(_, 0x22): .brokenUTF8(lead: 0xED, found: 0xA0)
    case .brokenUTF8: .leadingZero
    case .leadingZero: .missingDigit(after: .minus, found: 0x61)
    case .missingDigit(.minus, _): .missingDigit(after: .point, found: 0x5D)
    case .missingDigit(.point, _): .missingDigit(after: .exponent, found: 0x5D)
    case .missingDigit(.exponent, _): .misspeltLiteral(found: 0x5D)
    case .misspeltLiteral: .unexpectedAfterScalar(0x61)
    case .unexpectedAfterScalar: .unexpected(0x32, expected: .value)
    case .unexpected: .trailingComma(in: .array)
    case .trailingComma(.array): .trailingComma(in: .object)
    case .trailingComma(.object): .wrongCloser(0x7D, open: .array)
    case .wrongCloser(_, .array): .wrongCloser(0x5D, open: .object)
    case .wrongCloser(_, .object): .unmatchedCloser(0x5D)
    case .unmatchedCloser: .secondValue(.json)
    case .secondValue(.json): .secondValue(.ndjson)
    case .secondValue: .lineFeedInRecord
    case .lineFeedInRecord: .tooDeep(limit: 2)
    case .tooDeep: .empty
    case .empty: .stringNotClosed
    case .stringNotClosed: .endsInScalar
    case .endsInScalar: .notClosed(.array)
    case .notClosed(.array): .notClosed(.object)
    case .notClosed(.object): nil
    }
  }
}
