/// Memory of decoders and encoders in a bulk run.
package struct CodecMemory: Sendable, Equatable {
  /// Bytes of the decoder of a small file, which one thread processes.
  package private(set) var smallDecoderBytes = 0
  /// Bytes of the encoder of a small file.
  package private(set) var smallEncoderBytes = 0
  /// Bytes of the decoder of a large file, which all workers process.
  package private(set) var largeDecoderBytes = 0
  /// Bytes of the encoder of a large file.
  package private(set) var largeEncoderBytes = 0
  /// Number of threads that decode a large file, and of those that encode it. 0 takes the least memory.
  package let largeWorkers: Int

  /// - Parameter largeWorkers: Number of threads that decode a large file, and of those that encode it.
  package init(largeWorkers: Int = 1) { self.largeWorkers = largeWorkers }

  /// Makes room for files with a suffix.
  ///
  /// - Parameters:
  ///   - name: Name of such a file.
  ///   - destination: Destination of the outputs.
  package mutating func add(name: [UInt8], to destination: FileDestination, _ codecs: CodecOptions) {
    let small = codecs.usualBytes(forName: name, to: destination, workers: min(1, largeWorkers))
    let large = codecs.usualBytes(forName: name, to: destination, workers: largeWorkers)
    smallDecoderBytes = max(smallDecoderBytes, small.decoder)
    smallEncoderBytes = max(smallEncoderBytes, small.encoder)
    largeDecoderBytes = max(largeDecoderBytes, large.decoder)
    largeEncoderBytes = max(largeEncoderBytes, large.encoder)
  }

  var smallFileBytes: Int { smallDecoderBytes + smallEncoderBytes }
  var largeFileBytes: Int { largeDecoderBytes + largeEncoderBytes }
}
