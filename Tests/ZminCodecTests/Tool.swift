import Foundation

/// A codec's own program, run over bytes.
enum Tool {
  static func isInstalled(_ name: String) -> Bool {
    (try? run("sh", ["-c", "command -v \(name)"], [])) != nil
  }

  /// Standard output of a program that gets `input` on standard input.
  static func run(_ name: String, _ arguments: [String], _ input: [UInt8]) throws -> [UInt8] {
    let (process, source, sink) = (Process(), Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardInput = source
    process.standardOutput = sink
    try process.run()
    // A thread writes while this one reads, as neither pipe holds everything.
    let bytes = Data(input)
    Thread { [source] in
      try? source.fileHandleForWriting.write(contentsOf: bytes)
      try? source.fileHandleForWriting.close()
    }.start()
    let output = try sink.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(name: name, status: process.terminationStatus) }
    return [UInt8](output)
  }

  struct Failure: Error {
    let name: String
    let status: Int32
  }
}
