/// Where the time of a lane's slices went.
package struct LaneSeconds: Sendable, Equatable {
  /// The way up, and waiting for the device, which other lanes have work for too.
  package private(set) var upload = 0.0
  /// Each stage by the device's own clock, in the order of ``stageNames``.
  package private(set) var stages = [Double](repeating: 0, count: SliceStage.allCases.count)
  /// The way down, and waiting for it.
  package private(set) var download = 0.0

  package static let stageNames = SliceStage.allCases.map(\.name)

  package init() {}

  /// Together with another's.
  package mutating func add(_ other: LaneSeconds) {
    upload += other.upload
    for index in stages.indices { stages[index] += other.stages[index] }
    download += other.download
  }

  mutating func add(stages seconds: [Double], within whole: Duration) {
    for (index, seconds) in seconds.enumerated() where index < stages.count { stages[index] += seconds }
    upload += max(0, whole.inSeconds - seconds.reduce(0, +))
  }

  mutating func add(download: Duration) { self.download += download.inSeconds }
}

extension Duration {
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
