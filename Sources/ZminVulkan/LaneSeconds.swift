/// Time that a lane spent on its slices, by part, in seconds.
package struct LaneSeconds: Sendable, Equatable {
  /// Uploads, and waiting for the device while it works for other lanes.
  package private(set) var upload = 0.0
  /// Stages by the device's clock, in the order of ``stageNames``.
  package private(set) var stages = [Double](repeating: 0, count: SliceStage.allCases.count)
  /// Downloads, and waiting for them.
  package private(set) var download = 0.0

  package static let stageNames = SliceStage.allCases.map(\.name)

  package init() {}

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
