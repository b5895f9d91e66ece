import ZminEngine
import ZminTestSupport

/// A simulation of the times of a run, by the rules of ``SliceQueue`` and of its threads: join if the next slice is
/// done and no thread joins, else take a slice, else wait. Times are in microseconds.
struct SimulatedRun {
  var byteCount = 1 << 30
  var sizes = SliceSizes(largestBytes: 256 << 10, smallestBytes: 32 << 10, workers: 64)
  var slots = 130
  /// Bytes that each worker minifies in a microsecond.
  var speeds = [Double](repeating: 5_000, count: 64)
  /// Bytes that are joined and written in a microsecond, by one worker at a time.
  var writingSpeed = Double.infinity
  /// Largest delay of a slice, at random, relative to its usual time.
  var noise = 0.0
  /// The device, nil if workers are alone.
  var device: Device?
  /// True if workers only join.
  var deviceIsAlone = false
  /// Times learnt from other inputs.
  var workerTiming = SliceTiming.worker
  var laneTiming = SliceTiming.lane

  /// A device that minifies one slice after another.
  struct Device {
    var lanes = 4
    var smallestBytes = 1 << 20
    var largestBytes = 8 << 20
    /// Time at which it joins.
    var readyTime = 0.0
    /// Bytes that it minifies in a microsecond, at a given time.
    var speed: @Sendable (_ time: Double) -> Double
    /// Delay of a slice, while the device works on others.
    var delay = 0.0
    /// Largest delay of a slice, at random, relative to its usual time.
    var noise = 0.0
    /// One slice in so many is useless, at random; 0 for none.
    var uselessOneIn = 0
    /// Times between which it hangs.
    var hang = 0.0..<0.0
  }

  /// Outcome of the run.
  struct Outcome {
    /// The time to the last slice joined.
    var time = 0.0
    /// Bytes of lanes that were joined.
    var laneBytes = 0
    /// Slices that lanes have returned.
    var returnedSliceCount = 0
    var workerTiming = SliceTiming.worker
    var laneTiming = SliceTiming.lane
  }

  /// Shortest time that workers and writing can take, if no worker is ever idle.
  var idealTime: Double {
    max(Double(byteCount) / (speeds.reduce(0, +)), Double(byteCount) / writingSpeed)
  }

  /// Share of the ideal speed that is reached.
  var efficiency: Double { idealTime / outcome().time }

  func outcome() -> Outcome {
    var player = Player(run: self)
    return player.play()
  }
}

/// Plays a simulated run.
private struct Player {
  enum Work {
    case slice(SliceQueue.Slice)
    case join(slot: Int)
    /// Waiting until it is time to ask again.
    case pause
  }

  let run: SimulatedRun
  var queue: SliceQueue
  var random = SplitMix64(seed: 61)
  var lengths: [Int]
  var busy: [(taker: Int, until: Double, work: Work)] = []
  /// Idle workers and lanes. The numbers of lanes come after those of workers.
  var idle: [Int]
  var now = 0.0
  var deviceFreeTime = 0.0
  /// True if all that wait must ask again at once.
  var hasNews = false
  var outcome = SimulatedRun.Outcome()

  init(run: SimulatedRun) {
    self.run = run
    queue = SliceQueue(
      byteCount: run.byteCount, sizes: run.sizes, slots: run.slots, lanesAreAlone: run.deviceIsAlone,
      workerTiming: run.workerTiming, laneTiming: run.laneTiming)
    lengths = Array(repeating: 0, count: run.slots + (run.device?.lanes ?? 0))
    idle = Array(run.speeds.indices)
  }

  mutating func play() -> SimulatedRun.Outcome {
    var waitsForDevice = run.device != nil
    while true {
      if let device = run.device, waitsForDevice, now >= device.readyTime {
        queue.addLanes(device.lanes, smallestBytes: device.smallestBytes, largestBytes: device.largestBytes)
        idle += (0..<device.lanes).map { run.speeds.count + $0 }
        waitsForDevice = false
      }
      // All that wait ask again after each event.
      busy.removeAll { entry in
        guard case .pause = entry.work else { return false }
        idle.append(entry.taker)
        return true
      }
      var asking = idle
      idle = []
      while let taker = asking.popLast() {
        hasNews = false
        if !begin(taker) { idle.append(taker) }
        if hasNews {
          asking += idle
          idle = []
        }
      }
      if queue.isJoined { break }
      guard let next = busy.indices.min(by: { busy[$0].until < busy[$1].until }) else {
        precondition(waitsForDevice, "nobody works")
        now = run.device?.readyTime ?? now
        continue
      }
      if let device = run.device, waitsForDevice, device.readyTime < busy[next].until {
        now = device.readyTime
        continue
      }
      end(busy.remove(at: next))
    }
    outcome.time = now
    outcome.returnedSliceCount = queue.returnedSliceCount
    outcome.workerTiming = queue.workerTiming
    outcome.laneTiming = queue.laneTiming
    return outcome
  }

  /// Gives a worker or lane its next work. False if it has none now, nor at a known time.
  mutating func begin(_ taker: Int) -> Bool {
    if let slot = queue.beginJoin() {
      busy.append((taker, now + Double(lengths[slot]) / run.writingSpeed, .join(slot: slot)))
      return true
    }
    let isLane = taker >= run.speeds.count
    switch isLane ? queue.next(forLane: taker - run.speeds.count, at: now / 1e6) : queue.next(at: now / 1e6) {
    case .slice(let slice):
      lengths[slice.slot] = slice.range?.count ?? 0
      busy.append((taker, isLane ? laneEnd(lengths[slice.slot]) : workerEnd(taker, lengths[slice.slot]), .slice(slice)))
    case .wait(let until?): busy.append((taker, max(now, until * 1e6) + 0.001, .pause))
    case .nothing where isLane:
      queue.retireLane()
      hasNews = true
      return true
    case .wait, .nothing: return false
    }
    return true
  }

  mutating func end(_ ended: (taker: Int, until: Double, work: Work)) {
    now = ended.until
    switch ended.work {
    case .slice(let slice):
      let isLane = slice.slot >= run.slots
      if isLane, let device = run.device, device.uselessOneIn > 0, random.once(in: device.uselessOneIn) {
        queue.giveBack(slice)
      } else {
        queue.finish(slice, at: now / 1e6)
      }
    case .join(let slot):
      queue.endJoin()
      if slot >= run.slots { outcome.laneBytes += lengths[slot] }
    case .pause: break
    }
    idle.append(ended.taker)
  }

  private mutating func longer(_ noise: Double) -> Double { 1 + noise * Double(random.below(1000)) / 1000 }

  private mutating func workerEnd(_ worker: Int, _ byteCount: Int) -> Double {
    now + Double(byteCount) / run.speeds[worker] * longer(run.noise)
  }

  private mutating func laneEnd(_ byteCount: Int) -> Double {
    guard let device = run.device else { return now }
    var start = max(now, deviceFreeTime)
    if device.hang.contains(start) { start = device.hang.upperBound }
    var end = start + Double(byteCount) / device.speed(start) * longer(device.noise)
    if start < device.hang.lowerBound, end > device.hang.lowerBound {
      end += device.hang.upperBound - device.hang.lowerBound
    }
    deviceFreeTime = end
    return end + device.delay
  }
}
