package import ZminCodec
import ZminEngine
package import ZminIO

/// The plain bytes of one input: the bytes of its file or, with a codec, what a decoder makes of them.
///
/// A decoder is a source over another one. It forwards ``extent``, which counts stored bytes.
protocol InputBytes: ByteSource, ~Copyable {
  /// The number of plain bytes; nil if it is not known before they are read.
  var plainBytes: Int64? { get }
  /// The number of plain bytes that were read in order.
  var plainBytesRead: Int64 { get }
  /// The extent to which the file was read in order.
  var extent: ReadExtent { get }
  /// Goes back to the first byte. Seekable inputs only.
  mutating func rewind()
}

extension FileReader: InputBytes {
  var plainBytes: Int64? { file.storedBytes }
  var plainBytesRead: Int64 { extent.storedBytes }
}

extension FileReader: ByteSource {
  /// False for standard input, which may have been opened in the middle of a file.
  package var isSeekable: Bool {
    guard case .path = file.name else { return false }
    return file.status.kind == .regular
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    try read(into: buffer, at: Int64(offset))
  }

  package var seekableSize: Int? { isSeekable && file.hasReliableSize ? plainBytes.map { Int($0) } : nil }

  package func release(from released: Int, upTo end: Int) -> Int {
    Int(file.dropBehind(from: Int64(released), to: Int64(end)))
  }

  package var endedEarlyError: any Error { FileError.inputChanged(file.name) }
}

extension FileReader {
  /// The codec of the input, by its first bytes; nil if it is plain.
  ///
  /// - Throws: As ``FileReader/read(into:)``.
  package mutating func codec() throws(FileError) -> Codec? {
    let recognition = try peek(Codec.signatureBytes) { head, isWhole -> Codec.Recognition? in
      let recognition = Codec.recognize(head, isWhole: isWhole)
      return recognition == .undecided ? nil : recognition
    }
    if case .compressed(let codec) = recognition { return codec }
    return nil
  }
}

extension DecodedSource: InputBytes where Base == FileReader {
  var plainBytes: Int64? { nil }
  var plainBytesRead: Int64 { Int64(decodedBytes) }
  var extent: ReadExtent { base.extent }
  mutating func rewind() { preconditionFailure("decoded bytes come once") }
}
