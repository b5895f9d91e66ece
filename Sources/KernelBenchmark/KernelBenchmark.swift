import ArgumentParser
import Glibc
import Zmin
import ZminCPU
import ZminCore
import ZminMemory

/// Times every kernel against memcpy on generated documents, memory to memory, on one core, in one run.
@main
struct KernelBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel-benchmark",
    abstract: "Times every kernel, everything checked, against memcpy: one core, memory to memory.",
    discussion: """
      Paths are interleaved; figures are medians. Every output is compared with that of the portable kernel. Documents \
      are seeded, larger than the caches, and the same on every run.
      """)

  @Option(help: "Size of each document in MiB.") var size = 256
  @Option(help: "Timed rounds.") var rounds = 9
  @Option(help: "Bytes that a kernel is given at once, in KiB.") var window = 256
  @Option(help: "Seed of the documents.") var seed: UInt64 = 1
  @Option(help: "Time nothing; write the documents into this directory.") var writeTo: String?
  @Option(name: .customLong("file"), help: "Time these files, repeated in an array, too.") var files: [String] = []

  mutating func run() throws {
    if let writeTo {
      for kind in DocumentKind.allCases {
        try write(
          DocumentWriter.document(kind, byteCount: size << 20, seed: seed), to: "\(writeTo)/\(kind.rawValue).json")
      }
      return
    }
    print("\(cpuName()), kernels: \(Kernel.available.map(\.name).joined(separator: ", "))")
    print("\(size) MiB documents, \(window) KiB windows, median of \(rounds) rounds, GB/s of input\n")
    print("| document | path | GB/s | of memcpy | output/input |\n| --- | --- | --- | --- | --- |")
    for kind in DocumentKind.allCases {
      try time(kind.rawValue, DocumentWriter.document(kind, byteCount: size << 20, seed: seed))
    }
    for file in files { try time(file, try repeated(file)) }
  }

  private func time(_ name: String, _ document: [UInt8]) throws {
    let ledger = MemoryLedger()
    let copyBuffer = try ByteBuffer(byteCount: document.count, for: .outputWindow, in: ledger)
    let expected = try minify(document, options: MinifierOptions(kernel: portable()))
    var copySeconds: [Double] = []
    var kernelSeconds = [[Double]](repeating: [], count: Kernel.available.count)
    var timings = try Kernel.available.map { try TimedKernel($0, byteCount: document.count, ledger: ledger) }
    for round in 0...rounds {
      let copy = elapsedSeconds { document.withUnsafeBytes { copyBuffer.bytes.copyMemory(from: $0) } }
      if round > 0 { copySeconds.append(copy) }
      for index in timings.indices {
        let seconds = try timings[index].run(document, windowBytes: window << 10, expecting: expected)
        // The first round warms up.
        if round > 0 { kernelSeconds[index].append(seconds) }
      }
    }
    let copyRate = Double(document.count) / median(copySeconds) / 1e9
    row(name, "memcpy", copyRate, 1, 1)
    for (timing, seconds) in zip(timings, kernelSeconds) {
      let rate = Double(document.count) / median(seconds) / 1e9
      row(name, timing.kernel.name, rate, rate / copyRate, Double(expected.count) / Double(document.count))
    }
  }

  private func write(_ document: [UInt8], to path: String) throws {
    guard let file = fopen(path, "wb") else { throw ValidationError("cannot write \(path)") }
    let count = fwrite(document, 1, document.count, file)
    guard fclose(file) == 0, count == document.count else { throw ValidationError("cannot write \(path)") }
  }

  private func portable() throws -> Kernel {
    guard let kernel = Kernel.named("portable") else { throw ValidationError("no portable kernel") }
    return kernel
  }

  private func row(_ name: String, _ path: String, _ rate: Double, _ share: Double, _ ratio: Double) {
    print("| \(name) | \(path) | \(rounded(rate)) | \(rounded(share)) | \(rounded(ratio)) |")
  }

  private func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  /// The file's bytes again and again as the elements of an array.
  private func repeated(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw ValidationError("cannot open \(path)") }
    defer { fclose(file) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { content += chunk[..<count] }
    var document: [UInt8] = [UInt8(ascii: "[")]
    document.reserveCapacity(size << 20 + content.count)
    repeat {
      if document.count > 1 { document.append(UInt8(ascii: ",")) }
      document += content
    } while document.count < size << 20
    document.append(UInt8(ascii: "]"))
    return document
  }

  private func cpuName() -> String {
    guard let file = fopen("/proc/cpuinfo", "r") else { return "unknown CPU" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") {
        return String(text[text.index(colon, offsetBy: 2)...])
      }
    }
    return "unknown CPU"
  }
}

/// A kernel with an output as large as the document.
struct TimedKernel {
  let kernel: Kernel
  private let minifier: Box
  private let output: UnsafeMutableRawBufferPointer

  private final class Box {
    var minifier: Minifier
    let buffer: ByteBuffer
    init(_ kernel: Kernel, byteCount: Int, ledger: MemoryLedger) throws {
      minifier = try Minifier(MinifierOptions(kernel: kernel), ledger: ledger)
      buffer = try ByteBuffer(
        byteCount: Minifier.outputBytes(forInputBytes: byteCount, format: .json), for: .outputWindow, in: ledger)
    }
  }

  init(_ kernel: Kernel, byteCount: Int, ledger: MemoryLedger) throws {
    self.kernel = kernel
    minifier = try Box(kernel, byteCount: byteCount, ledger: ledger)
    output = minifier.buffer.bytes
  }

  /// Minifies the document once.
  ///
  /// - Returns: Seconds from the first byte to the last; the comparison with `expected` is not among them.
  mutating func run(_ document: [UInt8], windowBytes: Int, expecting expected: [UInt8]) throws -> Double {
    var written = 0
    var isValid = true
    let seconds = try document.withUnsafeBytes { bytes in
      minifier.minifier.reset()
      return try elapsedSeconds {
        var offset = 0
        while offset < bytes.count {
          let window = UnsafeRawBufferPointer(rebasing: bytes[offset..<min(offset + windowBytes, bytes.count)])
          let room = UnsafeMutableRawBufferPointer(rebasing: output[written...])
          let result = try minifier.minifier.minify(window, into: room)
          isValid = isValid && result.failure == nil
          written += result.writtenBytes
          offset += window.count
        }
        let room = UnsafeMutableRawBufferPointer(rebasing: output[written...])
        isValid = isValid && minifier.minifier.finish(into: room).failure == nil
      }
    }
    let isEqual = expected.withUnsafeBytes {
      $0.hasSameBytes(as: UnsafeRawBufferPointer(rebasing: output[..<written]))
    }
    guard isValid, isEqual else { throw ValidationError("kernel \(kernel.name) gave other bytes: no figure") }
    return seconds
  }
}

/// Seconds that `work` takes, by the monotonic clock.
func elapsedSeconds(_ work: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure(work).components
  return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
}
