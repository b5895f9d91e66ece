import ZminCodec

/// Options for the bytes of inputs and outputs on the disk.
package struct CodecOptions: Sendable {
  package var compression = OutputCompression()
  /// Number of threads that decode an input, and of those that encode an output. 0 takes the least memory.
  package var workers = 1
  /// Memory that the decoder of an input may take; nil for half of the machine's.
  package var decoderBytesMax: Int?
  /// Memory of the rest of the run where a budget has room for all of it, for messages; nil without a budget.
  package var usualHostBytes: Int?
  /// Number of inputs that are decoded at once where a budget has room for all of them.
  package var inputsAtOnce = 1
  /// Most bytes that an input may decode to.
  package var plainBytesMax = Int.max
  /// True to refuse a compressed output that is larger than its input.
  package var refusesLargerOutputs = false
  /// True to read outputs again from the disk before they get their names.
  package var readsOutputsBack = false

  package init() {}

  /// Room for what a decoder asks for after its window.
  private static let spareDecoderBytes = 1 << 20

  /// Returns an error about too little memory with a budget that is enough.
  func namingBudget(_ error: DecodingError) -> DecodingError {
    guard let neededBytes = error.neededBytes, let usualHostBytes else { return error }
    var error = error
    error.neededBudgetBytes = usualHostBytes + (neededBytes + Self.spareDecoderBytes) * inputsAtOnce
    return error
  }

  /// Memory in bytes of the decoder and the encoder of a file, judged by its name.
  ///
  /// A decoder takes more if the data asks for a larger window than usual.
  ///
  /// - Parameters:
  ///   - name: Name of the input, nil for standard input.
  ///   - destination: Destination of the output.
  ///   - workers: Number of threads that decode, and of those that encode.
  package func usualBytes(
    forName name: [UInt8]?, to destination: FileDestination, workers: Int
  ) -> (decoder: Int, encoder: Int) {
    let codec = name.flatMap { Codec(ofName: $0) }
    let encoding = try? compression.encoding(of: codec, to: destination) { _ in .single }
    return (codec?.usualDecoderBytes(workers: workers) ?? 0, encoding?.memoryBytes(workers: workers) ?? 0)
  }
}
