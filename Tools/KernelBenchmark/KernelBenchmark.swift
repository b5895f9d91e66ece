import ArgumentParser
import Glibc
import Zmin
import ZminBench
import ZminCPU
import ZminCore
import ZminEngine
import ZminIO
import ZminMemory

/// Times every kernel against memcpy on generated documents, memory to memory, on one core, in one run.
@main
struct KernelBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel-benchmark",
    abstract: "Time every kernel, with all checks, against memcpy.",
    discussion: """
      Everything runs on one core, memory to memory. Paths are interleaved. Figures are medians. Every output is \
      compared with that of the portable kernel. Documents are generated from a seed and larger than the caches.
      """)

  @Option(help: "Set the size of each document in MiB.") var size = 256
  @Option(help: "Set the number of timed rounds.") var rounds = 9
  @Option(help: "Pass this many KiB to a kernel at once.") var window = 256
  @Option(help: "Set the seed of the documents.") var seed: UInt64 = 1
  @Option(help: "Write the documents to this directory and stop.") var writeTo: String?
  @Option(name: .customLong("kind"), help: "Use only documents of these kinds.") var kinds: [DocumentKind] = []
  @Option(name: .customLong("file"), help: "Also time these files, repeated in an array.") var files: [String] = []
  @Option(help: "Time this kernel on --file for each line of input.")
  var serve: String?
  @Option(help: "Compare this many workers with one, in slices.") var workers: Int?
  @Flag(help: "Skip all checks. Needs --serve.") var unchecked = false

  mutating func run() throws {
    if let writeTo {
      for kind in kinds.isEmpty ? DocumentKind.ofPrograms : kinds {
        try write(
          DocumentWriter.document(kind, byteCount: size << 20, seed: seed), to: "\(writeTo)/\(kind.rawValue).json")
      }
      return
    }
    if let serve {
      guard let kernel = Kernel.named(serve), let file = files.first else {
        throw ValidationError("--serve needs a kernel and a --file")
      }
      var server = try KernelServer(kernel, validates: !unchecked, windowBytes: window << 10, document: read(file))
      try server.run()
      return
    }
    if let workers {
      print("\(HostFacts().cpuModel), slices of \(SlicePlan(workers: workers).sliceBytes >> 10) KiB, memory to memory")
      print("\(size) MiB documents, median of \(rounds) rounds, GB/s of input\n")
      print("| document | kernel | 1 worker | \(workers) workers | speed-up |\n| --- | --- | --- | --- | --- |")
      for kind in kinds.isEmpty ? DocumentKind.ofPrograms : kinds {
        try timeSlices(kind.rawValue, DocumentWriter.document(kind, byteCount: size << 20, seed: seed), workers)
      }
      return
    }
    print("\(HostFacts().cpuModel), kernels: \(Kernel.available.map(\.name).joined(separator: ", "))")
    print("\(size) MiB documents, \(window) KiB windows, median of \(rounds) rounds, GB/s of input\n")
    print("| document | path | GB/s | of memcpy | output/input |\n| --- | --- | --- | --- | --- |")
    for kind in kinds.isEmpty ? DocumentKind.ofKernels : kinds {
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
        let seconds = try timings[index].run(document, windowBytes: window << 10)
        guard expected.withUnsafeBytes({ timings[index].output.hasSameBytes(as: $0) }) else {
          throw ValidationError("kernel \(timings[index].kernel.name) differs from the portable kernel")
        }
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

  private func timeSlices(_ name: String, _ document: [UInt8], _ workers: Int) throws {
    let ledger = MemoryLedger()
    let room = try ByteBuffer(byteCount: document.count, for: .outputWindow, in: ledger)
    let expected = try minify(document, options: MinifierOptions(kernel: portable()))
    for kernel in Kernel.available {
      let options = MinifierOptions(kernel: kernel)
      var alone = try SlicedTiming(workers: 1, options, ledger: ledger)
      var together = try SlicedTiming(workers: workers, options, ledger: ledger)
      var seconds: (alone: [Double], together: [Double]) = ([], [])
      let check = { (run: (seconds: Double, byteCount: Int)) in
        let output = UnsafeRawBufferPointer(rebasing: room.bytes.prefix(run.byteCount))
        guard expected.withUnsafeBytes({ output.hasSameBytes(as: $0) }) else {
          throw ValidationError("kernel \(kernel.name) in slices differs from the portable kernel")
        }
        return run.seconds
      }
      // The first round warms up.
      for round in 0...rounds {
        let one = try check(document.withUnsafeBytes { try alone.run($0, into: room.bytes) })
        let many = try check(document.withUnsafeBytes { try together.run($0, into: room.bytes) })
        if round > 0 {
          seconds.alone.append(one)
          seconds.together.append(many)
        }
      }
      let rates = [seconds.alone, seconds.together].map { Double(document.count) / median($0) / 1e9 }
      print(
        "| \(name) | \(kernel.name) | \(rounded(rates[0])) | \(rounded(rates[1])) | \(rounded(rates[1] / rates[0])) |")
    }
  }

  private func write(_ document: [UInt8], to path: String) throws {
    try document.withUnsafeBytes { try writeFile($0, to: path) }
  }

  private func portable() throws -> Kernel {
    guard let kernel = Kernel.named("portable") else { throw ValidationError("no portable kernel") }
    return kernel
  }

  private func row(_ name: String, _ path: String, _ rate: Double, _ share: Double, _ ratio: Double) {
    print("| \(name) | \(path) | \(rounded(rate)) | \(rounded(share)) | \(rounded(ratio)) |")
  }

  private func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw ValidationError("cannot open \(path)") }
    defer { fclose(file) }
    guard fseek(file, 0, SEEK_END) == 0, case let size = ftell(file), size >= 0 else {
      throw ValidationError("cannot read the size of \(path)")
    }
    rewind(file)
    return [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
      count = fread(bytes.baseAddress, 1, size, file)
    }
  }

  /// Returns the file's bytes, repeated as elements of an array up to the document size.
  private func repeated(_ path: String) throws -> [UInt8] {
    let content = try read(path)
    var document: [UInt8] = [UInt8(ascii: "[")]
    document.reserveCapacity(size << 20 + content.count)
    repeat {
      if document.count > 1 { document.append(UInt8(ascii: ",")) }
      document += content
    } while document.count < size << 20
    document.append(UInt8(ascii: "]"))
    return document
  }
}

/// Writes `bytes` to a new file.
func writeFile(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
  guard let file = fopen(path, "wb") else { throw ValidationError("cannot write \(path)") }
  let count = fwrite(bytes.baseAddress, 1, bytes.count, file)
  guard fclose(file) == 0, count == bytes.count else { throw ValidationError("cannot write \(path)") }
}

extension DocumentKind: ExpressibleByArgument {}
