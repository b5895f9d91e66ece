import Zmin
import ZminCPU
import ZminCore
import ZminGPU
import ZminMemory
import ZminVulkan

/// A device's part in a run: it is looked for from the run's beginning, and let go at its end.
final class DeviceSession {
  private let search: DeviceSearch
  private let isRequired: Bool

  /// Begins to look for a device.
  ///
  /// - Parameters:
  ///   - plan: Which device, and with what memory.
  ///   - formats: How the inputs are laid out.
  ///   - validates: Whether they are checked.
  ///   - kernel: What is done on the CPU for the device.
  ///   - ledger: The book that the device's memory is entered in.
  /// - Throws: The system's error if it has no descriptor left.
  init(_ plan: DevicePlan, formats: [Format], validates: Bool, kernel: Kernel, ledger: MemoryLedger) throws {
    let kinds = Set(formats.filter { $0 != .concat }.map { ProgramKind(isLines: $0 == .ndjson, checks: validates) })
    search = try DeviceSearch(
      DeviceSearch.Wish(
        finder: DeviceFinder(plan.selector), pools: plan.pools, kinds: Array(kinds), kernel: kernel),
      ledger: ledger)
    isRequired = plan.isRequired
  }

  /// What runs do with the device.
  var use: DeviceUse { isRequired ? .alone(search.pending) : .beside(search.pending) }

  /// Why there is no device although there must be one; nil if there is, or need not be.
  func obstacle() -> String? {
    guard isRequired, case .failure(let failure) = search.pending.wait() else { return nil }
    return "--mode gpu: \(failure)"
  }

  /// Lets the device go, when no run uses it any more.
  func end() {
    if !search.end() { ProcessSetup.noteStuckThread() }
  }
}
