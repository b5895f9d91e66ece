/// What a benchmark found: all that the table, the page and the files say is made from this value alone.
///
/// Rates are of input, in 10^9 bytes a second. Figures that are not known are nil.
package struct BenchReport: Sendable, Equatable {
  /// What readers know the layout of the JSON by.
  package static let schema = "zmin-bench/1"

  package var version: String
  package var commit: String?
  /// The command line that was run.
  package var command: String
  /// When it began, in UTC, as ISO 8601 writes it.
  package var date: String
  package var host: Host
  /// The device that was timed, nil if none was.
  package var device: Device?
  /// Why no device was timed.
  package var deviceAbsence: String?
  package var conditions: Conditions
  package var documents: [Document] = []
  package var limits: [Limit] = []
  package var results: [Result] = []
  /// Throughput against size, of one document.
  package var series: [SeriesPoint] = []
  package var breakEven: BreakEven?
  /// What to choose on this machine, in one line.
  package var advice = ""
  package var warnings: [String] = []

  /// The machine.
  package struct Host: Sendable, Equatable {
    package var cpu: String
    /// How many processors the run may use.
    package var cpus: Int
    package var kernel: String
    package var memoryBytes: Int?
    /// The load average of the last minute.
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

  /// The device.
  package struct Device: Sendable, Equatable {
    package var name: String
    package var driver: String
    package var api: String
    package var type: String
    package var memoryBytes: Int?
    /// How it is connected, where that is known.
    package var bus: String?
    /// What it takes before the first slice: search, loader, device, pipelines, pinning.
    package var setup: [Part]

    /// Whether its shaders run on the processor: figures of it say nothing about a GPU.
    package var isSoftware: Bool { type == "software" }
    /// What all of it takes.
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

  /// How it was measured.
  package struct Conditions: Sendable, Equatable {
    /// Whether inputs were read from the page cache: `warm`, or `cold` where they were dropped from it before each run.
    package var cache: String
    /// Of the generated documents, nil where files were named.
    package var seed: UInt64?
    /// How many threads the paths on all cores had.
    package var workers: Int
    /// How long all timed runs together should take.
    package var budgetSeconds: Double

    package init(cache: String, seed: UInt64?, workers: Int, budgetSeconds: Double) {
      self.cache = cache
      self.seed = seed
      self.workers = workers
      self.budgetSeconds = budgetSeconds
    }
  }

  /// An input, described by what is in it.
  package struct Document: Sendable, Equatable {
    package var name: String
    package var format: String
    package var bytes: Int
    package var outputBytes: Int
    /// Shares of the bytes, from 0 to 1.
    package var whitespaceShare: Double
    /// Strings with their quotes.
    package var stringShare: Double
    package var nonASCIIShare: Double
    /// Brackets, braces and commas outside strings in 1000 bytes.
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

  /// What the machine itself does with the same bytes.
  package struct Limit: Sendable, Equatable {
    /// `memcpy`, `memcpy, all cores`, `file read`, `file write`, `copy up`, `copy down`, `copy both ways`, `device copy`.
    package var name: String
    /// The document that it was measured with, nil for copies of slices.
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

  /// From where to where a path was timed.
  package enum Mode: String, Sendable, CaseIterable {
    case memory, file
  }

  /// One path on one document.
  package struct Result: Sendable, Equatable {
    package var document: String
    /// `portable`, `avx2`, … for a kernel on one core; `cpu`, `gpu`, `hybrid`.
    package var path: String
    /// What did the work, for people.
    package var engine: String
    package var mode: Mode
    /// Whether every output was the reference's, byte for byte. Otherwise there is no speed.
    package var isVerified: Bool
    /// Of the median; nil if not verified.
    package var gigabytesPerSecond: Double?
    package var samplesSeconds: [Double]
    /// The median absolute deviation as a share of the median, scaled to compare with a standard deviation.
    package var spread: Double?
    /// What the machine could do at most, and how much of it this is.
    package var limit: String?
    package var limitShare: Double?
    /// Where the time of the median run went.
    package var parts: [Part]
    /// How many threads had a part in it.
    package var threads: Int
    /// Threads at work at once, on average: how far the parts overlap.
    package var overlap: Double?
    /// The share of the time from end to end that the parts account for.
    package var accountedShare: Double?
    package var peakHostBytes: Int
    package var peakDeviceBytes: Int

    /// The time of the median run, from end to end.
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
    /// On average over the threads: the parts of a run add up to its time, but for what is not accounted for.
    package var seconds: Double
    /// Of all threads together. More than ``seconds`` where several were at it at once.
    package var threadSeconds: Double
    /// The part that this is a part of, nil if of the whole.
    package var parent: String?

    package init(name: String, seconds: Double, threadSeconds: Double? = nil, parent: String? = nil) {
      self.name = name
      self.seconds = seconds
      self.threadSeconds = threadSeconds ?? seconds
      self.parent = parent
    }
  }

  /// A path at one size, file to file.
  package struct SeriesPoint: Sendable, Equatable {
    package var path: String
    package var bytes: Int
    package var seconds: Double

    package var gigabytesPerSecond: Double { Double(bytes) / seconds / 1e9 }

    package init(path: String, bytes: Int, seconds: Double) {
      self.path = path
      self.bytes = bytes
      self.seconds = seconds
    }
  }

  /// From which size on the device pays, set-up included.
  package struct BreakEven: Sendable, Equatable {
    /// The path with the device, and the one without that it is compared with.
    package var path: String
    package var comparedWith: String
    package var setupSeconds: Double
    /// Nil if it never pays.
    package var bytes: Int?
    /// The same for a device that is ready already.
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
  /// Whether every path gave the reference's bytes.
  package var isVerified: Bool { results.allSatisfy(\.isVerified) }

  /// What says wherever a path is named that its device is none.
  package func label(of path: String) -> String {
    let usesDevice = path == BenchPath.gpu.name || path == BenchPath.hybrid.name
    return usesDevice && device?.isSoftware == true ? "\(path) (software device)" : path
  }
}
