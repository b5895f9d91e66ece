import Foundation

/// Compressed bytes by the codecs' own tools, in base64: forms that zmin does not write.
enum CompressedSeeds {
  static let all: [[UInt8]] = [
    // Two streams of bzip2.
    decoded(
      "QlpoOTFBWSZTWcLGlg4AACnbgAAQUAQ4EAAKIAAACiAAUIBoACqkyZM09UhCjQ0UUdIUdIXFviFz8XckU4UJDCxpYOBCWmgxMUFZ"
        + "JlNZH6ZdiAAAAAIAAAogACEAgrF3JFOFCQH6ZdiA"),
    // A stream of xz.
    decoded(
      "/Td6WFoAAAFpIt42AgAhAQwAAACPmEGc4ABXAB1dAD2IAEZRoMldx5zS7L1mRZC3J8UVRyPeOoKVebAAAAAAAMXWBkcAATVYW64H"
        + "55BCmQ0BAAAAAAFZWg=="),
    // A zstd frame without a checksum, and one with.
    decoded(
      "KLUv/QBY7QAAsHsgImEiIDogWyAxLCAyLCAzIF0gfQoBAJ7SbAIotS/9BFgZAABbIF3xqA9v"),
    // A gzip member and zero bytes behind it.
    decoded(
      "H4sIAAAAAAAAA6tWUEpUUrBSiFYw1FEw0lEwVohVqOWqplgUAMXWBkdYAAAAAAAAAA=="),
  ].compactMap(\.self)

  private static func decoded(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map(Array.init) }
}
