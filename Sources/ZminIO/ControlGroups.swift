import SystemPackage

/// The control groups that this process is in, of both versions, and the limits that they and their ancestors set, as
/// far as they can be seen.
struct ControlGroups {
  private typealias Bytes = ArraySlice<UInt8>

  /// A hierarchy, as it is mounted somewhere.
  private struct Mount {
    /// The controllers of a hierarchy of version 1, nil for the one of version 2.
    let controllers: [Bytes]?
    /// The group that stands at ``point``.
    let root: Bytes
    let point: FilePath
  }

  /// A group that this process is in.
  private struct Membership {
    /// The controllers of the group's hierarchy if that is of version 1, nil for version 2.
    let controllers: [Bytes]?
    let group: Bytes
  }

  private let files: SystemFiles
  private let mounts: [Mount]
  private let memberships: [Membership]

  init(_ files: SystemFiles) {
    self.files = files
    memberships = files.lines(of: "/proc/self/cgroup").compactMap(Self.membership)
    mounts = memberships.isEmpty ? [] : files.lines(of: "/proc/self/mountinfo").compactMap(Self.mount)
  }

  // MARK: Limits

  /// As many processors as the quotas are worth, a part of one counted whole; nil without a quota.
  var processorCount: Int? {
    let unified = directories(of: nil).compactMap { directory -> Int? in
      // QUOTA PERIOD, in microseconds; without a quota: max PERIOD
      let fields = fields(of: directory.appending("cpu.max"))
      return fields.count == 2 ? Self.processorCount(quota: fields[0], period: fields[1]) : nil
    }
    let single = directories(of: "cpu").compactMap { directory -> Int? in
      let quota = fields(of: directory.appending("cpu.cfs_quota_us"))
      let period = fields(of: directory.appending("cpu.cfs_period_us"))
      return quota.count == 1 && period.count == 1 ? Self.processorCount(quota: quota[0], period: period[0]) : nil
    }
    return (unified + single).min()
  }

  /// Nil for `max` and for -1, which version 1 has instead.
  private static func processorCount(quota: Bytes, period: Bytes) -> Int? {
    guard let quota = Int(bytes: quota), let period = Int(bytes: period), quota > 0, period > 0 else { return nil }
    return quota / period + (quota % period == 0 ? 0 : 1)
  }

  /// The least memory that is allowed, nil without a limit.
  var memoryBytes: Int? {
    let paths =
      directories(of: nil).map { $0.appending("memory.max") }
      + directories(of: "memory").map { $0.appending("memory.limit_in_bytes") }
    return paths.compactMap { path -> Int? in
      let fields = fields(of: path)
      guard fields.count == 1, let byteCount = Int(bytes: fields[0]) else { return nil }
      // In version 1 no limit is the largest number of whole pages.
      return (1..<Int.max / 2).contains(byteCount) ? byteCount : nil
    }.min()
  }

  /// The directory of this process's own group, in the hierarchy that counts memory.
  func memoryDirectory(isUnified: Bool) -> FilePath? { directories(of: isUnified ? nil : "memory").last }

  private func fields(of path: FilePath) -> [Bytes] {
    let lines = files.lines(of: path)
    return lines.count == 1 ? lines[0].split(separator: UInt8(ascii: " ")) : []
  }

  // MARK: Directories

  /// The directories of this process's group and its ancestors.
  ///
  /// - Parameter controller: Of which hierarchy of version 1; nil for version 2.
  private func directories(of controller: String?) -> [FilePath] {
    func isAsked(_ controllers: [Bytes]?) -> Bool {
      guard let controller else { return controllers == nil }
      return controllers?.contains { $0.elementsEqual(controller.utf8) } == true
    }
    guard let group = memberships.first(where: { isAsked($0.controllers) })?.group else { return [] }
    let mounts = mounts.filter { isAsked($0.controllers) }
    let visible = mounts.compactMap { mount in
      Self.components(of: group, below: mount.root).map { (mount: mount, components: $0) }
    }
    // The one that shows most ancestors.
    guard let shown = visible.max(by: { $0.components.count < $1.components.count }) else {
      // In a container whose group has another name outside, the mount's root is the nearest that can be seen.
      return mounts.first.map { [$0.point] } ?? []
    }
    return (0...shown.components.count).map { count in
      shown.components.prefix(count).reduce(shown.mount.point) { $0.appending(Self.path($1).components) }
    }
  }

  /// The names that lead from one group down to another, nil if it is not below.
  private static func components(of group: Bytes, below root: Bytes) -> [Bytes]? {
    let slash = UInt8(ascii: "/")
    let (names, rootNames) = (group.split(separator: slash), root.split(separator: slash))
    guard names.starts(with: rootNames, by: { $0.elementsEqual($1) }) else { return nil }
    // What lies outside a namespace is written with "..".
    return names.contains { $0.elementsEqual("..".utf8) } ? nil : Array(names.dropFirst(rootNames.count))
  }

  // MARK: Parsing

  /// A line `ID:CONTROLLERS:GROUP`; version 2 has the ID 0 and names no controllers.
  private static func membership(_ line: Bytes) -> Membership? {
    let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, fields[2].first == UInt8(ascii: "/") else { return nil }
    let isUnified = fields[0].elementsEqual("0".utf8) && fields[1].isEmpty
    return Membership(
      controllers: isUnified ? nil : fields[1].split(separator: UInt8(ascii: ",")), group: fields[2])
  }

  /// A line `ID PARENT DEVICE ROOT POINT OPTIONS [TAG ...] - TYPE SOURCE OPTIONS`, if it is of a hierarchy.
  private static func mount(_ line: Bytes) -> Mount? {
    let fields = line.split(separator: UInt8(ascii: " "))
    guard let dash = fields.dropFirst(6).firstIndex(where: { $0.elementsEqual("-".utf8) }), fields.count > dash + 3
    else { return nil }
    let (type, options) = (fields[dash + 1], fields[dash + 3])
    let isUnified = type.elementsEqual("cgroup2".utf8)
    guard isUnified || type.elementsEqual("cgroup".utf8) else { return nil }
    return Mount(
      controllers: isUnified ? nil : options.split(separator: UInt8(ascii: ",")), root: unescaped(fields[3]),
      point: path(unescaped(fields[4])))
  }

  /// A field without its escapes: a backslash and three octal digits each.
  private static func unescaped(_ field: Bytes) -> Bytes {
    var rest = field
    var bytes: Bytes = []
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  private static func path(_ bytes: Bytes) -> FilePath {
    FilePath(platformString: bytes.map { CInterop.PlatformChar(bitPattern: $0) } + [0])
  }
}
