package import SystemPackage

/// The memory of the control group of this process, other processes of the group included. Figures that the kernel does
/// not report are nil.
package struct ControlGroupMemory: Sendable, Equatable {
  /// The least limit of the group and its ancestors.
  package var limitBytes: Int?
  /// Bytes charged to the group now, cached files included.
  package var usageBytes: Int?
  /// The most bytes that were charged to the group since its creation.
  package var peakBytes: Int?
  /// The part of the usage that is cached files. The kernel reclaims them before it kills.
  package var cacheBytes: Int?
  /// The number of times that a process of the group was killed for memory.
  package var kills: Int?

  package init() {}

  /// Reads the current figures, of either version of control groups.
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

/// The paths of the files of a process's control group, which are looked up once and read often.
package struct ControlGroupFiles: Sendable {
  static let unifiedNames = (usage: "memory.current", peak: "memory.peak", events: "memory.events", cacheKey: "file")
  static let singleNames = (
    usage: "memory.usage_in_bytes", peak: "memory.max_usage_in_bytes", events: "memory.oom_control",
    cacheKey: "total_cache"
  )

  private let files: SystemFiles
  /// The group's directory in the hierarchy with the memory controller, nil if there is none.
  let directory: FilePath?
  /// True for version 2 of control groups.
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

  /// Seconds for which tasks were stalled for lack of memory so far, nil if the kernel does not report them. The tasks
  /// are those of the group or, if the group does not report them, of the machine.
  package var stalledSeconds: Double? { groupStalledSeconds ?? stalledSeconds(in: "/proc/pressure/memory") }

  /// True if ``stalledSeconds`` counts the group's tasks only.
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
