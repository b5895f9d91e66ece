internal import CZminVulkan

/// Buffers of one slice: those that shaders use and, where host and device share no memory, copies on the host.
struct SliceBuffers {
  /// Room before the output on the host.
  static let outputMarginBytes = 256

  /// Sizes of a slice's buffers, in bytes.
  struct Sizes {
    let sliceBytes: Int
    let threads: Int

    /// Sizes for the smallest workgroups, which need the most memory.
    static func largest(forSliceBytes sliceBytes: Int) -> Sizes { Sizes(sliceBytes: sliceBytes, threads: 64) }

    private var tileBytes: Int { threads * Int(ZMIN_THREAD_BYTES) }
    private var tiles: Int { tiles(forBytes: sliceBytes) }

    /// Workgroups of `check` for a skeleton of `count` characters. Elements come out two characters late, so they cover
    /// two more positions.
    func checkGroups(forCharacters count: Int) -> Int {
      let groupCharacters = threads * Int(ZMIN_THREAD_CHARACTERS)
      return (count + 2 + groupCharacters - 1) / groupCharacters
    }

    func tiles(forBytes byteCount: Int) -> Int { (byteCount + tileBytes - 1) / tileBytes }

    /// Size of a buffer. It is a multiple of 16 because shaders read some buffers in vectors of 16 bytes.
    func bytes(of binding: SliceBinding) -> Int {
      let wanted =
        switch binding {
        case .input, .skeleton: sliceBytes
        case .kept: SliceBuffers.outputMarginBytes + sliceBytes
        case .tiles: tiles * Int(ZMIN_TILE_WORDS) * 4
        case .starts: tiles * 16
        case .threadMaps: tiles * threads * 4
        case .result: MemoryLayout<zmin_slice_result>.size
        // Each workgroup's elements begin at a word.
        case .elements: sliceBytes + 4 * checkGroups(forCharacters: sliceBytes)
        case .elementRuns: 8 * checkGroups(forCharacters: sliceBytes)
        }
      return (wanted + 15) / 16 * 16 + 16
    }
  }

  /// Buffers that the host reads or writes.
  private static let usedByHost: [SliceBinding] = [.input, .kept, .result, .elements, .elementRuns]

  /// Memory for a slice on the device and on the host, in bytes, where they share none.
  static func bytes(_ sizes: Sizes) -> (device: Int, host: Int) {
    let all = SliceBinding.allCases.reduce(0) { $0 + sizes.bytes(of: $1) }
    return (all, usedByHost.reduce(0) { $0 + sizes.bytes(of: $1) })
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
      let isUsedByHost = Self.usedByHost.contains(binding)
      let byteCount = sizes.bytes(of: binding)
      onDevice.append(
        try DeviceBuffer(byteCount: byteCount, for: isUsedByHost && !device.copies ? .shared : .work, on: device))
      onHost.append(
        isUsedByHost && device.copies ? try DeviceBuffer(byteCount: byteCount, for: .staging, on: device) : nil)
    }
    self.sizes = sizes
    self.onDevice = onDevice
    self.onHost = onHost
  }

  /// The buffer that shaders use.
  subscript(binding: SliceBinding) -> DeviceBuffer { onDevice[Int(binding.rawValue)] }

  /// Offset in a buffer at which shaders begin, in bytes. Kept bytes begin after the margin, in shared memory too.
  func offset(of binding: SliceBinding) -> Int { binding == .kept ? Self.outputMarginBytes : 0 }

  /// Copy of a buffer in host memory. Nil if the host maps the buffer itself or does not use it.
  func hostCopy(of binding: SliceBinding) -> DeviceBuffer? { onHost[Int(binding.rawValue)] }

  /// Bytes of a buffer as the host maps them. Empty if the host does not use it.
  func bytes(of binding: SliceBinding) -> UnsafeMutableRawBufferPointer {
    (hostCopy(of: binding) ?? self[binding]).bytes ?? UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }
}
