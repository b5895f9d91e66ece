import Glibc
package import SystemPackage

/// The processor and kernel of the machine, for readers of figures that were measured on it.
package struct HostFacts: Sendable, Equatable {
  /// The processor's own name.
  package let cpuModel: String
  /// The kernel's name and release.
  package let kernelRelease: String

  /// Reads the facts from the system.
  ///
  /// - Parameters:
  ///   - access: The access to the files of the system.
  ///   - root: A prefix of the paths below `/proc`.
  package init(using access: FileAccess = FileAccess(), root: FilePath = "/") {
    let files = SystemFiles(access: access, root: root)
    cpuModel = files.text(of: "/proc/cpuinfo").lazy.compactMap(Self.modelName).first ?? "unknown processor"
    kernelRelease = "Linux " + (files.text(of: "/proc/sys/kernel/osrelease").first ?? "")
  }

  private static func modelName(_ line: String) -> String? {
    guard line.hasPrefix("model name"), let colon = line.firstIndex(of: ":") else { return nil }
    return String(line[line.index(after: colon)...].drop { $0 == " " })
  }

  /// The load average of the last minute, nil if the system does not report it.
  package static func load(using access: FileAccess = FileAccess(), root: FilePath = "/") -> Double? {
    let line = SystemFiles(access: access, root: root).text(of: "/proc/loadavg").first
    return line?.split(separator: " ").first.flatMap { Double($0) }
  }
}

extension SystemFiles {
  /// The lines of a file as text, none if it cannot be read.
  fileprivate func text(of path: FilePath) -> [String] { lines(of: path).map { String(decoding: $0, as: UTF8.self) } }
}
