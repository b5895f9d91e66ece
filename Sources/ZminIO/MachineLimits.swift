import Glibc
package import SystemPackage

/// The part of the machine that this process may use.
package struct MachineLimits: Sendable, Equatable {
  /// The number of processors by affinity and by the quota of the control groups, at least 1.
  package let processorCount: Int
  /// The memory limit of the control groups in bytes, nil if there is none.
  package let memoryBytes: Int?
  /// The memory of the machine in bytes, `Int.max` if it is unknown.
  package let physicalMemoryBytes: Int

  /// Makes limits of known values.
  package init(processorCount: Int, memoryBytes: Int?, physicalMemoryBytes: Int) {
    self.processorCount = processorCount
    self.memoryBytes = memoryBytes
    self.physicalMemoryBytes = physicalMemoryBytes
  }

  /// Reads the limits from the system. A limit that it does not report does not count.
  ///
  /// - Parameters:
  ///   - access: The access to the files of the system.
  ///   - root: A prefix of the paths below `/proc` and `/sys`.
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
  /// An upper bound of the number of processors.
  private static let processorsMax = 1 << 20

  /// The number of processors by affinity, nil if the system does not report it.
  fileprivate var processorCount: Int? {
    var byteCount = 128
    while byteCount <= Self.processorsMax / 8 {
      var mask = [UInt8](repeating: 0, count: byteCount)
      let result = mask.withUnsafeMutableBytes { buffer in
        Result { () throws(Errno) in try retrying { calls throws(Errno) in try calls.processorMask(into: buffer) } }
      }
      switch result {
      case .success: return mask.reduce(0) { $0 + $1.nonzeroBitCount }
      // The mask is too small for this machine.
      case .failure(.invalidArgument): byteCount *= 2
      case .failure: return nil
      }
    }
    return nil
  }
}

/// The small files below `/proc` and `/sys`.
struct SystemFiles {
  /// An upper bound of their sizes.
  private static let bytesMax = 1 << 24
  private static let pieceBytes = 1 << 14

  let access: FileAccess
  /// A prefix of their paths.
  let root: FilePath

  /// All bytes of a file, nil if it cannot be read.
  func contents(of path: FilePath) -> [UInt8]? {
    // Appending components costs more than reading most of these files.
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
  /// Parses decimal digits; nil for other text.
  init?(bytes: some Collection<UInt8>) {
    self.init(String(decoding: bytes, as: UTF8.self))
  }
}
