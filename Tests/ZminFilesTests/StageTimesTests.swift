import Synchronization
import SystemPackage
import Testing
import ZminCore
@testable import ZminEngine
@testable import ZminFiles
import ZminIO
import ZminMemory
import ZminTestSupport

/// The stages of a run add up to its whole time, whatever its threads do.
@Suite struct StageTimesTests {
  /// A clock that tests advance.
  final class HandClock: Sendable {
    private let now = Mutex(0.0)
    /// The seconds by which each look advances it.
    private let tickSeconds: Double

    init(tickSeconds: Double = 0) { self.tickSeconds = tickSeconds }

    var seconds: Double { now.withLock { $0 } }

    func look() -> Double {
      now.withLock { seconds in
        defer { seconds += tickSeconds }
        return seconds
      }
    }

    func advance(_ seconds: Double) { now.withLock { $0 += seconds } }
  }

  /// Each read takes 3 seconds.
  struct SlowInput: ByteSource {
    var input: MemoryInput
    let clock: HandClock

    var isSeekable: Bool { input.isSeekable }
    var seekableSize: Int? { input.seekableSize }
    var endedEarlyError: any Error { input.endedEarlyError }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
      clock.advance(3)
      return input.read(into: buffer)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
      clock.advance(3)
      return input.read(into: buffer, at: offset)
    }
  }

  /// Each write takes 1000 seconds.
  struct SlowOutput: ByteSink {
    let clock: HandClock
    private(set) var writes = 0.0

    var isFinal: Bool { false }

    init(clock: HandClock) { self.clock = clock }

    mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) {
      clock.advance(1000)
      writes += 1
    }
  }

  private static let document = Array("[\(String(repeating: "{ \"a\" : [ 1, 2 ] }, ", count: 300))0]".utf8)

  private static func elapsedSum(_ account: StageTimes.Account) -> Double {
    StageTimes.Stage.allCases.reduce(0) { $0 + account.elapsedSeconds(at: $1) }
  }

  @Test func eachStageHasItsTime() throws {
    let clock = HandClock()
    let times = StageTimes(clock: clock.look)
    var run = try WindowedRun(MinifierOptions(), windowBytes: 1000, times: times, ledger: MemoryLedger())
    var input = SlowInput(input: MemoryInput(Self.document, isSeekable: false), clock: clock)
    var output = SlowOutput(clock: clock)
    _ = try run.run(from: &input, to: &output)
    let (account, reads) = (times.account, Double((Self.document.count + 999) / 1000 + 1))
    #expect(account.elapsedSeconds(at: .read) == 3 * reads)
    #expect(output.writes > 1 && account.elapsedSeconds(at: .write) == 1000 * output.writes)
    #expect(account.threads == 1 && Self.elapsedSum(account) == clock.seconds)
    times.reset()
    #expect(times.account == StageTimes.Account())
  }

  @Test func stagesOfSlicesHaveTheirTimes() throws {
    let clock = HandClock()
    let times = StageTimes(clock: clock.look)
    let plan = SlicePlan(workers: 1, slots: 2, sliceBytes: 1000, smallestSliceBytes: 1000)
    var run = try SlicedRun(MinifierOptions(), plan, times: times, ledger: MemoryLedger())
    var input = SlowInput(input: MemoryInput(Self.document, isSeekable: true), clock: clock)
    var output = SlowOutput(clock: clock)
    _ = try run.run(from: &input, to: &output)
    let account = times.account
    #expect(account.elapsedSeconds(at: .read) >= 3 * 5)
    // The last bytes are written after the threads have ended.
    let late = account.elapsedSeconds(at: .close)
    #expect(account.elapsedSeconds(at: .write) + late == 1000 * output.writes && late <= 1000)
    #expect(abs(Self.elapsedSum(account) - clock.seconds) < 1e-6)
    #expect(account.elapsedSeconds(at: .join) == 0)
  }

  /// Each look advances the clock by a second, so that the sum is the number of looks.
  @Test(arguments: [nil, true, false], 1...4)
  func nothingIsMissing(_ deviceIsAlone: Bool?, _ workers: Int) throws {
    let clock = HandClock(tickSeconds: 1)
    let times = StageTimes(clock: clock.look)
    var use = DeviceUse.none
    if let deviceIsAlone {
      let pending = try TestDevice(lanes: 2, sliceBytesMax: 90, sliceBytesMin: 20).ready
      use = deviceIsAlone ? .alone(pending) : .beside(pending)
    }
    let plan = SlicePlan(workers: workers, slots: 2 * workers, sliceBytes: 70, smallestSliceBytes: 30)
    var run = try SlicedRun(MinifierOptions(), plan, device: use, times: times, ledger: MemoryLedger())
    for _ in 0..<20 {
      times.reset()
      let start = clock.seconds
      var input = MemoryInput(Self.document, isSeekable: true)
      var output = MemoryOutput()
      guard case .complete = try run.run(from: &input, to: &output) else { return #expect(Bool(false)) }
      let account = times.account
      // The last look is that of the end.
      let elapsed = clock.seconds - start - 1
      #expect(abs(Self.elapsedSum(account) - elapsed) < 1e-6)
      let alone = account.elapsedSeconds(at: .open) + account.elapsedSeconds(at: .close)
      let threads = StageTimes.Stage.allCases.reduce(0) { $0 + account.threadSeconds(at: $1) } - alone
      #expect(threads == Double(account.threads) * (elapsed - alone))
      #expect(StageTimes.Stage.allCases.allSatisfy { account.threadSeconds(at: $0) >= 0 })
      if deviceIsAlone == nil { #expect(account.threads == workers) }
      if deviceIsAlone == true { #expect(account.threadSeconds(at: .device) > 0) }
    }
  }

  @Test func aThreadThatHangsInADeviceCountsAsDeviceTime() {
    let clock = HandClock()
    let times = StageTimes(clock: clock.look)
    times.begin()
    times.begin()
    clock.advance(1)
    let entry = times.enterThreads()
    clock.advance(1)
    let worker = StageLaps(times, entry)
    clock.advance(1)
    let lane = StageLaps(times, entry)
    clock.advance(2)
    lane.end(.read)
    clock.advance(3)
    worker.end(.kernel)
    clock.advance(2)
    times.leaveThreads()
    clock.advance(1)
    lane.end(.device)
    StageLaps(times, entry).end(.kernel)
    times.end()
    clock.advance(1)
    times.end()
    let account = times.account
    let found = StageTimes.Stage.allCases.map(account.threadSeconds)
    // Opening, starting, waiting, reading, kernel, device, joining, writing, closing.
    #expect(found == [1, 3, 2, 2, 6, 5, 0, 0, 2])
    #expect(Self.elapsedSum(account) == 12 && account.threads == 2)
    #expect(account.elapsedSeconds(at: .kernel) == 3)
  }

  @Test func aLateStageDoesNotCountForTheNextRun() {
    let clock = HandClock()
    let times = StageTimes(clock: clock.look)
    times.begin()
    let first = times.enterThreads()
    times.leaveThreads()
    let second = times.enterThreads()
    let late = StageLaps(times, first)
    let worker = StageLaps(times, second)
    clock.advance(1)
    late.end(.device)
    worker.end(.kernel)
    times.leaveThreads()
    times.end()
    #expect(times.account.threads == 1)
    #expect(StageTimes.Stage.allCases.map(times.account.threadSeconds) == [0, 0, 0, 0, 1, 0, 0, 0, 0])
  }

  @Test func openingAndClosingFilesCounts() throws {
    let clock = HandClock(tickSeconds: 1)
    let times = StageTimes(clock: clock.look)
    let files = FileAccess()
    let scratch = try ScratchFile(in: "/tmp", for: "stage-times", using: files)
    var made = try OutputFile(at: scratch.path, using: files, sync: .never)
    try Self.document.withUnsafeBytes { try made.write($0) }
    try made.commit()
    var minifier = try FileMinifier(
      MinifierOptions(), memory: .window(byteCount: 1000), badLines: nil, sync: .never, files: files, times: times,
      ledger: MemoryLedger())
    var outcomes: [FileOutcome] = []
    let start = clock.seconds
    try minifier.minify([.path(scratch.path), .path(scratch.path)], to: .nowhere, outcomes: &outcomes)
    #expect(outcomes.count == 2)
    let account = times.account
    // One look each before the first file, between both, and after the second.
    #expect(account.elapsedSeconds(at: .open) == 2 && account.elapsedSeconds(at: .close) == 1)
    #expect(Self.elapsedSum(account) == clock.seconds - start - 1)
  }
}
