internal import CZminVulkan

/// The memory of one slice on a device: what shaders have, and where host and device share none, their copies on the host.
struct SliceBuffers {
  /// Room before the output on the host.
  static let outputMarginBytes = 256

  /// What a slice takes, in bytes.
  struct Sizes {
    let sliceBytes: Int
    let threads: Int

    /// Those of the smallest workgroups, which take the most.
    static func largest(forSliceBytes sliceBytes: Int) -> Sizes { Sizes(sliceBytes: sliceBytes, threads: 64) }

    private var tileBytes: Int { threads * Int(ZMIN_THREAD_BYTES) }
    private var tiles: Int { tiles(forBytes: sliceBytes) }

    /// The workgroups that check a skeleton of so many characters, the two positions included that elements are late by.
    func checkGroups(forCharacters count: Int) -> Int {
      let groupCharacters = threads * Int(ZMIN_THREAD_CHARACTERS)
      return (count + 2 + groupCharacters - 1) / groupCharacters
    }

    func tiles(forBytes byteCount: Int) -> Int { (byteCount + tileBytes - 1) / tileBytes }

    /// How large the buffer is; whole vectors of 16 bytes, as some are read by these.
    func bytes(of binding: SliceBinding) -> Int {
      let wanted =
        switch binding {
        case .input, .skeleton: sliceBytes
        case .kept: SliceBuffers.outputMarginBytes + sliceBytes
        case .tiles: tiles * Int(ZMIN_TILE_WORDS) * 4
        case .starts: tiles * 16
        case .threadMaps: tiles * threads * 4
        case .result: MemoryLayout<zmin_slice_result>.size
        // Each workgroup's begin with a word.
        case .elements: sliceBytes + 4 * checkGroups(forCharacters: sliceBytes)
        case .elementRuns: 8 * checkGroups(forCharacters: sliceBytes)
        }
      return (wanted + 15) / 16 * 16 + 16
    }
  }

  /// The buffers that the host has something to do with.
  private static let seenByHost: [SliceBinding] = [.input, .kept, .result, .elements, .elementRuns]

  /// What a slice takes of a device's own memory and of the host's, where they share none.
  static func bytes(_ sizes: Sizes) -> (device: Int, host: Int) {
    let all = SliceBinding.allCases.reduce(0) { $0 + sizes.bytes(of: $1) }
    return (all, seenByHost.reduce(0) { $0 + sizes.bytes(of: $1) })
  }

  let sizes: Sizes
  private let onDevice: [DeviceBuffer]
  private let onHost: [DeviceBuffer?]

  /// - Throws: ``VulkanError``.
  init(sliceBytes: Int, on device: VulkanDevice) throws(VulkanError) {
    let sizes = Sizes(sliceBytes: sliceBytes, threads: device.workgroupThreads)
    var onDevice: [DeviceBuffer] = []
    var onHost: [DeviceBuffer?] = []
    for binding in SliceBinding.allCases {
      let isSeen = Self.seenByHost.contains(binding)
      let byteCount = sizes.bytes(of: binding)
      onDevice.append(
        try DeviceBuffer(byteCount: byteCount, for: isSeen && !device.copies ? .shared : .work, on: device))
      onHost.append(isSeen && device.copies ? try DeviceBuffer(byteCount: byteCount, for: .staging, on: device) : nil)
    }
    self.sizes = sizes
    self.onDevice = onDevice
    self.onHost = onHost
  }

  /// The buffer that shaders have.
  subscript(binding: SliceBinding) -> DeviceBuffer { onDevice[Int(binding.rawValue)] }

  /// Where shaders begin in a buffer, in bytes: what is kept begins after the margin, also in memory that is shared.
  func offset(of binding: SliceBinding) -> Int { binding == .kept ? Self.outputMarginBytes : 0 }

  /// Copy of it that the host maps, nil if it sees the buffer itself.
  func hostCopy(of binding: SliceBinding) -> DeviceBuffer? { onHost[Int(binding.rawValue)] }

  /// What the host sees of a buffer.
  func bytes(of binding: SliceBinding) -> UnsafeMutableRawBufferPointer {
    (hostCopy(of: binding) ?? self[binding]).bytes ?? UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }
}
