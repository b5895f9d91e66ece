package import SystemPackage
package import ZminEngine

/// The handling of lines of `ndjson` that are not valid.
package struct BadLines: Sendable {
  /// The file that they are appended to.
  package var path: FilePath
  package var limit: BadLineLimit
  /// The most bytes of a line that are held until it is known to be valid or not. For lines that are longer than a
  /// window, of inputs that can be read only once.
  package var heldLineBytesMax: Int

  package init(path: FilePath, limit: BadLineLimit, heldLineBytesMax: Int = LineRun.usualHeldLineBytes) {
    self.path = path
    self.limit = limit
    self.heldLineBytesMax = heldLineBytesMax
  }
}
