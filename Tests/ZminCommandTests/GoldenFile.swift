import Foundation
import Testing

/// Files under `Golden`, which hold texts that users read word by word.
///
/// `ZMIN_RECORD=1` writes the files anew. The difference is then for a person to judge.
enum GoldenFile {
  /// True if the files are written rather than compared.
  static let isRecording = ProcessInfo.processInfo.environment["ZMIN_RECORD"] == "1"

  static func url(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
  }

  static func text(_ name: String) throws -> String { try String(contentsOf: url(name), encoding: .utf8) }

  /// The text of the file, after it is written if files are recorded.
  static func text(_ name: String, recording text: @autoclosure () throws -> String) throws -> String {
    if isRecording { try text().write(to: url(name), atomically: true, encoding: .utf8) }
    return try self.text(name)
  }
}

/// A case of `messages.txt`: files, a command line, and what it prints on standard error.
///
///     # A title
///     | shell commands that make the files
///     $ the command line
///     the lines of standard error
///     = the exit code
struct MessageCase: Sendable, CustomTestStringConvertible {
  var title = ""
  var setUp: String?
  var command = ""
  var errors = ""
  var exitCode: Int32 = 0

  var testDescription: String { title }

  /// All cases of a file, in their order.
  static func read(_ name: String) throws -> [MessageCase] {
    try GoldenFile.text(name).split(separator: "\n\n").map { MessageCase(String($0)) }
  }

  private init(_ block: String) {
    for line in block.split(separator: "\n") {
      let rest = String(line.dropFirst(2))
      switch line.prefix(2) {
      case "# " where title.isEmpty: title = rest
      case "| " where command.isEmpty: setUp = rest
      case "$ " where command.isEmpty: command = rest
      case "= ": exitCode = Int32(rest) ?? -1
      default: errors += line + "\n"
      }
    }
  }

  /// The block that ``read(_:)`` reads.
  var text: String {
    "# \(title)\n\(setUp.map { "| \($0)\n" } ?? "")$ \(command)\n\(errors)= \(exitCode)\n"
  }

  /// Runs the command. Figures that vary between runs are replaced in its standard error.
  func run() throws -> (errors: String, exitCode: Int32) {
    let scratch = try Scratch()
    if let setUp { _ = try ZminProgram.shell(setUp, in: scratch) }
    let run = try ZminProgram.shell("export ZMIN; zmin() { \"$ZMIN\" \"$@\"; }\n\(command)", in: scratch)
    guard case .exit(let code) = run.ending else { return ("killed by a signal\n", -1) }
    return (Self.withoutChangingFigures(run.errors), code)
  }

  private static func withoutChangingFigures(_ text: String) -> String {
    text.replacing(/\d+\.\d+ s\b/, with: "N s").replacing(/[\d.]+ [kMG]?B\/s/, with: "N GB/s")
      .replacing(/"seconds":[\d.]+/, with: "\"seconds\":N").replacing(/\.zmin-[0-9a-z]+-/, with: ".zmin-RANDOM-")
      .replacing(/\b(avx512|avx2|neon),\s/, with: "").replacing(/\b\d{5,}\b/, with: "N")
  }
}
