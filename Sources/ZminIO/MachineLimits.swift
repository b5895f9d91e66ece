import Glibc
package import SystemPackage

/// How much of the machine this process may use.
package struct MachineLimits: Sendable, Equatable {
  /// The processors that it may run on at once, at least 1: by affinity, and by the quota of its control groups.
  package let processorCount: Int
  /// The memory that its control groups leave it, nil if they set no limit.
  package let memoryBytes: Int?
  /// The memory of the machine, `Int.max` if that cannot be known.
  package let physicalMemoryBytes: Int

  /// Limits that are known.
  package init(processorCount: Int, memoryBytes: Int?, physicalMemoryBytes: Int) {
    self.processorCount = processorCount
    self.memoryBytes = memoryBytes
    self.physicalMemoryBytes = physicalMemoryBytes
  }

  /// The limits as the system tells them now. What it does not tell is no limit.
  ///
  /// - Parameters:
  ///   - access: What the system is asked through.
  ///   - root: What stands before the paths of `/proc` and `/sys`.
  package init(using access: FileAccess = FileAccess(), root: FilePath = "/") {
    let files = SystemFiles(access: access, root: root)
    let groups = ControlGroups(files)
    processorCount = max(1, min(access.processorCount ?? 1, groups.processorCount ?? .max))
    memoryBytes = groups.memoryBytes
    physicalMemoryBytes = Self.physicalMemoryBytes(files) ?? .max
  }

  private static func physicalMemoryBytes(_ files: SystemFiles) -> Int? {
    let lines = files.contents(of: "/proc/meminfo")?.split(separator: UInt8(ascii: "\n")) ?? []
    // MemTotal:       24683744 kB
    for fields in lines.map({ $0.split(separator: UInt8(ascii: " ")) }) where fields.count == 3 {
      guard fields[0].elementsEqual("MemTotal:".utf8), let count = Int(bytes: fields[1]), count > 0 else { continue }
      let (byteCount, overflow) = count.multipliedReportingOverflow(by: 1024)
      return overflow ? nil : byteCount
    }
    return nil
  }
}

extension FileAccess {
  /// More processors than any machine has.
  private static let processorsMax = 1 << 20

  /// How many processors this process may run on, nil if the system does not tell.
  fileprivate var processorCount: Int? {
    var byteCount = 128
    while byteCount <= Self.processorsMax / 8 {
      var mask = [UInt8](repeating: 0, count: byteCount)
      let result = mask.withUnsafeMutableBytes { buffer in
        Result { () throws(Errno) in try retrying { calls throws(Errno) in try calls.processorMask(into: buffer) } }
      }
      switch result {
      case .success: return mask.reduce(0) { $0 + $1.nonzeroBitCount }
      // The machine may have more than that.
      case .failure(.invalidArgument): byteCount *= 2
      case .failure: return nil
      }
    }
    return nil
  }
}

/// The small files in which the system tells about itself.
struct SystemFiles {
  /// More than any of them holds.
  private static let bytesMax = 1 << 24
  private static let pieceBytes = 1 << 14

  let access: FileAccess
  /// What stands before their paths.
  let root: FilePath

  /// All bytes of a file, nil if it cannot be read.
  func contents(of path: FilePath) -> [UInt8]? {
    // Taking paths apart costs more than reading most of these files.
    let path = root == "/" ? path : root.appending(path.components)
    guard let file = try? access.open(path, flags: O_RDONLY | O_NONBLOCK) else { return nil }
    let number = file.number
    var bytes: [UInt8] = []
    return withUnsafeTemporaryAllocation(byteCount: Self.pieceBytes, alignment: 1) { buffer in
      while bytes.count < Self.bytesMax {
        let count = try? access.retrying { calls throws(Errno) in try calls.read(number, into: buffer) }
        guard let count else { return nil }
        if count == 0 { break }
        bytes += buffer[..<count]
      }
      return bytes
    }
  }
}

extension Int {
  /// The number that decimal digits stand for, nil for anything else.
  init?(bytes: some Collection<UInt8>) {
    self.init(String(decoding: bytes, as: UTF8.self))
  }
}
