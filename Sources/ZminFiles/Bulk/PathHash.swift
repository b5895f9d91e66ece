/// A hash of a path that is the same in every version and on every machine: FNV-1a with 64 bits, over the names and the
/// slashes between them.
package struct PathHash: BitwiseCopyable, Sendable, Equatable {
  /// The hash of the bytes so far.
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  /// Appends a name.
  package mutating func append(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { append(byte) }
  }

  /// Appends the slash after a directory's name.
  package mutating func appendSlash() { append(UInt8(ascii: "/")) }

  private mutating func append(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
  }
}
