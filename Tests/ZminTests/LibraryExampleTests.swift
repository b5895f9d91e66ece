import Foundation
import Testing
import Zmin
@testable import ZminExamples

/// The article "Using zmin as a library" and its code in Examples/Snippets.
@Suite struct LibraryExampleTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The code between `// snippet: NAME` and `// end`, by name.
  private static func snippets() throws -> [String: String] {
    var snippets: [String: String] = [:]
    for file in ["WholeInputs.swift", "Streams.swift"] {
      let text = try String(contentsOf: package.appending(path: "Examples/Snippets/\(file)"), encoding: .utf8)
      for part in text.components(separatedBy: "// snippet: ").dropFirst() {
        let lines = part.components(separatedBy: "// end\n")[0].split(separator: "\n", maxSplits: 1)
        snippets[String(lines[0])] = String(lines[1])
      }
    }
    return snippets
  }

  /// The Swift code of the article, block by block.
  private static func blocks() throws -> [String] {
    let article = try String(
      contentsOf: package.appending(path: "Sources/Zmin/Zmin.docc/Library.md"), encoding: .utf8)
    return article.components(separatedBy: "```swift\n").dropFirst().map { block in
      block.components(separatedBy: "```")[0]
    }
  }

  @Test("The code blocks of the article equal the snippets")
  func articleAndSnippetsAreTheSame() throws {
    let snippets = try Self.snippets()
    #expect(snippets.count == 7)
    #expect(Set(try Self.blocks()) == Set(snippets.values))
  }

  @Test("Bytes and text are minified")
  func bytes() throws {
    #expect(try stored(Array("[ 1 ]".utf8)) == Array("[1]".utf8))
    #expect(try shortened("{ \"a\" : 1.0 }") == "{\"a\":1.0}")
  }

  @Test("Each error becomes its HTTP status")
  func errors() {
    #expect(answer(Array("[ 1 ]".utf8)) == (200, "[1]"))
    #expect(answer(Array("[ 1,\n]".utf8)) == (400, "line 2, column 1: trailing comma in array"))
    #expect(answer([UInt8](repeating: 32, count: 1 << 20 + 1)) == (413, "body longer than 1048576 bytes"))
  }

  @Test("Memory and arrays are minified in place")
  func inPlace() throws {
    var bytes = Array("[ 1 ]".utf8)
    #expect(try bytes.withUnsafeMutableBytes { try shorten($0) } == 3)
    bytes = Array("[ 1 ]".utf8)
    try shorten(&bytes)
    #expect(bytes == Array("[1]".utf8))
  }

  @Test("Validation accepts valid records and rejects two values on one line")
  func validation() throws {
    #expect(try isValid(Array("1\n2\n".utf8)))
    #expect(try !isValid(Array("1 2\n".utf8)))
  }

  @Test("A connection minifies its messages and frees its memory")
  func push() throws {
    let ledger = MemoryLedger()
    do {
      var connection = try Connection(ledger: ledger)
      for message in ["[ 1, 2 ]", " {}"] {
        for byte in Array(message.utf8) { try connection.received([byte]) }
        try connection.messageEnded()
      }
      #expect(connection.outgoing == Array("[1,2]{}".utf8))
      #expect(memoryLine(ledger).hasPrefix("zmin holds \(ledger.snapshot().total.currentBytes) bytes"))
    }
    #expect(ledger.snapshot().total.currentBytes == 0)
  }

  @Test("A relay passes on whole records")
  func async() async throws {
    let body = AsyncStream { continuation in
      for chunk in ["{ \"a\"", ": 1}\n [", "2 ]"] { continuation.yield(Array(chunk.utf8)) }
      continuation.finish()
    }
    var sent: [UInt8] = []
    try await relay(body) { sent += $0 }
    #expect(sent == Array("{\"a\":1}\n[2]\n".utf8))
  }
}
