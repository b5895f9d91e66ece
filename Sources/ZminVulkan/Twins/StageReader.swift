internal import CZminVulkan

/// Reads back what the stages have left in the buffers of a lane, also those that the host does not see.
struct StageReader {
  /// The buffers that stages write, from where shaders begin in them.
  private static let bindings: [SliceBinding] = SliceBinding.allCases.filter { $0 != .input }

  private let lane: VulkanLane
  private let staging: DeviceBuffer

  /// - Throws: ``VulkanError``.
  init(_ lane: VulkanLane) throws(VulkanError) {
    let byteCount = Self.bindings.reduce(0) { $0 + lane.buffers[$1].byteCount }
    staging = try DeviceBuffer(byteCount: byteCount, for: .staging, on: lane.device)
    self.lane = lane
  }

  /// - Throws: ``VulkanError``.
  func contents() throws(VulkanError) -> StageContents {
    var ranges: [SliceBinding: Range<Int>] = [:]
    var end = 0
    for binding in Self.bindings {
      let byteCount = lane.buffers[binding].byteCount - lane.buffers.offset(of: binding)
      ranges[binding] = end..<end + byteCount
      end += byteCount
    }
    try lane.finishing { () throws(VulkanError) in
      try lane.download.record { commands in
        for (binding, range) in ranges {
          commands.copy(
            from: lane.buffers[binding], at: lane.buffers.offset(of: binding), to: staging, at: range.lowerBound,
            byteCount: range.count)
        }
        commands.barrier(from: .copy, to: .host)
      }
      try lane.timeline.submit(lane.download)
    }
    return StageContents(bytes: staging.bytes.map(Array.init) ?? [], ranges: ranges)
  }
}

/// What the stages have left.
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
