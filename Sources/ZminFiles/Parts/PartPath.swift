package import SystemPackage
import ZminIO

/// Paths of a part: its output, and the summary beside it.
package struct PartPath: Sendable, Equatable {
  package static let summarySuffix = ".summary"

  package let output: FilePath

  package init(_ output: FilePath) { self.output = output }

  package var summary: FilePath {
    FilePath(bytes: output.bytes + Array(Self.summarySuffix.utf8))
  }
}
