package import ArgumentParser
package import SystemPackage

/// A file name on the command line; `-` is a standard stream.
package struct PathArgument: ExpressibleByArgument, Sendable {
  /// The name as a path.
  package let path: FilePath
  /// True if the argument is `-`.
  package let isStandardStream: Bool
  /// True if the argument ends in a slash. ``path`` has none.
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
