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

  /// Buffer for the slice. It begins at the buffer's first byte.
  package var input: UnsafeMutableRawBufferPointer { lane.input }

  /// Kept bytes of the slice, after a margin of ``VulkanLane/outputMarginBytes``.
  package var output: UnsafeMutableRawBufferPointer { lane.output }

  /// Minifies and checks the first `byteCount` bytes of ``input``, like
  /// ``KernelRun/checkSlice(_:startingIn:format:riseMax:_:into:)``.
  ///
  /// - Throws: ``OutOfMemory``, and ``DeviceFailure`` if the device has become unusable.
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

  /// Minifies the first `byteCount` bytes of ``input`` without checking them. The format must be `json` or `ndjson`. No
  /// LF may be owed at the start.
  ///
  /// - Returns: Number of kept bytes.
  /// - Throws: ``DeviceFailure`` if the device has become unusable.
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
