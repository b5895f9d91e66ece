package import ZminCPU
package import ZminCore
import ZminEngine
package import ZminMemory
package import ZminVulkan

/// A lane of a Vulkan device that takes slices of documents: all stages before nesting on the device, nesting here.
///
/// `@unchecked Sendable` because one thread uses a lane at a time.
package final class VulkanSliceLane: SliceLane, @unchecked Sendable {
  private let lane: VulkanLane
  private let kernel: KernelRun

  /// - Parameters:
  ///   - lane: The memory and the way through the device.
  ///   - kernel: What nesting is found with.
  ///   - ledger: The book that the kernel's workspace is entered in.
  /// - Throws: ``OutOfMemory``.
  package init(_ lane: VulkanLane, kernel: Kernel, ledger: MemoryLedger) throws(OutOfMemory) {
    self.lane = lane
    self.kernel = try KernelRun(kernel, ledger: ledger)
  }

  /// Where the time of its slices went since the last call, if the device measures.
  package func takePartSeconds() -> LaneSeconds {
    defer { lane.partSeconds = LaneSeconds() }
    return lane.partSeconds
  }

  /// Where a slice is put, from its first byte on.
  package var input: UnsafeMutableRawBufferPointer { lane.input }

  /// What is kept of it, after a margin of ``VulkanLane/outputMarginBytes``.
  package var output: UnsafeMutableRawBufferPointer { lane.output }

  /// As ``KernelRun/checkSlice(_:startingIn:format:riseMax:_:into:)`` over the first bytes of ``input``.
  ///
  /// - Throws: ``OutOfMemory``, and ``DeviceFailure`` if the device is of no more use.
  package func checkSlice(
    _ nesting: inout SliceNesting, startingIn start: SlicePrefix.Start, format: Format, riseMax: Int, byteCount: Int
  ) throws -> LocalSummary? {
    let slice = UnsafeRawBufferPointer(rebasing: input[..<byteCount])
    return try kernel.finishSlice(&nesting, startingIn: start, format: format, riseMax: riseMax, slice) { history in
      let found = try run(
        VulkanLane.Request(
          kind: ProgramKind(isLines: format == .ndjson, checks: true), byteCount: byteCount,
          startsInString: start == .string, history: history.characters,
          historyHasElement: history.hasSeenElement))
      guard found.flags == 0, found.end != .escaped else { return nil }
      return LexicalStageResult(
        keptBytes: found.keptBytes, endsInString: found.end == .string, skeletonIsEmpty: found.skeletonBytes == 0,
        lastCharacter: UInt8(truncatingIfNeeded: found.lastCharacters >> 24),
        characterBefore: UInt8(truncatingIfNeeded: found.lastCharacters >> 16), elements: lane.elements,
        runCount: found.elementRunCount
      ) { [lane] index in
        let run = lane.elementRun(index)
        return LexicalStageResult.ElementRun(firstByte: run.firstByte, count: run.count)
      }
    }
  }

  /// Minifies the first bytes of ``input`` without any check, `json` or `ndjson`, from a state in which no LF is owed.
  ///
  /// - Returns: The number of bytes kept.
  /// - Throws: ``DeviceFailure`` if the device is of no more use.
  package func unchecked(_ state: inout UncheckedState, format: Format, byteCount: Int) throws -> Int {
    let found = try run(
      VulkanLane.Request(
        kind: ProgramKind(isLines: format == .ndjson, checks: false), byteCount: byteCount,
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

  private func run(_ request: VulkanLane.Request) throws(DeviceFailure) -> VulkanLane.Findings {
    do throws(VulkanError) {
      return try lane.run(request)
    } catch {
      throw DeviceFailure("\(error)")
    }
  }
}
