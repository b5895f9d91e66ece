package import SystemPackage
import Foundation

/// A script that stands in for the program when a run searches devices in another process. Deleted with its owner.
package final class FinderProgram {
  package let path: FilePath

  /// - Parameter script: The script, for `sh`.
  package init(_ script: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "zmin-driver-\(UUID().uuidString)")
    path = FilePath(file.path)
    // Another process writes the script. If this process had it open for writing, a child started meanwhile could
    // inherit the descriptor, and running the script would fail with ETXTBSY.
    let writer = Process()
    writer.executableURL = URL(filePath: "/bin/sh")
    writer.arguments = ["-c", "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod +x \"$0\"", file.path, script]
    try writer.run()
    writer.waitUntilExit()
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
