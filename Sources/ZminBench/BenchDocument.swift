import SystemPackage
import ZminCPU
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory

/// A document on the disk, perhaps in memory too, with what it must become.
final class BenchDocument {
  let name: String
  let format: Format
  let path: FilePath
  let facts: DocumentFacts
  /// What every path must make of it.
  let expected: Output
  /// Its bytes, nil where it is too large to be held.
  var bytes: UnsafeRawBufferPointer? { held.map { UnsafeRawBufferPointer($0.bytes) } }
  private let held: HeldMemory?
  /// Removes it, where it was made for the benchmark.
  private let scratch: ScratchFile?

  /// What an output is known by.
  struct Output: Equatable {
    var byteCount = 0
    var hash = OutputHash().value
  }

  /// The document is not valid: there is nothing to time.
  struct Invalid: Error {
    let file: FileName
    let problem: InvalidJSON
  }

  private static let pieceBytes = 1 << 20

  /// - Parameter heldBytesMax: Larger documents are not held in memory.
  /// - Throws: ``FileError``, `OutOfMemory`, ``Invalid``, ``VerificationDifference``.
  init(_ source: BenchPlan.Source, plan: BenchPlan, heldBytesMax: Int, files: FileAccess) throws {
    let made: (String, FilePath)
    var scratch: ScratchFile?
    switch source {
    case .file(let path, _):
      made = (plan.name(of: path), path)
    case .generated(let kind, let byteCount):
      let file = try ScratchFile(in: plan.scratchDirectory, for: "bench-\(kind.rawValue)", using: files)
      try Self.checkRoom(for: 2 * byteCount, file, plan.scratchDirectory)
      try Self.write(kind, byteCount, seed: plan.seed, to: file.path, files)
      made = (kind.rawValue, file.path)
      scratch = file
    }
    (name, path) = made
    format = source.format
    let input = try FileReader(path, using: files)
    let byteCount = Int(input.file.storedBytes ?? 0)
    held = try byteCount > 0 && byteCount <= heldBytesMax ? HeldMemory(byteCount: byteCount) : nil
    facts = try Self.look(at: input, into: held?.bytes)
    expected = try Self.reference(path, format, files)
    self.scratch = scratch
  }

  private static func checkRoom(for byteCount: Int, _ file: ScratchFile, _ directory: FilePath) throws {
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

  /// Counts what the document is made of, and keeps it if there is room.
  private static func look(
    at input: borrowing FileReader, into memory: UnsafeMutableRawBufferPointer?
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

  /// What the portable kernel makes of it, each window compared with what the reference makes of it.
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

  /// What stands in a file.
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

  /// What stands in memory.
  static func output(_ bytes: UnsafeRawBufferPointer) -> Output {
    var hash = OutputHash()
    hash.append(bytes)
    return Output(byteCount: bytes.count, hash: hash.value)
  }

  /// How the report describes it.
  var description: BenchReport.Document {
    BenchReport.Document(
      name: name, format: format.rawValue, bytes: facts.byteCount, outputBytes: expected.byteCount,
      whitespaceShare: facts.share(facts.whitespaceBytes), stringShare: facts.share(facts.stringBytes),
      nonASCIIShare: facts.share(facts.nonASCIIBytes), elementsPerKilobyte: facts.elementsPerKilobyte)
  }
}

/// Memory that a benchmark holds for itself.
final class HeldMemory {
  private let buffer: ByteBuffer

  /// - Throws: ``OutOfMemory``.
  init(byteCount: Int) throws(OutOfMemory) {
    buffer = try ByteBuffer(byteCount: byteCount, for: .inputWindow, in: MemoryLedger())
  }

  /// The memory itself. Valid while this lives.
  var bytes: UnsafeMutableRawBufferPointer { buffer.bytes }
}

/// An output that is only hashed.
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
