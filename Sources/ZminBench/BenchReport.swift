/// The results of a benchmark. Tables, pages and files are made from this value alone.
///
/// Rates are of input, in 10^9 bytes a second. Unknown figures are nil.
package struct BenchReport: Sendable, Equatable {
  /// The name of the JSON schema. Keys may be added under it, never changed.
  package static let schema = "zmin-bench/1"

  package var version: String
  package var commit: String?
  /// The command line that was run.
  package var command: String
  /// The start time in UTC, in ISO 8601.
  package var date: String
  package var host: Host
  /// The device that was timed, nil if there was none.
  package var device: Device?
  /// The reason that no device was timed.
  package var deviceAbsence: String?
  package var conditions: Conditions
  package var documents: [Document] = []
  package var limits: [Limit] = []
  package var results: [Result] = []
  /// Throughput by input size, for one kind of document.
  package var series: [SeriesPoint] = []
  package var breakEven: BreakEven?
  /// The recommended mode for this machine, in one line.
  package var advice = ""
  package var warnings: [String] = []

  /// The machine that the benchmark ran on.
  package struct Host: Sendable, Equatable {
    package var cpu: String
    /// The number of processors that the run may use.
    package var cpus: Int
    package var kernel: String
    package var memoryBytes: Int?
    /// The load average over one minute, before the benchmark.
    package var loadBefore: Double?
    package var loadAfter: Double?

    package init(
      cpu: String, cpus: Int, kernel: String, memoryBytes: Int?, loadBefore: Double?, loadAfter: Double? = nil
    ) {
      self.cpu = cpu
      self.cpus = cpus
      self.kernel = kernel
      self.memoryBytes = memoryBytes
      self.loadBefore = loadBefore
      self.loadAfter = loadAfter
    }
  }

  /// The Vulkan device.
  package struct Device: Sendable, Equatable {
    package var name: String
    package var driver: String
    package var api: String
    package var type: String
    package var memoryBytes: Int?
    /// The bus and its speed, nil if unknown.
    package var bus: String?
    /// The steps before the first slice and their times: search, loader, device, pipelines, pinning.
    package var setup: [Part]

    /// True if its shaders run on the CPU. Its figures then say nothing about a GPU.
    package var isSoftware: Bool { type == "software" }
    /// The time of all steps together.
    package var setupSeconds: Double { setup.reduce(0) { $0 + $1.seconds } }

    package init(
      name: String, driver: String, api: String, type: String, memoryBytes: Int?, bus: String? = nil, setup: [Part]
    ) {
      self.name = name
      self.driver = driver
      self.api = api
      self.type = type
      self.memoryBytes = memoryBytes
      self.bus = bus
      self.setup = setup
    }
  }

  /// The conditions of the measurement.
  package struct Conditions: Sendable, Equatable {
    /// `warm` if inputs were read from the page cache, `cold` if they were dropped from it before each run.
    package var cache: String
    /// The seed of the generated documents, nil if only files were timed.
    package var seed: UInt64?
    /// The number of threads of the paths that use all cores.
    package var workers: Int
    /// The time that all timed runs together should take.
    package var budgetSeconds: Double

    package init(cache: String, seed: UInt64?, workers: Int, budgetSeconds: Double) {
      self.cache = cache
      self.seed = seed
      self.workers = workers
      self.budgetSeconds = budgetSeconds
    }
  }

  /// An input and what it is made of.
  package struct Document: Sendable, Equatable {
    package var name: String
    package var format: String
    package var bytes: Int
    package var outputBytes: Int
    /// The share of whitespace outside strings in all bytes, from 0 to 1.
    package var whitespaceShare: Double
    /// The share of strings, quotes included.
    package var stringShare: Double
    package var nonASCIIShare: Double
    /// Brackets, braces and commas outside strings, per 1000 bytes.
    package var elementsPerKilobyte: Double

    package init(
      name: String, format: String, bytes: Int, outputBytes: Int, whitespaceShare: Double, stringShare: Double,
      nonASCIIShare: Double, elementsPerKilobyte: Double
    ) {
      self.name = name
      self.format = format
      self.bytes = bytes
      self.outputBytes = outputBytes
      self.whitespaceShare = whitespaceShare
      self.stringShare = stringShare
      self.nonASCIIShare = nonASCIIShare
      self.elementsPerKilobyte = elementsPerKilobyte
    }
  }

  /// The rate at which the machine only copies, reads or writes the same bytes.
  package struct Limit: Sendable, Equatable {
    /// `memcpy`, `memcpy, all cores`, `file read` or `file write`. With a device also `copy up`, `copy down`,
    /// `copy both ways` or `device copy`.
    package var name: String
    /// The document that it was measured with, nil for copies to and from a device.
    package var document: String?
    package var gigabytesPerSecond: Double
    package var samplesSeconds: [Double]

    package init(name: String, document: String?, gigabytesPerSecond: Double, samplesSeconds: [Double]) {
      self.name = name
      self.document = document
      self.gigabytesPerSecond = gigabytesPerSecond
      self.samplesSeconds = samplesSeconds
    }
  }

  /// The source and destination of timed runs: memory to memory, or file to file.
  package enum Mode: String, Sendable, CaseIterable {
    case memory, file
  }

  /// The measurements of one path on one document.
  package struct Result: Sendable, Equatable {
    package var document: String
    /// The name of a kernel (`portable`, `avx2`, …) on one core, or `cpu`, `gpu` or `hybrid`.
    package var path: String
    /// The kernel, cores and device that did the work, for people.
    package var engine: String
    package var mode: Mode
    /// True if every output equals the reference's, byte for byte. Otherwise no speed is reported.
    package var isVerified: Bool
    /// The rate of the median run, nil if not verified.
    package var gigabytesPerSecond: Double?
    package var samplesSeconds: [Double]
    /// The median absolute deviation as a share of the median, scaled by 1.4826 to match a standard deviation.
    package var spread: Double?
    /// The name of the limit that bounds this path.
    package var limit: String?
    /// The rate as a share of that limit's rate.
    package var limitShare: Double?
    /// The parts of the time of the median run.
    package var parts: [Part]
    /// The number of threads in the median run.
    package var threads: Int
    /// The average number of threads at work at once, which shows how far the parts overlap.
    package var overlap: Double?
    /// The share of the elapsed time that the parts explain.
    package var accountedShare: Double?
    package var peakHostBytes: Int
    package var peakDeviceBytes: Int

    /// The elapsed time of the median run.
    package var medianSeconds: Double? { samplesSeconds.isEmpty ? nil : BenchStatistics.median(samplesSeconds) }

    package init(
      document: String, path: String, engine: String, mode: Mode, isVerified: Bool, gigabytesPerSecond: Double?,
      samplesSeconds: [Double], spread: Double?, limit: String?, limitShare: Double?, parts: [Part], threads: Int,
      overlap: Double?, accountedShare: Double?, peakHostBytes: Int, peakDeviceBytes: Int
    ) {
      self.document = document
      self.path = path
      self.engine = engine
      self.mode = mode
      self.isVerified = isVerified
      self.gigabytesPerSecond = gigabytesPerSecond
      self.samplesSeconds = samplesSeconds
      self.spread = spread
      self.limit = limit
      self.limitShare = limitShare
      self.parts = parts
      self.threads = threads
      self.overlap = overlap
      self.accountedShare = accountedShare
      self.peakHostBytes = peakHostBytes
      self.peakDeviceBytes = peakDeviceBytes
    }
  }

  /// A part of a time.
  package struct Part: Sendable, Equatable {
    package var name: String
    /// The average over the threads. The parts of a run add up to its time, except for unexplained time.
    package var seconds: Double
    /// The sum over all threads. Larger than ``seconds`` if several worked on it at once.
    package var threadSeconds: Double
    /// The name of the part that contains this one, nil at the top level.
    package var parent: String?

    package init(name: String, seconds: Double, threadSeconds: Double? = nil, parent: String? = nil) {
      self.name = name
      self.seconds = seconds
      self.threadSeconds = threadSeconds ?? seconds
      self.parent = parent
    }
  }

  /// The time of a path for one input size, file to file.
  package struct SeriesPoint: Sendable, Equatable {
    package var path: String
    package var bytes: Int
    package var seconds: Double
    /// The standard error of the time, as a share of it.
    package var error: Double

    package var gigabytesPerSecond: Double { Double(bytes) / seconds / 1e9 }

    package init(path: String, bytes: Int, seconds: Double, error: Double) {
      self.path = path
      self.bytes = bytes
      self.seconds = seconds
      self.error = error
    }
  }

  /// The input size from which a device makes runs faster.
  package struct BreakEven: Sendable, Equatable {
    /// The path that uses the device.
    package var path: String
    /// The path without a device that it is compared with.
    package var comparedWith: String
    package var setupSeconds: Double
    /// The size from which the device is faster, setup included. Nil if it never is.
    package var bytes: Int?
    /// The same for a device that is already set up.
    package var bytesWithoutSetup: Int?

    package init(path: String, comparedWith: String, setupSeconds: Double, bytes: Int?, bytesWithoutSetup: Int?) {
      self.path = path
      self.comparedWith = comparedWith
      self.setupSeconds = setupSeconds
      self.bytes = bytes
      self.bytesWithoutSetup = bytesWithoutSetup
    }
  }

  package init(
    version: String, commit: String?, command: String, date: String, host: Host, device: Device? = nil,
    deviceAbsence: String? = nil, conditions: Conditions
  ) {
    self.version = version
    self.commit = commit
    self.command = command
    self.date = date
    self.host = host
    self.device = device
    self.deviceAbsence = deviceAbsence
    self.conditions = conditions
  }
}

extension BenchReport {
  /// True if every path gave the reference's bytes.
  package var isVerified: Bool { results.allSatisfy(\.isVerified) }

  /// The name of a path, marked if its device is a software device.
  package func label(of path: String) -> String {
    let usesDevice = path == BenchPath.gpu.name || path == BenchPath.hybrid.name
    return usesDevice && device?.isSoftware == true ? "\(path) (software device)" : path
  }
}
