import ZminEngine
import ArgumentParser
import Synchronization
import ZminCPU
import ZminCore
import ZminMemory
import ZminVulkan
import ZminVulkanEngine

/// A lane with a document in its memory, which it takes again and again.
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

  /// Puts a document into the lane, and makes sure that it comes out right.
  func load(_ document: [UInt8]) throws {
    lane.input.copyBytes(from: document)
    byteCount = document.count
    try run()
    var expected: LocalSummary?
    let output = try [UInt8](unsafeUninitializedCapacity: document.count + 1024) { buffer, count in
      expected = try document.withUnsafeBytes {
        try kernel.checkSlice(
          &nesting, startingIn: .between, format: .json, riseMax: 1 << 19, $0,
          into: UnsafeMutableRawBufferPointer(buffer))
      }
      count = expected?.outputByteCount ?? 0
    }
    let start = VulkanLane.outputMarginBytes
    let found = UnsafeRawBufferPointer(rebasing: lane.output[start..<start + keptBytes])
    guard output.withUnsafeBytes({ found.hasSameBytes(as: $0) }) else {
      throw ValidationError("the device gave other bytes: no figure")
    }
  }

  /// The whole way, nesting included.
  func run() throws {
    guard
      let local = try sliceLane.checkSlice(
        &nesting, startingIn: .between, format: .json, riseMax: 1 << 19,
        UnsafeRawBufferPointer(rebasing: lane.input[..<byteCount]),
        into: UnsafeMutableRawBufferPointer(rebasing: lane.output[VulkanLane.outputMarginBytes...]))
    else { throw ValidationError("the device called a valid document unclean: no figure") }
    keptBytes = local.outputByteCount
  }

  /// The same bytes up and down, and nothing else.
  func copy() throws { try lane.copy(upBytes: byteCount, downBytes: keptBytes) }

  /// How long each stage takes.
  func stageSeconds() throws -> [Double] {
    try run()
    return try lane.stageSeconds().map(\.seconds)
  }
}

/// What went wrong on other threads.
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
