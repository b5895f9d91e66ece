internal import CZminVulkan

/// Runs one slice at a time on a device. Owns the slice's buffers and the commands for all stages.
///
/// The host copies a slice into ``input``. The stages (``SliceStage``) minify it, check everything that needs no stack,
/// and list its ``elements``, from which the host checks nesting. A slice that is not clean has no output.
///
/// `@unchecked Sendable` because one thread uses a lane at a time.
package final class VulkanLane: @unchecked Sendable {
  /// A slice and the state before it.
  package struct Request: Sendable, Equatable {
    package var kind: ProgramKind
    /// Size of the slice in ``VulkanLane/input``.
    package var byteCount: Int
    package var startsInString: Bool
    /// The four skeleton characters before the slice, the last in the highest byte.
    package var history: UInt32
    /// True if one of them is an element that nesting has already seen.
    package var historyHasElement: Bool

    package init(
      kind: ProgramKind, byteCount: Int, startsInString: Bool = false, history: UInt32 = 0x3A3A_3A3A,
      historyHasElement: Bool = false
    ) {
      self.kind = kind
      self.byteCount = byteCount
      self.startsInString = startsInString
      self.history = history
      self.historyHasElement = historyHasElement
    }
  }

  /// State after a slice.
  package enum EndState: UInt32, Sendable {
    /// Outside strings. In `ndjson`, nothing has been kept since the last kept LF.
    case outside
    case string
    /// In a string, after a backslash.
    case escaped
    /// Outside strings, with bytes kept since the last kept LF. Only in `ndjson`.
    case owing
  }

  /// Result of a slice. Its kept bytes are in ``VulkanLane/output``.
  package struct Findings: Sendable {
    /// Reasons why the slice is not clean, a set of `ZMIN_FLAG_…`. The other properties are valid only if it is 0.
    package let flags: UInt32
    package let end: EndState
    package let keptBytes: Int
    package let skeletonBytes: Int
    /// The last four characters of history and skeleton, the last in the highest byte.
    package let lastCharacters: UInt32
    /// Number of element runs.
    package let elementRunCount: Int
  }

  package let device: VulkanDevice
  let buffers: SliceBuffers
  private let layouts: SliceLayouts
  private let sets: SliceSets
  private let timeline: Timeline
  private let work: CommandRecorder
  private let upload: CommandRecorder
  private let download: CommandRecorder
  /// Set only if the device measures.
  private let clock: StageClock?
  /// Time spent on slices since it was last reset. Stays 0 unless the device measures.
  package var partSeconds = LaneSeconds()

  /// Creates a lane for slices of up to `sliceBytes`.
  ///
  /// - Throws: ``VulkanError``, also if `sliceBytes` exceeds ``VulkanDevice/sliceBytesMax``.
  package init(sliceBytes: Int, on device: VulkanDevice) throws(VulkanError) {
    guard sliceBytes <= device.sliceBytesMax else {
      throw VulkanError("slices of \(sliceBytes) bytes exceed the device's limit of \(device.sliceBytesMax)")
    }
    let layouts = try device.layouts()
    let buffers = try SliceBuffers(sliceBytes: sliceBytes, on: device)
    self.device = device
    self.layouts = layouts
    self.buffers = buffers
    sets = try SliceSets(buffers, layouts, on: device)
    timeline = try Timeline(on: device)
    clock = device.measures ? try StageClock(on: device) : nil
    work = try CommandRecorder(for: device.work, on: device)
    upload = try CommandRecorder(for: device.upload, on: device)
    download = try CommandRecorder(for: device.download, on: device)
  }

  /// Maximum size of a slice, in bytes.
  package var sliceBytes: Int { buffers.sizes.sliceBytes }

  /// Maximum device memory of a lane, in bytes.
  package static func deviceBytes(forSliceBytes sliceBytes: Int) -> Int {
    SliceBuffers.bytes(.largest(forSliceBytes: sliceBytes)).device
  }

  /// Maximum host memory of a lane, in bytes.
  package static func hostBytes(forSliceBytes sliceBytes: Int) -> Int {
    SliceBuffers.bytes(.largest(forSliceBytes: sliceBytes)).host
  }

  /// Writable bytes before the output.
  package static var outputMarginBytes: Int { SliceBuffers.outputMarginBytes }

  /// Buffer for the slice. It begins at the buffer's first byte.
  package var input: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: buffers.bytes(of: .input)[..<sliceBytes])
  }

  /// Kept bytes of the slice, after a margin of ``outputMarginBytes`` that may be overwritten.
  package var output: UnsafeMutableRawBufferPointer { buffers.bytes(of: .kept) }

  /// Brackets, commas and record ends outside strings, in runs.
  package var elements: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffers.bytes(of: .elements)) }

  /// Range of one run in ``elements``.
  package func elementRun(_ index: Int) -> (firstByte: Int, count: Int) {
    let words = UnsafeRawBufferPointer(buffers.bytes(of: .elementRuns))
    let first = words.loadUnaligned(fromByteOffset: index * 8, as: UInt32.self)
    return (Int(first) * 4, Int(words.loadUnaligned(fromByteOffset: index * 8 + 4, as: UInt32.self)))
  }

  /// Runs all stages on the slice in ``input``, waits for the result, and copies a clean slice back to the host.
  ///
  /// - Throws: ``VulkanError``. After a lost device or a timeout, the device and all its lanes are unusable.
  package func run(_ request: Request) throws(VulkanError) -> Findings {
    let start = clock.map { _ in ContinuousClock.now }
    try runStages(request)
    if let clock, let start, request.kind.checks, request.byteCount > 0 {
      partSeconds.add(stages: try clock.seconds(), within: start.duration(to: .now))
    }
    let result = bytes(of: .result).loadUnaligned(as: zmin_slice_result.self)
    let findings = try Findings(result, of: request, buffers.sizes)
    if findings.flags == 0, device.copies {
      let start = clock.map { _ in ContinuousClock.now }
      try finishing { () throws(VulkanError) in
        try download.record { commands in fetch(result, findings, into: commands) }
        try timeline.submit(download)
      }
      if let start { partSeconds.add(download: start.duration(to: .now)) }
    }
    return findings
  }

  /// Runs all stages on the slice in ``input`` and waits for them.
  ///
  /// - Parameter next: Records commands to run after the last stage.
  /// - Throws: ``VulkanError``.
  func runStages(_ request: Request, _ next: (Commands) -> Void = { _ in }) throws(VulkanError) {
    precondition(request.byteCount <= sliceBytes)
    let programs = try device.programs(for: request.kind)
    try finishing { () throws(VulkanError) in
      let hasUploadQueue = device.upload !== device.work
      if hasUploadQueue, let source = buffers.hostCopy(of: .input) {
        try upload.record { $0.copy(from: source, to: buffers[.input], byteCount: request.byteCount) }
        try timeline.submit(upload)
      }
      try work.record { commands in
        if !hasUploadQueue, let source = buffers.hostCopy(of: .input) {
          commands.copy(from: source, to: buffers[.input], byteCount: request.byteCount)
          commands.barrier(from: .copy, to: .shaders)
        }
        record(request, programs, into: commands)
        next(commands)
      }
      try timeline.submit(work)
    }
  }

  /// Calls `body`, which submits work, and waits for that work.
  ///
  /// - Throws: ``VulkanError``.
  private func finishing(_ body: () throws(VulkanError) -> Void) throws(VulkanError) {
    do throws(VulkanError) {
      try body()
      try timeline.wait()
    } catch {
      // Submitted work uses buffers and commands until it is done. On a lost device the wait ends at once.
      if !device.isAbandoned { try? timeline.wait() }
      throw error
    }
  }

  /// Duration of each stage of the last slice, in seconds. The slice must have been checked and not empty.
  ///
  /// - Throws: ``VulkanError``.
  package func stageSeconds() throws(VulkanError) -> [(stage: String, seconds: Double)] {
    guard let clock else { throw VulkanError("the device was opened without measuring") }
    return zip(SliceStage.allCases.map(\.name), try clock.seconds()).map { ($0, $1) }
  }

  /// Copies bytes to the device and back, without running a stage, as a baseline for measurements.
  ///
  /// Does nothing where host and device share memory.
  ///
  /// - Throws: ``VulkanError``.
  package func copy(upBytes: Int, downBytes: Int) throws(VulkanError) {
    guard let input = buffers.hostCopy(of: .input), let kept = buffers.hostCopy(of: .kept) else { return }
    try finishing { () throws(VulkanError) in
      if upBytes > 0 {
        try upload.record { $0.copy(from: input, to: buffers[.input], byteCount: upBytes) }
        try timeline.submit(upload)
      }
      if downBytes > 0 {
        try download.record { $0.copy(from: buffers[.kept], to: kept, byteCount: downBytes) }
        try timeline.submit(download)
      }
    }
  }

  /// Copies bytes within the device's memory, as a baseline for measurements.
  ///
  /// - Throws: ``VulkanError``.
  package func copyOnDevice(byteCount: Int) throws(VulkanError) {
    try finishing { () throws(VulkanError) in
      try work.record { $0.copy(from: buffers[.input], to: buffers[.skeleton], byteCount: byteCount) }
      try timeline.submit(work)
    }
  }

  private func bytes(of binding: SliceBinding) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(buffers.bytes(of: binding))
  }

  /// Records all stages for the slice, and the copy of their result to the host.
  private func record(_ request: Request, _ programs: SlicePrograms, into commands: Commands) {
    let tiles = buffers.sizes.tiles(forBytes: request.byteCount)
    let constants = zmin_slice(
      byte_count: UInt32(request.byteCount), tile_count: UInt32(tiles),
      start_state: UInt32(request.startsInString ? ZMIN_STATE_STRING : ZMIN_STATE_OUTSIDE),
      history: request.history, history_elements: request.historyHasElement ? 1 : 0)
    clock?.start(in: commands)
    func bind(_ stage: SliceStage) {
      clock?.mark(stage, in: commands)
      commands.bind(programs[stage], layouts[stage].pipeline, sets[stage], constants)
    }
    if tiles > 0 {
      bind(.summarise)
      commands.dispatch(tiles)
      commands.barrier(from: .shaders, to: .shaders)
    }
    bind(.scan)
    commands.dispatch(1)
    commands.barrier(from: .shaders, to: .shadersAndArguments)
    if tiles > 0 {
      bind(.compact)
      commands.dispatch(tiles)
      commands.barrier(from: .shaders, to: .shaders)
    }
    if request.kind.checks {
      bind(.check)
      commands.dispatchIndirect(
        buffers[.result], at: MemoryLayout<zmin_slice_result>.offset(of: \.check_groups) ?? 0)
    }
    clock?.mark(nil, in: commands)
    guard let hostCopy = buffers.hostCopy(of: .result) else { return commands.barrier(from: .shaders, to: .host) }
    commands.barrier(from: .shaders, to: .copy)
    commands.copy(from: buffers[.result], to: hostCopy, byteCount: MemoryLayout<zmin_slice_result>.size)
    commands.barrier(from: .copy, to: .host)
  }

  /// Records the copies of a clean slice's output and elements to the host.
  private func fetch(_ result: zmin_slice_result, _ findings: Findings, into commands: Commands) {
    func fetch(_ binding: SliceBinding, byteCount: Int) {
      guard let hostCopy = buffers.hostCopy(of: binding) else { return }
      let offset = buffers.offset(of: binding)
      commands.copy(from: buffers[binding], at: offset, to: hostCopy, at: offset, byteCount: byteCount)
    }
    fetch(.kept, byteCount: findings.keptBytes)
    fetch(.elements, byteCount: Int(result.element_words) * 4)
    fetch(.elementRuns, byteCount: findings.elementRunCount * 8)
    commands.barrier(from: .copy, to: .host)
  }
}

extension VulkanLane.Findings {
  /// - Throws: ``VulkanError`` if a size exceeds its buffer or the slice.
  init(
    _ result: zmin_slice_result, of request: VulkanLane.Request, _ sizes: SliceBuffers.Sizes
  ) throws(VulkanError) {
    let groups = request.kind.checks ? sizes.checkGroups(forCharacters: Int(result.skeleton_bytes)) : 0
    guard let end = VulkanLane.EndState(rawValue: result.end_state), Int(result.kept_bytes) <= request.byteCount,
      Int(result.skeleton_bytes) <= request.byteCount,
      Int(result.element_words) <= sizes.bytes(of: .elements) / 4
    else { throw VulkanError("the device returned an impossible size") }
    flags = result.flags
    self.end = end
    keptBytes = Int(result.kept_bytes)
    skeletonBytes = Int(result.skeleton_bytes)
    lastCharacters = result.last_characters
    elementRunCount = groups
  }
}
