import ZminIO

/// The entries of a directory at one moment, which can be sorted by the bytes of their names.
struct DirectoryListing {
  struct Name {
    let offset: Int
    let count: UInt16
    let kind: FileKind
  }

  var bytes: [UInt8] = []
  var names: [Name] = []

  mutating func append(_ name: [UInt8], _ kind: FileKind) {
    names.append(Name(offset: bytes.count, count: UInt16(name.count), kind: kind))
    bytes += name
  }

  mutating func sort() {
    bytes.withUnsafeBufferPointer { bytes in
      func slice(_ name: Name) -> Slice<UnsafeBufferPointer<UInt8>> {
        bytes[name.offset..<name.offset + Int(name.count)]
      }
      names.sort { slice($0).lexicographicallyPrecedes(slice($1)) }
    }
  }

  subscript(name: Name) -> [UInt8] { Array(bytes[name.offset..<name.offset + Int(name.count)]) }
}
