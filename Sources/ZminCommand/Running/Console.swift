import Glibc
import ZminIO

/// Where the program talks to people: lines on standard error, each written at once and with the program's name.
struct Console: Sendable {
  private let calls = LinuxSystemCalls()

  /// Says something. That nobody may be listening is no error.
  func say(_ message: String) {
    write("zmin: \(message)\n")
  }

  /// Says what is wrong with the command line, and where to find what is right.
  func sayUsageError(_ message: String) {
    write("zmin: \(Self.onOneLine(message))\nTry 'zmin --help'.\n")
  }

  /// Writes text as it is.
  func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty, let count = try? calls.write(STDERR_FILENO, rest), count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
    }
  }

  /// What came from the command line may hold anything.
  private static func onOneLine(_ message: String) -> String {
    message.unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.properties.generalCategory == .control {
        text += scalar.escaped(asASCII: true)
      } else {
        text.unicodeScalars.append(RawArgument.isStoredByte(scalar) ? "\u{FFFD}" : scalar)
      }
    }
  }
}
