internal import CZminVulkan

/// Runs a slice through all stages and reads back every buffer, also those that the host does not map.
struct StageReader {
  /// Buffers that stages write.
  private static let bindings: [SliceBinding] = SliceBinding.allCases.filter { $0 != .input }

  private let lane: VulkanLane
  private let staging: DeviceBuffer
  private let ranges: [SliceBinding: Range<Int>]

  /// - Throws: ``VulkanError``.
  init(_ lane: VulkanLane) throws(VulkanError) {
    var ranges: [SliceBinding: Range<Int>] = [:]
    var end = 0
    for binding in Self.bindings {
      let byteCount = lane.buffers[binding].byteCount - lane.buffers.offset(of: binding)
      ranges[binding] = end..<end + byteCount
      end += byteCount
    }
    self.ranges = ranges
    self.lane = lane
    staging = try DeviceBuffer(byteCount: end, for: .staging, on: lane.device)
  }

  /// Runs the slice in the lane's input through all stages.
  ///
  /// - Throws: ``VulkanError``.
  func run(_ request: VulkanLane.Request) throws(VulkanError) -> StageContents {
    try lane.runStages(request) { commands in
      commands.barrier(from: .shaders, to: .copy)
      for (binding, range) in ranges {
        commands.copy(
          from: lane.buffers[binding], at: lane.buffers.offset(of: binding), to: staging, at: range.lowerBound,
          byteCount: range.count)
      }
      commands.barrier(from: .copy, to: .host)
    }
    return StageContents(bytes: staging.bytes.map(Array.init) ?? [], ranges: ranges)
  }
}

/// Contents of all buffers after the stages, each from the offset at which shaders begin.
struct StageContents {
  fileprivate let bytes: [UInt8]
  fileprivate let ranges: [SliceBinding: Range<Int>]

  func bytes(of binding: SliceBinding) -> ArraySlice<UInt8> { bytes[ranges[binding] ?? 0..<0] }

  func word(_ index: Int, of binding: SliceBinding) -> UInt32 {
    let start = (ranges[binding]?.lowerBound ?? 0) + 4 * index
    return bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  var result: zmin_slice_result {
    bytes(of: .result).withUnsafeBytes { $0.loadUnaligned(as: zmin_slice_result.self) }
  }
}
