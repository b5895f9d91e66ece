import ZminCodec
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminVulkanEngine

/// The decision on a device and its memory.
struct DevicePlanner {
  let options: Options
  let environment: any Environment
  /// The peak of the run's memory without a device.
  let hostBytes: Int
  let limits: MachineLimits?

  /// The device's part for these inputs, nil if the run uses none. The reason is appended to `fallbacks` if a device
  /// was requested.
  ///
  /// - Throws: ``PlanError`` if a required device cannot be used.
  func plan(for inputs: [Plan.Input], _ fallbacks: inout [String]) throws(PlanError) -> DevicePlan? {
    let hasHugeFile = inputs.contains { input in
      guard input.format != .concat, case .path(let path) = input.source,
        let facts = environment.facts(about: path), facts.kind == .regular
      else { return false }
      return Codec.estimatedPlainBytes(ofName: path.bytes, storedBytes: facts.storedBytes) > RunMode.deviceBytesMin
    }
    if options.badLines != nil {
      try checkOptions()
      // One thread separates bad lines, whatever the mode.
      if isWished(isWorthwhile: hasHugeFile) {
        fallbacks.append("the GPU is not used: --bad-lines is supported on the CPU only")
      }
      return nil
    }
    let obstructs = { (input: Plan.Input) in input.format == .concat }
    return try plan(
      isWorthwhile: hasHugeFile,
      isConcat: options.mode == .gpu ? inputs.contains(where: obstructs) : inputs.allSatisfy(obstructs), &fallbacks)
  }

  /// The device's part for files of unknown sizes. It is used if one of them turns out to be huge.
  ///
  /// - Throws: ``PlanError`` if a required device cannot be used.
  func planForManyFiles(_ fallbacks: inout [String]) throws(PlanError) -> DevicePlan? {
    // Only `ndjson` has bad lines. Other files can use the device.
    try plan(isWorthwhile: true, isConcat: options.format == .concat, &fallbacks)
  }

  /// The message about a device that `auto` was told to use and does not search for.
  static let inputsAreSmall = "--device is not used: no input is larger than 100 MB; use --mode gpu or hybrid"

  private func plan(
    isWorthwhile: Bool, isConcat: Bool, _ fallbacks: inout [String]
  ) throws(PlanError) -> DevicePlan? {
    try checkOptions()
    guard isWished(isWorthwhile: isWorthwhile) else {
      if options.mode == .auto, options.device != nil { fallbacks.append(Self.inputsAreSmall) }
      return nil
    }
    if isConcat { return try goOn(without: "--format concat is supported on the CPU only", &fallbacks) }
    let budget = options.memoryBudget(within: limits)
    let floorBytes = hostBytes + DevicePools.driverBytes
    guard
      let pools = DevicePools(
        withinHostBytes: budget.byteCount - floorBytes, deviceBytes: options.deviceMemory?.byteCount ?? .max)
    else {
      let leastBytes = floorBytes + DevicePools.least.hostBytes
      if options.mode == .gpu, budget.byteCount == budget.requestedBytes {
        do throws(MemoryBudget.TooSmall) {
          try budget.require(leastBytes, " for --mode gpu")
        } catch {
          throw .usage(FailureMessage.text(for: error))
        }
      }
      return try goOn(
        without: "it needs \(leastBytes) bytes of memory, and \(budget.byteCount) are available", &fallbacks)
    }
    return DevicePlan(
      selector: options.device.map(DeviceSelector.named) ?? .best, pools: pools, isRequired: options.mode == .gpu,
      isWanted: options.mode != .auto)
  }

  private func checkOptions() throws(PlanError) {
    let isPossible = options.mode != .standard && options.mode != .streaming
    if !isPossible, options.device != nil { throw .usage("--device needs --mode gpu, hybrid or auto") }
    if !isPossible, options.deviceMemory != nil { throw .usage("--device-memory needs --mode gpu, hybrid or auto") }
    let leastBytes = DevicePools.least.deviceBytes
    if let memory = options.deviceMemory, memory.byteCount < leastBytes {
      throw .usage("--device-memory \(memory.byteCount) is too small; use at least \(leastBytes)")
    }
  }

  /// True if the run searches for a device.
  private func isWished(isWorthwhile: Bool) -> Bool {
    switch options.mode {
    case .gpu, .hybrid: return true
    case .standard, .streaming: return false
    case .auto: break
    }
    return isWorthwhile && (options.device != nil || !environment.hidesDevices)
  }

  private func goOn(without reason: String, _ fallbacks: inout [String]) throws(PlanError) -> DevicePlan? {
    if options.mode == .gpu { throw .engineUnavailable("--mode gpu: \(reason)") }
    fallbacks.append("the GPU is not used: \(reason)")
    return nil
  }
}
