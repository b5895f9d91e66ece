package import Glibc
package import SystemPackage

/// The memory of a process as the kernel reports it. Figures that it does not report are nil, never 0.
package struct ProcessMemory: Sendable, Equatable {
  /// Resident private memory: heap, pools, stacks.
  package var anonymousBytes: Int?
  /// Resident pages of files: the program and its libraries.
  package var fileBytes: Int?
  /// Resident shared memory, which some drivers allocate.
  package var sharedBytes: Int?
  /// The most resident bytes of all three together since the program began.
  package var peakResidentBytes: Int?
  /// Bytes that were swapped out.
  package var swappedBytes: Int?
  /// The page tables, which the kernel owns and which count towards the limit of a control group.
  package var pageTableBytes: Int?

  /// All resident memory, nil if a part is unknown.
  package var residentBytes: Int? {
    guard let anonymousBytes, let fileBytes, let sharedBytes else { return nil }
    return anonymousBytes + fileBytes + sharedBytes
  }

  /// Reads the current figures of `/proc/PID/status`.
  ///
  /// - Parameters:
  ///   - process: The process, nil for this one.
  ///   - access: The access to the files of the system.
  ///   - root: A prefix of the path.
  package init(of process: pid_t? = nil, using access: FileAccess, root: FilePath = "/") {
    let path = FilePath("/proc/\(process.map { "\($0)" } ?? "self")/status")
    for line in SystemFiles(access: access, root: root).lines(of: path) {
      // RssAnon:	     112 kB. Most lines are about other things, and are skipped early, as this is read often.
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
