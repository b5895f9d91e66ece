import ZminCore
import ZminFiles
import ZminIO
import ZminVulkanEngine

/// Decides whether a device takes part, and with what memory.
struct DevicePlanner {
  let options: Options
  let environment: any Environment
  /// What the run would take through memory without one, at most.
  let hostBytes: Int
  let limits: MachineLimits?

  /// The plan for these inputs, nil if the run does without a device; why it does, where one was asked for, goes to
  /// `fallbacks`.
  ///
  /// - Throws: ``PlanError`` where there must be one, and cannot.
  func plan(for inputs: [Plan.Input], _ fallbacks: inout [String]) throws(PlanError) -> DevicePlan? {
    let hasHugeFile = inputs.contains { input in
      guard input.format != .concat, case .path(let path) = input.source,
        let facts = environment.facts(about: path), facts.kind == .regular
      else { return false }
      return facts.plainBytes ?? .max > RunMode.deviceBytesMin
    }
    let obstructs = { (input: Plan.Input) in input.format == .concat }
    return try plan(
      isWorthwhile: hasHugeFile, separatesBadLines: options.badLines != nil,
      isConcat: options.mode == .gpu ? inputs.contains(where: obstructs) : inputs.allSatisfy(obstructs), &fallbacks)
  }

  /// The plan for files of which it is not yet known how large they are: it is used if one turns out to be huge.
  ///
  /// - Throws: ``PlanError`` where there must be a device, and cannot.
  func planForManyFiles(_ fallbacks: inout [String]) throws(PlanError) -> DevicePlan? {
    // Files that are no lines have no bad ones, and go to the device.
    try plan(
      isWorthwhile: true, separatesBadLines: options.badLines != nil && options.mode == .gpu,
      isConcat: options.format == .concat, &fallbacks)
  }

  private func plan(
    isWorthwhile: Bool, separatesBadLines: Bool, isConcat: Bool, _ fallbacks: inout [String]
  ) throws(PlanError) -> DevicePlan? {
    try checkOptions()
    guard isWished(isWorthwhile: isWorthwhile) else { return nil }
    if separatesBadLines { return try goOn(without: "bad lines are separated on the CPU alone", &fallbacks) }
    if isConcat { return try goOn(without: "--format concat is taken on the CPU alone", &fallbacks) }
    let budgetBytes = options.budgetBytes(within: limits)
    let floorBytes = hostBytes + DevicePools.driverBytes
    guard
      let pools = DevicePools(
        withinHostBytes: budgetBytes - floorBytes, deviceBytes: options.deviceMemory?.byteCount ?? .max)
    else {
      let leastBytes = floorBytes + DevicePools.least.hostBytes
      if options.mode == .gpu, budgetBytes == options.memoryBudget?.byteCount {
        throw .usage(
          "--memory-budget \(budgetBytes) is too little for --mode gpu: it takes \(leastBytes) bytes at least")
      }
      return try goOn(without: "of memory \(leastBytes) bytes are needed, and there are \(budgetBytes)", &fallbacks)
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
      throw .usage("--device-memory \(memory.byteCount) is too little: it takes \(leastBytes) bytes at least")
    }
  }

  /// Whether a device is to be looked for.
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
    fallbacks.append("goes on on the CPU alone: \(reason)")
    return nil
  }
}
