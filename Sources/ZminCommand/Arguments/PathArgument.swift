package import ArgumentParser
package import SystemPackage

/// A file name on the command line; `-` is a standard stream.
package struct PathArgument: ExpressibleByArgument, Sendable {
  /// The name as a path.
  package let path: FilePath
  /// Whether it is `-`.
  package let isStandardStream: Bool
  /// Whether it ends in a slash, as only the name of a directory does. ``path`` has lost it.
  package let namesDirectory: Bool

  /// Any argument is a path.
  package init(argument: String) {
    let bytes = RawArgument.bytes(of: argument)
    path = FilePath(platformString: bytes.map { CChar(bitPattern: $0) } + [0])
    isStandardStream = argument == "-"
    namesDirectory = bytes.last == UInt8(ascii: "/")
  }

  package static var defaultCompletionKind: CompletionKind { .file() }
}
