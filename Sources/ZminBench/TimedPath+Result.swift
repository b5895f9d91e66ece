import ZminCPU
import ZminEngine
import ZminVulkan

extension TimedPath {
  /// The report's entry for the runs of this path.
  func result(
    on document: BenchDocument, _ host: HostLimits, _ limits: [BenchReport.Limit]
  ) -> BenchReport.Result {
    let seconds = isVerified ? samples.map(\.seconds) : []
    let median = seconds.isEmpty ? nil : BenchStatistics.median(seconds)
    let byteCount = Double(document.facts.byteCount)
    let upRate = limits.first { $0.name == "copy up" }?.gigabytesPerSecond
    let bound = host.bound(of: path, mode, upSeconds: upRate.map { byteCount / $0 / 1e9 })
    let accounts = BenchStatistics.medianIndex(seconds).map { RunAccounts(samples[$0]) }
    let peak = peakBytes
    return BenchReport.Result(
      document: document.name, path: path.name, engine: engine, mode: mode, isVerified: isVerified,
      gigabytesPerSecond: median.map { byteCount / $0 / 1e9 }, samplesSeconds: seconds,
      spread: BenchStatistics.spread(seconds), limit: bound?.name,
      limitShare: bound.flatMap { bound in median.map { bound.seconds / $0 } }, parts: accounts?.parts ?? [],
      threads: accounts?.threads ?? 0, overlap: accounts?.overlap, accountedShare: accounts?.accountedShare,
      peakHostBytes: peak.host, peakDeviceBytes: peak.device)
  }
}

/// The parts that the time of one run divides into.
struct RunAccounts {
  let parts: [BenchReport.Part]
  let threads: Int
  /// The average number of threads at work at once.
  let overlap: Double
  /// The share of the time that the parts account for.
  let accountedShare: Double

  /// Divides the time of a run into parts that add up to it, even where threads overlap: a part counts the time of all
  /// threads in it, divided by their number. The total is measured from outside, so unexplained time shows.
  init(_ sample: TimedPath.Sample) {
    let account = sample.account
    var parts: [BenchReport.Part] = []
    var (accounted, busy) = (0.0, 0.0)
    for stage in StageTimes.Stage.allCases {
      let (seconds, threadSeconds) = (account.elapsedSeconds(at: stage), account.threadSeconds(at: stage))
      guard seconds > 0 else { continue }
      accounted += seconds
      if stage.isWork { busy += threadSeconds }
      parts.append(BenchReport.Part(name: stage.reportName, seconds: seconds, threadSeconds: threadSeconds))
      if stage == .device, let lanes = sample.lanes {
        parts += Self.parts(of: lanes, threadSeconds, share: seconds / threadSeconds)
      }
    }
    self.parts = parts
    threads = max(1, account.threads)
    overlap = busy / sample.seconds
    accountedShare = accounted / sample.seconds
  }

  private static func parts(of lanes: LaneSeconds, _ wholeSeconds: Double, share: Double) -> [BenchReport.Part] {
    var known = [("upload and waiting for the device", lanes.upload)]
    known += zip(LaneSeconds.stageNames, lanes.stages)
    known.append(("download", lanes.download))
    let rest = wholeSeconds - known.reduce(0) { $0 + $1.1 }
    known.append(("nesting of slices", max(0, rest)))
    let device = StageTimes.Stage.device.reportName
    return known.map { name, seconds in
      BenchReport.Part(name: name, seconds: seconds * share, threadSeconds: seconds, parent: device)
    }
  }
}

extension StageTimes.Stage {
  /// The name of the stage in reports. Part of the schema.
  var reportName: String {
    switch self {
    case .open: "opening"
    case .start: "starting threads"
    case .wait: "waiting"
    case .read: "read"
    case .kernel: "kernel"
    case .device: "device"
    case .join: "nesting"
    case .write: "write"
    case .close: "closing"
    }
  }
}
