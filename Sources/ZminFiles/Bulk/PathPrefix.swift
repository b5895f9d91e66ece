import SystemPackage
import ZminIO

/// The path of a directory, to which names are appended as bytes: much faster than as components.
struct PathPrefix {
  private let bytes: [UInt8]

  init(_ directory: FilePath) {
    let slash = UInt8(ascii: "/")
    let bytes = directory.bytes
    self.bytes = bytes.isEmpty || bytes.last == slash ? bytes : bytes + [slash]
  }

  /// The path of the directory.
  var directory: FilePath { FilePath(bytes: bytes) }

  /// The path of a file in the directory.
  func path(of name: some Collection<UInt8>) -> FilePath { FilePath(bytes: bytes + name) }
}
