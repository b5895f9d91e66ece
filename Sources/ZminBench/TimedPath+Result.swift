import ZminCPU
import ZminEngine
import ZminVulkan

extension TimedPath {
  /// What its runs come to.
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

/// Where the time of one run went.
struct RunAccounts {
  let parts: [BenchReport.Part]
  let threads: Int
  /// Threads at work at once, on average.
  let overlap: Double
  /// The share of the time that the parts account for.
  let accountedShare: Double

  /// What threads were at together counts by its share of their number, so that the parts are the run's time, whatever
  /// overlaps. The time itself is measured apart, from outside: what is missing from it is known by that.
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
  /// How reports call it.
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
