import Glibc
import SystemPackage
import ZminCPU
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory
import ZminVulkan

/// A path that is made ready for documents of one format, and runs as the program would.
final class TimedPath {
  let path: BenchPath
  let mode: BenchReport.Mode
  private let format: Format
  private let plan: BenchPlan
  private let device: BenchDevice?
  private let files: FileAccess
  private let fault: PathFault?
  private let ledger = MemoryLedger()
  private let times = StageTimes()
  private var minifier: FileMinifier?
  private var windowedRun: WindowedRun?
  private var slicedRun: SlicedRun?

  /// What does the work, for people.
  var engine: String {
    let cores = plan.workers == 1 ? "1 core" : "\(plan.workers) cores"
    let name = device?.facts.name ?? "no device"
    return switch path {
    case .kernel(let kernel): "\(kernel.name), 1 core"
    case .cpu: "\(Kernel.fastest.name), \(cores)"
    case .gpu: "\(name)\(device?.facts.isSoftware == true ? " (software device)" : "")"
    case .hybrid:
      "\(name)\(device?.facts.isSoftware == true ? " (software device)" : "") and \(Kernel.fastest.name), \(cores)"
    }
  }

  private(set) var samples: [Sample] = []
  private(set) var isVerified = true
  /// Whether there was a run in which the device took no slice.
  private(set) var hasRunWithoutDevice = false
  /// What runs had to say of the device.
  private(set) var deviceNotes: [String] = []

  /// One run.
  struct Sample {
    let seconds: Double
    let account: StageTimes.Account
    let lanes: LaneSeconds?
  }

  /// - Throws: `OutOfMemory`.
  init(
    _ path: BenchPath, _ mode: BenchReport.Mode, _ format: Format, plan: BenchPlan, device: BenchDevice?,
    files: FileAccess, fault: PathFault?
  ) throws {
    self.path = path
    self.mode = mode
    self.format = format
    self.plan = plan
    self.device = device
    self.files = files
    self.fault = fault?.path == path.name ? fault : nil
    let (memory, use): (RunMemory, DeviceUse) =
      switch path {
      case .kernel: (.window(byteCount: SlicePlan.usualBytes), .none)
      case .cpu: (.slices(SlicePlan(workers: plan.workers)), .none)
      case .gpu: (.slices(SlicePlan(workers: 1)), device.map { .alone($0.pending) } ?? .none)
      case .hybrid: (.slices(SlicePlan(workers: plan.workers)), device.map { .beside($0.pending) } ?? .none)
      }
    var options = MinifierOptions(format: format)
    if case .kernel(let kernel) = path { options.kernel = kernel }
    switch (mode, memory) {
    case (.file, _):
      minifier = try FileMinifier(
        options, memory: memory, badLines: nil, sync: .automatic, files: files, device: use, times: times,
        ledger: ledger)
    case (.memory, .window(let byteCount)):
      windowedRun = try WindowedRun(options, windowBytes: byteCount, times: times, ledger: ledger)
    case (.memory, .slices(let slices)):
      slicedRun = try SlicedRun(options, slices, device: use, times: times, ledger: ledger)
    }
  }

  /// Runs once, and compares what comes out with what must.
  ///
  /// - Parameter counts: Whether the run is one of the samples, or to warm up.
  /// - Throws: ``FileError``, and what runs throw.
  func run(_ document: BenchDocument, room: UnsafeMutableRawBufferPointer?, counts: Bool) throws {
    times.reset()
    _ = device?.takePartSeconds()
    let (seconds, output) =
      switch mode {
      case .file: try runOnFiles(document)
      case .memory: try runInMemory(document, room)
      }
    if output != document.expected { isVerified = false }
    guard counts else { return }
    samples.append(
      Sample(
        seconds: seconds, account: times.account, lanes: path.usesDevice ? device?.takePartSeconds() : nil))
  }

  private func runOnFiles(_ document: BenchDocument) throws -> (Double, BenchDocument.Output) {
    if plan.cache == .cold { try files.dropFromCache(document.path) }
    // A new name each time, as what replaces a file is synced.
    let scratch = try ScratchFile(in: plan.scratchDirectory, for: "bench-output", using: files)
    let (input, output) = (FileSource.path(document.path), FileDestination.file(scratch.path))
    var outcomes: [FileOutcome] = []
    let seconds = try elapsedSeconds {
      try minifier?.minify([input], to: output, outcomes: &outcomes)
      delay()
    }
    for case .failed(let error) in outcomes.map(\.result) { throw error }
    for outcome in outcomes { note(outcome.slicesOnDevice, outcome.deviceNotes) }
    guard outcomes.allSatisfy(\.isWritten) else { return (seconds, BenchDocument.Output()) }
    if fault?.corruptsOutput == true { try corrupt(scratch.path) }
    let found = try BenchDocument.output(at: scratch.path, files)
    return (seconds, found)
  }

  private func runInMemory(
    _ document: BenchDocument, _ room: UnsafeMutableRawBufferPointer?
  ) throws -> (Double, BenchDocument.Output) {
    guard let bytes = document.bytes, let room else { preconditionFailure("a document that is not held") }
    var input = MemoryInput(bytes)
    var output = MemoryOutput(room)
    var result: RunResult?
    let seconds = try elapsedSeconds {
      if windowedRun != nil {
        result = try windowedRun?.run(from: &input, to: &output)
      } else {
        result = try slicedRun?.run(from: &input, to: &output)
      }
      delay()
    }
    if slicedRun != nil { note(slicedRun?.slicesOnDevice ?? 0, slicedRun?.deviceNotes ?? []) }
    guard case .complete = result else { return (seconds, BenchDocument.Output()) }
    if fault?.corruptsOutput == true, output.byteCount > 0 { room[output.byteCount / 2] ^= 1 }
    return (seconds, BenchDocument.output(UnsafeRawBufferPointer(rebasing: room.prefix(output.byteCount))))
  }

  private func note(_ slicesOnDevice: Int, _ notes: [String]) {
    guard path.usesDevice else { return }
    if slicesOnDevice == 0 { hasRunWithoutDevice = true }
    for note in notes where !deviceNotes.contains(note) { deviceNotes.append(note) }
  }

  /// Changes a byte in the middle of a file.
  private func corrupt(_ path: FilePath) throws {
    let input = try FileReader(path, using: files)
    var bytes = [UInt8](repeating: 0, count: Int(input.file.status.size))
    _ = try bytes.withUnsafeMutableBytes { try input.read(into: $0, at: Int64(0)) }
    bytes[bytes.count / 2] ^= 1
    var output = try OutputFile(at: path, using: files, sync: .never)
    try bytes.withUnsafeBytes { try output.write($0) }
    try output.commit()
  }

  private func delay() {
    if let fault, fault.delaySeconds > 0 { usleep(UInt32(fault.delaySeconds * 1e6)) }
  }

  /// What its buffers had at most: of the host's memory, and of the device's.
  var peakBytes: (host: Int, device: Int) {
    let own = ledger.snapshot().host.peakBytes
    guard path.usesDevice, let snapshot = device?.ledger.snapshot() else { return (own, 0) }
    return (own + snapshot.host.peakBytes, snapshot.domains[.deviceLocal]?.peakBytes ?? 0)
  }
}
