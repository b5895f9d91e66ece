package import SystemPackage
import Foundation

/// A program that a run may take for itself when it has devices looked for in another process; gone with its owner.
package final class FinderProgram {
  package let path: FilePath

  /// - Parameter script: What it does, in shell.
  package init(_ script: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "zmin-driver-\(UUID().uuidString)")
    path = FilePath(file.path)
    // Written by another process: one that this process has open for writing, a process started meanwhile may have too,
    // and then it cannot be run.
    let writer = Process()
    writer.executableURL = URL(filePath: "/bin/sh")
    writer.arguments = ["-c", "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod +x \"$0\"", file.path, script]
    try writer.run()
    writer.waitUntilExit()
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
