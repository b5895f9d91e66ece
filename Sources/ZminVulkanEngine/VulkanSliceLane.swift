package import ZminCPU
package import ZminCore
import ZminEngine
package import ZminMemory
package import ZminVulkan

/// A lane that minifies slices on a Vulkan device. The shaders do everything except nesting, which runs on the CPU.
///
/// `@unchecked Sendable` because one thread uses a lane at a time.
package final class VulkanSliceLane: SliceLane, @unchecked Sendable {
  private let lane: VulkanLane
  private let kernel: KernelRun

  /// - Parameters:
  ///   - lane: Buffers and commands on the device.
  ///   - kernel: CPU kernel that checks nesting.
  ///   - ledger: Ledger that records the kernel's workspace.
  /// - Throws: ``OutOfMemory``.
  package init(_ lane: VulkanLane, kernel: Kernel, ledger: MemoryLedger) throws(OutOfMemory) {
    self.lane = lane
    self.kernel = try KernelRun(kernel, ledger: ledger)
  }

  /// Returns the time spent on slices since the last call. It is 0 unless the device measures.
  package func takePartSeconds() -> LaneSeconds {
    defer { lane.partSeconds = LaneSeconds() }
    return lane.partSeconds
  }

  /// Memory for a slice, from its first byte on.
  package var input: UnsafeMutableRawBufferPointer { lane.input }

  /// Memory for the bytes kept, after a margin of ``VulkanLane/outputMarginBytes``.
  package var output: UnsafeMutableRawBufferPointer { lane.output }

  /// Checks and minifies a slice on the device, as `KernelRun.checkSlice` does on the CPU.
  ///
  /// - Parameters:
  ///   - slice: The first bytes of ``input``.
  ///   - room: ``output`` after its margin.
  /// - Throws: ``OutOfMemory``, and ``VulkanError`` if the device can no longer be used.
  package func checkSlice(
    _ nesting: inout SliceNesting, startingIn start: SlicePrefix.Start, format: Format, depthIncreaseMax: Int,
    _ slice: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws -> LocalSummary? {
    precondition(slice.baseAddress == UnsafeRawPointer(input.baseAddress), "the slice must be in the lane's memory")
    let opened: OpenedSlice
    switch try nesting.open(slice, startingIn: start, format: format, depthIncreaseMax: depthIncreaseMax) {
    case .complete(let summary): return summary
    case .open(let slice): opened = slice
    }
    let found = try lane.run(
      VulkanLane.Request(
        kind: ProgramKind(isLines: format == .ndjson, checks: true), byteCount: slice.count,
        startsInString: start == .string, history: opened.history.characters,
        historyHasElement: opened.history.hasSeenElement))
    guard found.flags == 0, found.end != .escaped else { return nil }
    let result = LexicalStageResult(
      keptBytes: found.keptBytes, endsInString: found.end == .string, skeletonIsEmpty: found.skeletonBytes == 0,
      lastCharacter: UInt8(truncatingIfNeeded: found.lastCharacters >> 24),
      characterBefore: UInt8(truncatingIfNeeded: found.lastCharacters >> 16), elements: lane.elements,
      runCount: found.elementRunCount
    ) { [lane] index in
      let run = lane.elementRun(index)
      return LexicalStageResult.ElementRun(firstByte: run.firstByte, count: run.count)
    }
    return kernel.finishNesting(&nesting, opened, result)
  }

  /// Minifies a slice on the device without any check, `json` or `ndjson`, from a state in which no LF is owed.
  ///
  /// - Parameters: As for ``checkSlice(_:startingIn:format:depthIncreaseMax:_:into:)``.
  /// - Returns: The number of bytes kept.
  /// - Throws: ``VulkanError`` if the device can no longer be used.
  package func unchecked(
    _ state: inout UncheckedState, format: Format, _ slice: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    precondition(slice.baseAddress == UnsafeRawPointer(input.baseAddress), "the slice must be in the lane's memory")
    let found = try lane.run(
      VulkanLane.Request(
        kind: ProgramKind(isLines: format == .ndjson, checks: false), byteCount: slice.count,
        startsInString: state.stringState == .inString))
    state.stringState =
      switch found.end {
      case .outside, .owing: .outside
      case .string: .inString
      case .escaped: .escaped
      }
    if format == .ndjson { state.owesLineFeed = found.keptBytes > 0 && found.end != .outside }
    return found.keptBytes
  }
}
