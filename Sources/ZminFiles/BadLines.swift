package import SystemPackage
package import ZminEngine

/// What is done with lines of `ndjson` that are not valid.
package struct BadLines: Sendable {
  /// The file that they are put into.
  package var path: FilePath
  package var limit: BadLineLimit
  /// How many bytes of a line may be held while it is not known whether it is valid, for inputs that can be read only
  /// once and lines longer than a window.
  package var heldLineBytesMax: Int

  package init(path: FilePath, limit: BadLineLimit, heldLineBytesMax: Int = LineRun.usualHeldLineBytes) {
    self.path = path
    self.limit = limit
    self.heldLineBytesMax = heldLineBytesMax
  }
}
