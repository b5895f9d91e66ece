package import SystemPackage

/// The memory of the control group that this process is in, the processes beside it included. What the kernel does not
/// say is nil.
package struct ControlGroupMemory: Sendable, Equatable {
  /// The least limit of the group and its ancestors.
  package var limitBytes: Int?
  /// What is charged to the group now, cached files included.
  package var usageBytes: Int?
  /// The most that was charged to it since it was made.
  package var peakBytes: Int?
  /// How much of the usage is cached files, which the kernel takes back before it kills.
  package var cacheBytes: Int?
  /// How often a process of the group was killed for memory.
  package var kills: Int?

  package init() {}

  /// What the kernel says now, for either version of control groups.
  package init(reading files: ControlGroupFiles) {
    limitBytes = files.limitBytes
    guard let directory = files.directory else { return }
    let names = files.isUnified ? ControlGroupFiles.unifiedNames : ControlGroupFiles.singleNames
    usageBytes = files.number(in: directory.appending(names.usage))
    peakBytes = files.number(in: directory.appending(names.peak))
    cacheBytes = files.number(of: names.cacheKey, in: directory.appending("memory.stat"))
    kills = files.number(of: "oom_kill", in: directory.appending(names.events))
  }
}

/// Where a process finds the files of its control group. They are sought once, and read often.
package struct ControlGroupFiles: Sendable {
  static let unifiedNames = (usage: "memory.current", peak: "memory.peak", events: "memory.events", cacheKey: "file")
  static let singleNames = (
    usage: "memory.usage_in_bytes", peak: "memory.max_usage_in_bytes", events: "memory.oom_control",
    cacheKey: "total_cache"
  )

  private let files: SystemFiles
  /// The group's own directory in the hierarchy that has memory, nil if there is none.
  let directory: FilePath?
  /// Whether that is of version 2.
  let isUnified: Bool
  let limitBytes: Int?

  package init(using access: FileAccess, root: FilePath = "/") {
    files = SystemFiles(access: access, root: root)
    let groups = ControlGroups(files)
    limitBytes = groups.memoryBytes
    let (files, single, unified) = (
      files, groups.memoryDirectory(isUnified: false), groups.memoryDirectory(isUnified: true)
    )
    func hasUsage(_ directory: FilePath?, _ name: String) -> FilePath? {
      guard let directory, files.contents(of: directory.appending(name)) != nil else { return nil }
      return directory
    }
    if let directory = hasUsage(unified, Self.unifiedNames.usage) {
      (self.directory, isUnified) = (directory, true)
    } else {
      (directory, isUnified) = (hasUsage(single, Self.singleNames.usage), false)
    }
  }

  /// The number that a file has, nil if it has none.
  func number(in path: FilePath) -> Int? {
    files.lines(of: path).first.flatMap { Int(bytes: $0) }
  }

  /// The number after a key, in a file of lines `KEY NUMBER`.
  func number(of key: String, in path: FilePath) -> Int? {
    for line in files.lines(of: path) {
      let fields = line.split(separator: UInt8(ascii: " "))
      if fields.count == 2, fields[0].elementsEqual(key.utf8) { return Int(bytes: fields[1]) }
    }
    return nil
  }

  /// For how long tasks of the group, or of the machine where the group does not tell, were stalled for want of memory
  /// so far, in seconds; nil if the kernel does not tell.
  package var stalledSeconds: Double? { groupStalledSeconds ?? stalledSeconds(in: "/proc/pressure/memory") }

  /// Whether ``stalledSeconds`` is of the group's tasks alone.
  package var tellsStalls: Bool { groupStalledSeconds != nil }

  private var groupStalledSeconds: Double? {
    isUnified ? directory.flatMap { stalledSeconds(in: $0.appending("memory.pressure")) } : nil
  }

  private func stalledSeconds(in path: FilePath) -> Double? {
    // some avg10=0.00 avg60=0.00 avg300=0.00 total=14402430
    for line in files.lines(of: path) where line.starts(with: "some ".utf8) {
      guard let field = line.split(separator: UInt8(ascii: " ")).last(where: { $0.starts(with: "total=".utf8) }),
        let microseconds = Int(bytes: field.dropFirst("total=".utf8.count))
      else { continue }
      return Double(microseconds) / 1e6
    }
    return nil
  }
}
