import Synchronization
package import ZminCPU
import ZminCore
package import ZminEngine
import ZminMemory

/// A device simulated on the CPU, which can be told to fail.
package final class TestDevice: SliceDevice {
  /// The behaviour of a lane for one slice.
  package enum Action: Sendable {
    case work
    /// Loses the device.
    case fail
    case runOutOfMemory
    /// Reports the slice as not clean in any case.
    case callDirty
    /// Changes one byte of the output.
    case changeByte
    /// Drops the last byte of the output.
    case dropByte
    /// Reports a slice that is not clean as clean, and copies it unchanged.
    case callClean
    /// Reports the opposite of whether the slice ends in a string.
    case mistakeEnd
  }

  package let name = "test device"
  package let lanes: [any SliceLane]
  package let sliceBytesMax: Int
  package let sliceBytesMin: Int

  /// - Parameter action: Called with the number of slices before this one. Time spent in it delays the lane.
  package init(
    lanes: Int = 3, sliceBytesMax: Int, sliceBytesMin: Int, kernel: Kernel = .fastest,
    action: @escaping @Sendable (Int) -> Action = { _ in .work }
  ) throws {
    let counter = Counter()
    self.sliceBytesMax = sliceBytesMax
    self.sliceBytesMin = sliceBytesMin
    self.lanes = try (0..<lanes).map { _ in
      try TestLane(sliceBytesMax: sliceBytesMax, kernel: kernel) { action(counter.next()) }
    }
  }

  /// A pending device that is already resolved to this one.
  package var ready: PendingDevice {
    let pending = PendingDevice()
    pending.resolve(.success(self))
    return pending
  }
}

/// Counts from 0, on any thread.
package final class Counter: Sendable {
  private let value = Atomic(0)

  package init() {}

  package var count: Int { value.load(ordering: .sequentiallyConsistent) }

  package func next() -> Int { value.add(1, ordering: .sequentiallyConsistent).oldValue }
}

/// `@unchecked Sendable` because one thread uses it at a time.
private final class TestLane: SliceLane, @unchecked Sendable {
  private let inputBuffer: ByteBuffer
  private let outputBuffer: ByteBuffer
  private let kernel: KernelRun
  private let action: @Sendable () -> TestDevice.Action

  init(sliceBytesMax: Int, kernel: Kernel, action: @escaping @Sendable () -> TestDevice.Action) throws {
    let ledger = MemoryLedger()
    // Sized to the byte, so that a sanitizer notices accesses past the end.
    let inputBytes = sliceBytesMax + SliceSlot.inputMarginBytes
    inputBuffer = try ByteBuffer(byteCount: inputBytes, for: .inputWindow, in: ledger)
    outputBuffer = try ByteBuffer(
      byteCount: SliceSlot.outputMarginBytes + Minifier.outputBytes(forInputBytes: inputBytes, format: .json),
      for: .outputWindow, in: ledger)
    self.kernel = try KernelRun(kernel, ledger: ledger)
    self.action = action
  }

  var input: UnsafeMutableRawBufferPointer { inputBuffer.bytes }
  var output: UnsafeMutableRawBufferPointer { outputBuffer.bytes }

  func checkSlice(
    _ nesting: inout SliceNesting, startingIn start: SlicePrefix.Start, format: Format, depthIncreaseMax: Int,
    _ slice: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws -> LocalSummary? {
    let action = action()
    var local = try kernel.checkSlice(
      &nesting, startingIn: start, format: format, depthIncreaseMax: depthIncreaseMax, slice, into: room)
    try act(action)
    switch action {
    case .callDirty: return nil
    case .callClean where local == nil:
      room.copyMemory(from: slice)
      local = LocalSummary(start: start.lexeme, end: .between, tokens: TokenRun(.value), outputByteCount: slice.count)
    default: break
    }
    guard var local else { return nil }
    alter(&local.outputByteCount, room, action)
    if case .mistakeEnd = action { local.end = local.end.isInString ? .between : .string }
    return local
  }

  func unchecked(
    _ state: inout UncheckedState, format: Format, _ slice: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    let action = action()
    var writtenBytes = kernel.unchecked(&state, format: format, slice, into: room)
    try act(action)
    alter(&writtenBytes, room, action)
    if case .mistakeEnd = action { state.stringState = state.stringState == .outside ? .inString : .outside }
    return writtenBytes
  }

  private func act(_ action: TestDevice.Action) throws {
    switch action {
    case .fail: throw DeviceFailure("it was told to fail")
    case .runOutOfMemory: throw OutOfMemory(byteCount: 1, purpose: .nesting)
    default: break
    }
  }

  private func alter(
    _ writtenBytes: inout Int, _ room: UnsafeMutableRawBufferPointer, _ action: TestDevice.Action
  ) {
    switch action {
    case .changeByte where writtenBytes > 0: room[writtenBytes / 2] ^= 1
    case .dropByte where writtenBytes > 0: writtenBytes -= 1
    default: break
    }
  }
}
