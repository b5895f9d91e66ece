package import Glibc
import Synchronization
import ZminIO

/// The helper processes of a run, as far as they are seen.
struct Helpers {
  private struct Helper {
    let process: pid_t
    var facts: HelperFacts
    /// The high-water mark of the run when the process began.
    let highWaterBytes: Int?
  }

  private var helpers: [Helper] = []

  var facts: [HelperFacts] { helpers.map(\.facts) }

  /// The processes that have not ended.
  var running: [pid_t] { helpers.filter { $0.facts.endSeconds == nil }.map(\.process) }

  /// - Parameter own: The memory of the run.
  mutating func begin(_ process: pid_t, at seconds: Double, beside own: ProcessMemory) {
    helpers.append(
      Helper(
        process: process, facts: HelperFacts(startSeconds: seconds), highWaterBytes: own.peakResidentBytes))
  }

  /// Notes the memory of running processes, sampled with the run's own.
  mutating func note(_ memory: [(process: pid_t, memory: ProcessMemory)], beside sample: MemorySample) {
    for index in helpers.indices {
      guard let seen = memory.first(where: { $0.process == helpers[index].process })?.memory else { continue }
      helpers[index].facts.raise(to: seen.peakResidentBytes, beside: sample.residentBytes)
    }
  }

  /// - Parameters:
  ///   - peakBytes: Its peak by `wait4`, which is at least the peak that the run had when the process began.
  ///   - own: The memory of the run.
  mutating func end(_ process: pid_t, at seconds: Double, peakBytes: Int, beside own: ProcessMemory) {
    guard let index = helpers.lastIndex(where: { $0.process == process && $0.facts.endSeconds == nil }) else { return }
    let helper = helpers[index]
    let isOfHelper = peakBytes > helper.highWaterBytes ?? .max || helper.facts.peakResidentBytes == nil
    helpers[index].facts.raise(to: isOfHelper ? peakBytes : helper.facts.peakResidentBytes, beside: own.residentBytes)
    helpers[index].facts.endSeconds = seconds
  }
}

extension HelperFacts {
  /// Raises the peaks to a state of the process and of the run.
  fileprivate mutating func raise(to peakBytes: Int?, beside ownBytes: Int?) {
    guard let peakBytes else { return }
    peakResidentBytes = max(peakResidentBytes ?? 0, peakBytes)
    guard let ownBytes else { return }
    peakTotalBytes = max(peakTotalBytes ?? 0, peakBytes + ownBytes)
  }
}

extension MemoryProfiler {
  package func helperBegan(_ process: pid_t) {
    let (seconds, own) = (seconds, ProcessMemory(using: probe.files))
    state.withLock { $0.helpers.begin(process, at: seconds, beside: own) }
  }

  package func helperEnded(_ process: pid_t, peakResidentBytes: Int) {
    let (seconds, own) = (seconds, ProcessMemory(using: probe.files))
    state.withLock { $0.helpers.end(process, at: seconds, peakBytes: peakResidentBytes, beside: own) }
  }
}
