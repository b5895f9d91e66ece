import ZminEngine
import ArgumentParser
import Synchronization
import ZminCPU
import ZminCore
import ZminMemory
import ZminVulkan
import ZminVulkanEngine

/// A lane with a document that it minifies repeatedly.
///
/// `@unchecked Sendable` because one thread uses it at a time.
final class LaneTiming: @unchecked Sendable {
  private let lane: VulkanLane
  private let sliceLane: VulkanSliceLane
  private let kernel: KernelRun
  private var nesting: SliceNesting
  private var byteCount = 0
  private var keptBytes = 0

  init(_ lane: VulkanLane, ledger: MemoryLedger) throws {
    self.lane = lane
    sliceLane = try VulkanSliceLane(lane, kernel: .fastest, ledger: ledger)
    kernel = try KernelRun(.fastest, ledger: ledger)
    nesting = try SliceNesting(ledger: ledger)
  }

  var keptShare: Double { Double(keptBytes) / Double(byteCount) }

  /// Loads a document and compares its output with that of the CPU kernel.
  func load(_ document: [UInt8]) throws {
    lane.input.copyBytes(from: document)
    byteCount = document.count
    try run()
    var expected: LocalSummary?
    let output = try [UInt8](unsafeUninitializedCapacity: document.count + 1024) { buffer, count in
      expected = try document.withUnsafeBytes {
        try kernel.checkSlice(
          &nesting, startingIn: .between, format: .json, depthIncreaseMax: 1 << 19, $0,
          into: UnsafeMutableRawBufferPointer(buffer))
      }
      count = expected?.outputByteCount ?? 0
    }
    let start = VulkanLane.outputMarginBytes
    let found = UnsafeRawBufferPointer(rebasing: lane.output[start..<start + keptBytes])
    guard output.withUnsafeBytes({ found.hasSameBytes(as: $0) }) else {
      throw ValidationError("the device's output differs from the CPU kernel's; not timed")
    }
  }

  /// Minifies the document, nesting included.
  func run() throws {
    guard
      let local = try sliceLane.checkSlice(
        &nesting, startingIn: .between, format: .json, depthIncreaseMax: 1 << 19,
        UnsafeRawBufferPointer(rebasing: lane.input[..<byteCount]),
        into: UnsafeMutableRawBufferPointer(rebasing: lane.output[VulkanLane.outputMarginBytes...]))
    else { throw ValidationError("the device called a valid document unclean; not timed") }
    keptBytes = local.outputByteCount
  }

  /// Copies as many bytes to the device and back, without running a stage.
  func copy() throws { try lane.copy(upBytes: byteCount, downBytes: keptBytes) }

  /// Duration of each stage, in seconds.
  func stageSeconds() throws -> [Double] {
    try run()
    return try lane.stageSeconds().map(\.seconds)
  }
}

/// First error thrown on any thread.
final class Failures: Sendable {
  private let caught = Mutex<(any Error)?>(nil)

  var first: (any Error)? { caught.withLock { $0 } }

  func noteIfThrown(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      caught.withLock { $0 = $0 ?? error }
    }
  }
}
