import Foundation
import SystemPackage
import Testing
import Zmin
@testable import ZminBench
import ZminCore
import ZminEngine
import ZminIO

/// Generated documents match their descriptions.
@Suite("Bench documents") struct BenchDocumentTests {
  private static let byteCount = 150_000

  private static func options(_ kind: DocumentKind) -> MinifierOptions {
    MinifierOptions(format: kind.isLines ? .ndjson : .json)
  }

  /// Counts independently of the tested code, finding strings by a regular expression.
  private static func count(_ bytes: [UInt8]) -> (whitespace: Int, strings: Int, nonASCII: Int, elements: Int) {
    let text = String(decoding: bytes, as: UTF8.self)
    var (strings, outside) = (0, "")
    var rest = text[...]
    while let match = rest.firstMatch(of: /"(?:[^"\\]|\\.)*"/) {
      strings += match.output.utf8.count
      outside += rest[..<match.range.lowerBound]
      rest = rest[match.range.upperBound...]
    }
    outside += rest
    return (
      outside.utf8.count { " \t\n\r".utf8.contains($0) }, strings, bytes.count { $0 > 0x7F },
      outside.utf8.count { "[]{},".utf8.contains($0) }
    )
  }

  @Test("A document has the requested size, is valid, and depends only on its seed", arguments: DocumentKind.allCases)
  func contents(_ kind: DocumentKind) throws {
    let document = DocumentWriter.document(kind, byteCount: Self.byteCount, seed: 3)
    #expect((Self.byteCount...Self.byteCount + 20_000).contains(document.count))
    try validate(document, options: Self.options(kind))
    #expect(document == DocumentWriter.document(kind, byteCount: Self.byteCount, seed: 3))
    #expect(document != DocumentWriter.document(kind, byteCount: Self.byteCount, seed: 4))
    let small = DocumentWriter.document(kind, byteCount: 1, seed: 3)
    try validate(small, options: Self.options(kind))
    #expect(small.count < 10_000)
  }

  @Test("The description of a document matches an independent count", arguments: DocumentKind.ofBench)
  func description(_ kind: DocumentKind) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "zmin-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    var plan = BenchPlan(
      sources: [.generated(kind, byteCount: Self.byteCount)], paths: [.cpu], workers: 1,
      scratchDirectory: FilePath(directory.path))
    plan.seed = 3
    let document = try BenchDocument(plan.sources[0], plan: plan, heldBytesMax: 1 << 30, files: FileAccess())
    let bytes = DocumentWriter.document(kind, byteCount: Self.byteCount, seed: 3)
    #expect(try Data(contentsOf: URL(filePath: document.path.string)) == Data(bytes))
    #expect(document.bytes.map(Array.init) == bytes)
    let (found, counted) = (document.description, Self.count(bytes))
    let size = Double(bytes.count)
    #expect(found.name == kind.rawValue && found.bytes == bytes.count)
    #expect(found.whitespaceShare == Double(counted.whitespace) / size)
    #expect(found.stringShare == Double(counted.strings) / size)
    #expect(found.nonASCIIShare == Double(counted.nonASCII) / size)
    #expect(abs(found.elementsPerKilobyte - 1000 * Double(counted.elements) / size) < 1e-9)
    #expect(try found.outputBytes == minify(bytes, options: Self.options(kind)).count)
  }

  @Test("Each kind of document has its own extreme")
  func kinds() throws {
    let facts = Dictionary(
      uniqueKeysWithValues: DocumentKind.ofBench.map { kind in
        var facts = DocumentFacts()
        DocumentWriter.document(kind, byteCount: Self.byteCount, seed: 1).withUnsafeBytes { facts.append($0) }
        return (kind, facts)
      })
    let share = { (kind: DocumentKind, bytes: (DocumentFacts) -> Int) in facts[kind].map { $0.share(bytes($0)) } ?? -1 }
    #expect(share(.pretty, \.whitespaceBytes) > 0.25 && share(.minified, \.whitespaceBytes) == 0)
    #expect(share(.numbers, \.stringBytes) == 0 && share(.text, \.stringBytes) > 0.9)
    #expect(share(.cjk, \.nonASCIIBytes) > 0.4 && share(.pretty, \.nonASCIIBytes) == 0)
    let elements = facts.mapValues(\.elementsPerKilobyte)
    #expect(elements.max { $0.value < $1.value }?.key == .nested)
    let nested = DocumentWriter.document(.nested, byteCount: Self.byteCount, seed: 1)
    #expect(throws: ZminError.self) { try validate(nested, options: MinifierOptions(depthMax: 200)) }
    let escapes = DocumentWriter.document(.escapes, byteCount: Self.byteCount, seed: 1)
    #expect(escapes.count { $0 == UInt8(ascii: "\\") } > escapes.count / 8)
  }
}
