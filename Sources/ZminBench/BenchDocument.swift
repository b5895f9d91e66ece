import SystemPackage
import ZminCPU
import ZminCodec
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory

/// An input file, its expected output and, unless it is too large, its bytes in memory.
final class BenchDocument {
  let name: String
  let format: Format
  let path: FilePath
  let facts: DocumentFacts
  /// The output that every path must give.
  let expected: Output
  /// The bytes, nil if the document is empty or too large to hold.
  var bytes: UnsafeRawBufferPointer? { held.map { UnsafeRawBufferPointer($0.bytes) } }
  private let held: HeldMemory?
  /// The owner of a generated or decoded file, which it removes at the end.
  private let scratch: ScratchFile?

  /// The length and hash of an output.
  struct Output: Equatable {
    var byteCount = 0
    var hash = OutputHash().value
  }

  /// The document is not valid JSON and cannot be timed.
  struct Invalid: Error {
    let file: FileName
    let problem: InvalidJSON
  }

  private static let pieceBytes = 1 << 20

  /// Generates or opens the document, counts what it is made of, and computes the expected output.
  ///
  /// - Parameter heldBytesMax: The largest document that is held in memory.
  /// - Throws: ``FileError``, `OutOfMemory`, ``Invalid``, ``VerificationDifference``.
  init(_ source: BenchPlan.Source, plan: BenchPlan, heldBytesMax: Int, files: FileAccess) throws {
    let made: (String, FilePath)
    var scratch: ScratchFile?
    switch source {
    case .file(let path, _):
      scratch = try Self.decoded(path, plan, files)
      made = (plan.name(of: path), scratch?.path ?? path)
    case .generated(let kind, let byteCount):
      let file = try ScratchFile(in: plan.scratchDirectory, for: "bench-\(kind.rawValue)", using: files)
      try Self.checkSpace(for: 2 * byteCount, file, plan.scratchDirectory)
      try Self.write(kind, byteCount, seed: plan.seed, to: file.path, files)
      made = (kind.rawValue, file.path)
      scratch = file
    }
    (name, path) = made
    format = source.format
    let input = try FileReader(path, using: files)
    let byteCount = Int(input.file.storedBytes ?? 0)
    held = try byteCount > 0 && byteCount <= heldBytesMax ? HeldMemory(byteCount: byteCount) : nil
    facts = try Self.read(input, into: held?.bytes)
    expected = try Self.reference(path, format, files)
    self.scratch = scratch
  }

  /// Decodes a compressed file, since the paths are to be timed and not the decoder. Nil if the file is plain.
  private static func decoded(_ path: FilePath, _ plan: BenchPlan, _ files: FileAccess) throws -> ScratchFile? {
    var stored = try FileReader(path, using: files)
    guard let codec = try stored.codec() else { return nil }
    let file = try ScratchFile(in: plan.scratchDirectory, for: "bench-decoded", using: files)
    var source = try DecodedSource(
      stored, codec, decoderBytesMax: MachineLimits(using: files).decoderBytesMax, ledger: MemoryLedger())
    var output = try OutputFile(at: file.path, using: files, sync: .never)
    var piece = [UInt8](repeating: 0, count: pieceBytes)
    while case let count = try piece.withUnsafeMutableBytes({ try source.read(into: $0) }), count > 0 {
      try piece.withUnsafeBytes { try output.write(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
    }
    try output.commit()
    return file
  }

  private static func checkSpace(for byteCount: Int, _ file: ScratchFile, _ directory: FilePath) throws {
    guard let freeBytes = file.freeBytes, freeBytes < Int64(byteCount) else { return }
    throw FileError.system(SystemError(action: .write, file: .path(directory), errno: .noSpace))
  }

  private static func write(
    _ kind: DocumentKind, _ byteCount: Int, seed: UInt64, to path: FilePath, _ files: FileAccess
  ) throws {
    var writer = DocumentWriter(kind, byteCount: byteCount, seed: seed)
    var output = try OutputFile(at: path, using: files, sync: .never)
    while let piece = writer.nextPiece() {
      try files.checkInterruption()
      try piece.withUnsafeBytes { try output.write($0) }
    }
    try output.commit()
  }

  /// Reads the document, counts what it is made of, and copies it to `memory` if given.
  private static func read(
    _ input: borrowing FileReader, into memory: UnsafeMutableRawBufferPointer?
  ) throws -> DocumentFacts {
    var facts = DocumentFacts()
    var piece = [UInt8](repeating: 0, count: pieceBytes)
    while true {
      let count = try piece.withUnsafeMutableBytes { buffer in
        let count = try input.read(into: buffer, at: Int64(facts.byteCount))
        let bytes = UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
        if let memory, facts.byteCount + count <= memory.count {
          UnsafeMutableRawBufferPointer(rebasing: memory[facts.byteCount...]).copyMemory(from: bytes)
        }
        facts.append(bytes)
        return count
      }
      if count == 0 { return facts }
    }
  }

  /// The output of the portable kernel. Each window is compared with the reference's output.
  private static func reference(_ path: FilePath, _ format: Format, _ files: FileAccess) throws -> Output {
    var options = MinifierOptions(format: format, kernel: Kernel.named("portable") ?? .fastest)
    options.verification = .whole
    var run = try WindowedRun(options, windowBytes: pieceBytes, ledger: MemoryLedger())
    var input = try FileReader(path, using: files)
    var output = HashedOutput()
    switch try run.run(from: &input, to: &output) {
    case .complete: return output.value
    case .invalid(let problem, _): throw Invalid(file: .path(path), problem: problem)
    }
  }

  /// The length and hash of a file.
  ///
  /// - Throws: ``FileError``.
  static func output(at path: FilePath, _ files: FileAccess) throws -> Output {
    let input = try FileReader(path, using: files)
    var hash = OutputHash()
    var byteCount = 0
    var piece = [UInt8](repeating: 0, count: pieceBytes)
    while true {
      let count = try piece.withUnsafeMutableBytes { buffer in
        let count = try input.read(into: buffer, at: Int64(byteCount))
        hash.append(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
        return count
      }
      if count == 0 { return Output(byteCount: byteCount, hash: hash.value) }
      byteCount += count
    }
  }

  /// The length and hash of `bytes`.
  static func output(_ bytes: UnsafeRawBufferPointer) -> Output {
    var hash = OutputHash()
    hash.append(bytes)
    return Output(byteCount: bytes.count, hash: hash.value)
  }

  /// The document as the report describes it.
  var description: BenchReport.Document {
    BenchReport.Document(
      name: name, format: format.rawValue, bytes: facts.byteCount, outputBytes: expected.byteCount,
      whitespaceShare: facts.share(facts.whitespaceBytes), stringShare: facts.share(facts.stringBytes),
      nonASCIIShare: facts.share(facts.nonASCIIBytes), elementsPerKilobyte: facts.elementsPerKilobyte)
  }
}

/// Memory of the benchmark itself, in a ledger of its own, so that no path is charged for it.
final class HeldMemory {
  private let buffer: ByteBuffer

  /// - Throws: ``OutOfMemory``.
  init(byteCount: Int) throws(OutOfMemory) {
    buffer = try ByteBuffer(byteCount: byteCount, for: .inputWindow, in: MemoryLedger())
  }

  /// The memory. Valid only as long as this object.
  var bytes: UnsafeMutableRawBufferPointer { buffer.bytes }
}

/// A sink that hashes the output and keeps nothing.
private struct HashedOutput: ByteSink {
  private var hash = OutputHash()
  private var byteCount = 0

  var isFinal: Bool { false }
  var value: BenchDocument.Output { BenchDocument.Output(byteCount: byteCount, hash: hash.value) }

  mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) {
    hash.append(bytes)
    byteCount += bytes.count
  }
}
