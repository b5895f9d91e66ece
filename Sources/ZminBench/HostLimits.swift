import ZminBase
import ZminEngine
import ZminIO
import ZminMemory

/// What processor, memory and file system do at most with a document, in runs between those of the paths.
final class HostLimits {
  /// The limits by name, with what each took in each run.
  private(set) var samples: [(name: String, byteCount: Int, seconds: [Double])] = []
  private let plan: BenchPlan
  private let files: FileAccess
  private static let windowBytes = SlicePlan.usualBytes

  init(_ plan: BenchPlan, files: FileAccess) {
    self.plan = plan
    self.files = files
  }

  /// Runs each once.
  func run(
    _ document: BenchDocument, _ mode: BenchReport.Mode, room: UnsafeMutableRawBufferPointer?, counts: Bool
  ) throws {
    switch mode {
    case .memory:
      guard let bytes = document.bytes, let room else { return }
      note("memcpy", bytes.count, elapsedSeconds { room.copyMemory(from: bytes) }, counts: counts)
      let copies = ParallelCopy(from: bytes, to: room, parts: plan.workers)
      note("memcpy, all cores", bytes.count, elapsedSeconds { copies.run() }, counts: counts)
    case .file:
      note("file read", document.facts.byteCount, try readSeconds(document), counts: counts)
      note("file write", document.expected.byteCount, try writeSeconds(document.expected.byteCount), counts: counts)
    }
  }

  private func note(_ name: String, _ byteCount: Int, _ seconds: Double, counts: Bool) {
    guard counts else { return }
    if let index = samples.firstIndex(where: { $0.name == name }) {
      samples[index].seconds.append(seconds)
    } else {
      samples.append((name, byteCount, [seconds]))
    }
  }

  private func readSeconds(_ document: BenchDocument) throws -> Double {
    if plan.cache == .cold { try files.dropFromCache(document.path) }
    let window = try ByteBuffer(byteCount: Self.windowBytes, for: .inputWindow, in: MemoryLedger())
    let path = document.path
    return try elapsedSeconds {
      var input = try FileReader(path, using: files)
      while try input.read(into: window.bytes) > 0 {}
    }
  }

  private func writeSeconds(_ byteCount: Int) throws -> Double {
    let scratch = try ScratchFile(in: plan.scratchDirectory, for: "bench-write", using: files)
    let window = try ByteBuffer(byteCount: Self.windowBytes, for: .outputWindow, in: MemoryLedger())
    for index in window.bytes.indices { window.bytes[index] = 0x20 }
    return try elapsedSeconds {
      var output = try OutputFile(at: scratch.path, using: files)
      output.expect(byteCount: Int64(byteCount))
      var leftBytes = byteCount
      while leftBytes > 0 {
        let piece = UnsafeRawBufferPointer(rebasing: window.bytes.prefix(leftBytes))
        try output.write(piece)
        leftBytes -= piece.count
      }
      try output.commit()
    }
  }

  /// As the report has them.
  func reported(for document: String) -> [BenchReport.Limit] {
    samples.map { limit in
      BenchReport.Limit(
        name: limit.name, document: document,
        gigabytesPerSecond: Double(limit.byteCount) / BenchStatistics.median(limit.seconds) / 1e9,
        samplesSeconds: limit.seconds)
    }
  }

  /// What it takes by the median, nil if it was not measured.
  func seconds(_ name: String) -> Double? {
    samples.first { $0.name == name }.map { BenchStatistics.median($0.seconds) }
  }

  /// What bounds a path, and the time that this alone takes.
  ///
  /// - Parameter upSeconds: What the way to the device takes for the document; nil for paths without.
  func bound(
    of path: BenchPath, _ mode: BenchReport.Mode, upSeconds: Double?
  ) -> (name: String, seconds: Double)? {
    var bounds: [(name: String, seconds: Double)] = []
    switch (mode, path) {
    case (.memory, .kernel): if let seconds = seconds("memcpy") { bounds.append(("memcpy", seconds)) }
    case (.memory, _):
      // Threads take their time to start: little is copied faster by one.
      let copies = ["memcpy, all cores", "memcpy"].compactMap { name in seconds(name).map { (name: name, seconds: $0) }
      }
      if let fastest = copies.min(by: { $0.seconds < $1.seconds }) { bounds.append(fastest) }
    case (.file, .kernel):
      if let read = seconds("file read"), let write = seconds("file write") {
        bounds.append(("file read, then write", read + write))
      }
    case (.file, _):
      // Several read at once, and one writes at a time.
      if let read = seconds("file read") { bounds.append(("file read", read / Double(max(1, plan.workers)))) }
      if let write = seconds("file write") { bounds.append(("file write", write)) }
    }
    if path == .gpu, let upSeconds { bounds.append(("copy up", upSeconds)) }
    return bounds.max { $0.seconds < $1.seconds }
  }
}

/// A copy in as many parts as there are threads.
///
/// `@unchecked Sendable` because each thread copies a part of its own.
private struct ParallelCopy: @unchecked Sendable {
  let source: UnsafeRawBufferPointer
  let target: UnsafeMutableRawBufferPointer
  let parts: Int

  init(from source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, parts: Int) {
    self.source = source
    self.target = target
    self.parts = max(1, parts)
  }

  func run() {
    WorkerThreads.run(parts, ledger: MemoryLedger()) { index in
      let range = source.count * index / parts..<source.count * (index + 1) / parts
      UnsafeMutableRawBufferPointer(rebasing: target[range]).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: source[range]))
    }
  }
}
