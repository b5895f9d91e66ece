package import SystemPackage

/// What the kernel says that this process has in memory. What it does not say is nil, never 0.
package struct ProcessMemory: Sendable, Equatable {
  /// Resident private memory: heap, pools, stacks.
  package var anonymousBytes: Int?
  /// Resident pages of files: the program and its libraries.
  package var fileBytes: Int?
  /// Resident shared memory, which some drivers give.
  package var sharedBytes: Int?
  /// The most that was resident of all three together, since the program began.
  package var peakResidentBytes: Int?
  /// What was swapped out.
  package var swappedBytes: Int?
  /// The page tables, which are the kernel's, and count against a control group's limit.
  package var pageTableBytes: Int?

  /// All that is resident, nil if a part is not known.
  package var residentBytes: Int? {
    guard let anonymousBytes, let fileBytes, let sharedBytes else { return nil }
    return anonymousBytes + fileBytes + sharedBytes
  }

  /// What the kernel says now, by `/proc/self/status`.
  ///
  /// - Parameters:
  ///   - access: What the system is asked through.
  ///   - root: What stands before the path.
  package init(using access: FileAccess, root: FilePath = "/") {
    for line in SystemFiles(access: access, root: root).lines(of: "/proc/self/status") {
      // RssAnon:	     112 kB; most lines are of other things, and this is read often.
      guard line.starts(with: "Rss".utf8) || line.starts(with: "Vm".utf8) else { continue }
      let fields = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard fields.count == 3, fields[2].elementsEqual("kB".utf8), let count = Int(bytes: fields[1]) else { continue }
      let byteCount = count << 10
      switch String(decoding: fields[0], as: UTF8.self) {
      case "RssAnon:": anonymousBytes = byteCount
      case "RssFile:": fileBytes = byteCount
      case "RssShmem:": sharedBytes = byteCount
      case "VmHWM:": peakResidentBytes = byteCount
      case "VmSwap:": swappedBytes = byteCount
      case "VmPTE:": pageTableBytes = byteCount
      default: break
      }
    }
  }
}

extension SystemFiles {
  /// The lines of a file, none if it cannot be read.
  func lines(of path: FilePath) -> [ArraySlice<UInt8>] {
    contents(of: path)?.split(separator: UInt8(ascii: "\n")) ?? []
  }
}
