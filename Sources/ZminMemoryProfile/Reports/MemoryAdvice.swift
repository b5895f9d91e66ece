import ZminBase
import ZminMemory
import ZminReport

/// A recommendation drawn from the figures of a run.
package struct MemoryAdvice: Sendable, Equatable {
  /// The path of the figure in the JSON report.
  package let figure: String
  /// The value of the figure, for people.
  package let value: String
  /// The meaning of the figure and a way to change it.
  package let text: String
  /// The option that changes it.
  package let option: String

  /// Figure, value and text on one line.
  package var line: String { "\(figure) is \(value): \(text)" }

  /// The recommendations for a run, the most urgent first. Empty if there are none.
  package static func advice(for profile: MemoryProfile) -> [MemoryAdvice] {
    let adviser = MemoryAdviser(profile: profile)
    return adviser.failures + adviser.pressure + adviser.shape + adviser.plan
  }
}

/// Draws recommendations from the figures of a run. Figures that were not reported lead to none.
private struct MemoryAdviser {
  /// The smallest amount that is worth a recommendation.
  private static let noteworthyBytes = 4 << 20

  let profile: MemoryProfile

  // MARK: Failures

  var failures: [MemoryAdvice] {
    var advice: [MemoryAdvice] = []
    if !profile.leaks.isEmpty {
      advice.append(
        MemoryAdvice(
          figure: "leaked_bytes", value: Figures.memorySize(profile.leakedBytes),
          text: "this memory was not freed, which is a bug in zmin: report it with the output of --memory-report=json",
          option: "--memory-report=json"))
    }
    if let kills = profile.kernel.groupKills, kills > 0 {
      advice.append(
        MemoryAdvice(
          figure: "kernel.group_kills", value: "\(kills)",
          text: "processes of the control group were killed for lack of memory: raise its limit to "
            + "\(ReportText.size(profile.suggestedLimitBytes)) plus the needs of other processes, or lower "
            + "--memory-budget",
          option: "--memory-budget"))
    }
    return advice
  }

  // MARK: Too little memory

  var pressure: [MemoryAdvice] {
    var advice: [MemoryAdvice] = []
    let kernel = profile.kernel
    if let stalledSeconds = kernel.stalledSeconds, stalledSeconds > 0.02 * profile.run.elapsedSeconds {
      advice.append(
        MemoryAdvice(
          figure: "kernel.stalled_seconds", value: ReportText.seconds(stalledSeconds),
          text: "work was stalled for lack of memory: provide more memory, or reduce its use by a lower "
            + "--memory-budget or a smaller -j", option: "--memory-budget"))
    }
    if let swappedBytes = kernel.swappedBytes, swappedBytes > 1 << 20 {
      advice.append(
        MemoryAdvice(
          figure: "kernel.swapped_bytes", value: Figures.memorySize(swappedBytes),
          text: "memory of the run was swapped to disk: a lower --memory-budget keeps it in RAM",
          option: "--memory-budget"))
    }
    if let majorFaults = kernel.majorFaults, majorFaults >= 256 {
      advice.append(
        MemoryAdvice(
          figure: "kernel.major_faults", value: "\(majorFaults)",
          text: "pages, also of the program itself, were read from disk: provide more memory, or lower "
            + "--memory-budget so that they stay in RAM", option: "--memory-budget"))
    }
    return advice + groupPressure
  }

  private var groupPressure: [MemoryAdvice] {
    let kernel = profile.kernel
    guard let limitBytes = kernel.groupLimitBytes, limitBytes > 0 else { return [] }
    var advice: [MemoryAdvice] = []
    if let peakBytes = profile.peakTotalBytes, 10 * (peakBytes / 9) >= limitBytes {
      advice.append(
        MemoryAdvice(
          figure: "peak_total_bytes", value: Figures.memorySize(peakBytes),
          text: "close to the control group's limit of \(Figures.memorySize(limitBytes)): raise the limit to "
            + "\(ReportText.size(profile.suggestedLimitBytes)), or lower --memory-budget\(perWorker)",
          option: "--memory-budget"))
    }
    if let usageBytes = kernel.groupUsageBytes, let cacheBytes = kernel.groupCacheBytes,
      usageBytes > limitBytes / 5 * 4,
      cacheBytes > usageBytes / 2
    {
      advice.append(
        MemoryAdvice(
          figure: "kernel.group_cache_bytes", value: Figures.memorySize(cacheBytes),
          text: "most of the control group's memory is cached files, which the kernel reclaims when it needs memory: "
            + "the limit need not be raised, suggested_limit_bytes is enough", option: "--memory-profile"))
    }
    return advice
  }

  /// A hint at the memory that one worker less saves. Empty if that is little.
  private var perWorker: String {
    let workers = profile.run.workers
    let poolBytes = profile.ledger.domains[.pool]?.peakBytes ?? 0
    guard workers > 1, poolBytes / workers >= 1 << 20 else { return "" }
    return ", or -j (each of \(workers) workers uses \(Figures.memorySize(poolBytes / workers)) of the pools)"
  }

  // MARK: Large parts

  var shape: [MemoryAdvice] {
    var advice: [MemoryAdvice] = []
    let purposes = profile.ledger.purposes
    let peakBytes = profile.ledger.host.peakBytes
    func share(_ purpose: MemoryPurpose) -> Int? {
      guard let bytes = purposes[purpose]?.peakBytes, bytes >= Self.noteworthyBytes, bytes > peakBytes / 4 else {
        return nil
      }
      return bytes
    }
    if let bytes = share(.fileList) {
      advice.append(
        MemoryAdvice(
          figure: "ledger.purposes.file_list.peak_bytes", value: Figures.memorySize(bytes),
          text: "the list of files is a large part of the peak: split the files over several runs with --shard K/N",
          option: "--shard"))
    }
    if let bytes = share(.nesting) {
      advice.append(
        MemoryAdvice(
          figure: "ledger.purposes.nesting.peak_bytes", value: Figures.memorySize(bytes),
          text: "the input is deeply nested: --max-depth limits the depth", option: "--max-depth"))
    }
    if let bytes = share(.verification) {
      advice.append(
        MemoryAdvice(
          figure: "ledger.purposes.verification.peak_bytes", value: Figures.memorySize(bytes),
          text: "verification holds a second output in memory: runs without --verify do not need it",
          option: "--verify"))
    }
    if let bytes = share(.deviceStaging), bytes > peakBytes / 2 {
      advice.append(
        MemoryAdvice(
          figure: "ledger.purposes.device_staging.peak_bytes", value: Figures.memorySize(bytes),
          text: "most of the host memory is staging for the device: a lower --device-memory reduces it",
          option: "--device-memory"))
    }
    return advice + search + unaccounted + growth
  }

  /// Advice on a search that found no device.
  private var search: [MemoryAdvice] {
    guard profile.device == nil, profile.peakHelperBytes > Self.noteworthyBytes else { return [] }
    return [
      MemoryAdvice(
        figure: "peak_total_bytes", value: ReportText.size(profile.peakTotalBytes),
        text: "\(Figures.memorySize(profile.peakHelperBytes)) of it is a process that searched for a device and found "
          + "none: --mode streaming does not search", option: "--mode")
    ]
  }

  private var unaccounted: [MemoryAdvice] {
    guard let account = profile.account, account.unaccountedBytes > Self.noteworthyBytes,
      account.unaccountedBytes > account.anonymousBytes / 5
    else { return [] }
    let value = Figures.memorySize(account.unaccountedBytes)
    guard let device = profile.device else {
      return [
        MemoryAdvice(
          figure: "account.unaccounted_bytes", value: value,
          text: "no allocation that zmin tracks explains it: --memory-report=trace shows when it appeared",
          option: "--memory-report=trace")
      ]
    }
    return [
      MemoryAdvice(
        figure: "account.unaccounted_bytes", value: value,
        text: "the driver of \(ReportText.name(device.name)) uses memory that it does not report: a lower "
          + "--device-memory reduces it, and --mode streaming avoids it", option: "--mode")
    ]
  }

  private var growth: [MemoryAdvice] {
    guard let growthBytes = profile.growthBytes, growthBytes > Self.noteworthyBytes,
      let peakBytes = profile.peakResidentBytes, growthBytes > peakBytes / 4
    else { return [] }
    return [
      MemoryAdvice(
        figure: "growth_bytes", value: Figures.memorySize(growthBytes),
        text: "memory was still growing after a quarter of the run: --memory-report=trace shows what grew and when",
        option: "--memory-report=trace")
    ]
  }

  // MARK: Plans larger than the work

  var plan: [MemoryAdvice] {
    var advice: [MemoryAdvice] = []
    let use = profile.poolUse
    let poolBytes = profile.ledger.domains[.pool]?.peakBytes ?? 0
    if use.takes > 0, use.takes < use.slots {
      advice.append(
        MemoryAdvice(
          figure: "pool.takes", value: "\(use.takes)",
          text: "fewer than the \(use.slots) slots of the pools: the input is small, so a smaller -j or "
            + "--mode standard is enough", option: "-j"))
    } else if let fragmentation = use.fragmentation, fragmentation > 0.5, poolBytes > Self.noteworthyBytes {
      advice.append(
        MemoryAdvice(
          figure: "pool.fragmentation_ratio", value: ReportText.percent(fragmentation),
          text: "slots are larger than the slices in them: a lower --memory-budget makes slots smaller at little cost",
          option: "--memory-budget"))
    }
    if let predictedBytes = profile.predictedPeakBytes, let peakBytes = profile.peakResidentBytes,
      predictedBytes / 2 > peakBytes, predictedBytes - peakBytes > 2 * Self.noteworthyBytes
    {
      advice.append(
        MemoryAdvice(
          figure: "predicted_peak_bytes", value: Figures.memorySize(predictedBytes),
          text: "the run peaked at only \(Figures.memorySize(peakBytes)): for similar inputs a lower --memory-budget "
            + "is enough", option: "--memory-budget"))
    }
    return advice
  }
}
