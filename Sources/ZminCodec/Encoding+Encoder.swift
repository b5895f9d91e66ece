import ZminMemory

extension Encoding {
  /// - Parameters:
  ///   - workers: Number of blocks that are encoded at the same time. 0 takes the least memory.
  ///   - endsBlocksAtLines: True if a block of the layout `blocks` ends after the last LF in it.
  ///   - faults: Damage to encoded bytes before they are proved, for tests.
  /// - Throws: ``OutOfMemory``.
  func makeEncoder(
    workers: Int, endsBlocksAtLines: Bool, faults: (any EncodingFaults)?, ledger: MemoryLedger
  ) throws(OutOfMemory) -> any Encoder {
    guard var format = blockFormat(faults) else {
      return try ZstdEncoder(level: level, workers: workers, faults: faults, ledger: ledger)
    }
    format.endsAtLines = endsBlocksAtLines && layout == .blocks
    let framing: any BlockFraming =
      switch layout {
      case .single: GzipMember()
      case .blocks: form == .gzip ? GzipMembersFraming() : try SeekTable(ledger: ledger)
      case .bgzf: GzipMembersFraming(end: BGZF.endMarker)
      }
    return BlockwiseEncoder(format, framing, workers: max(1, workers), ledger: ledger)
  }

  /// Returns the memory in bytes that an encoder takes at most, stacks of its threads included.
  ///
  /// Not counted are a long seek table, which takes up to 24 bytes a frame while it grows, and the stacks of libzstd's
  /// own threads.
  ///
  /// - Parameter workers: As for ``EncodedSink``.
  package func memoryBytes(workers: Int) -> Int {
    guard var format = blockFormat(nil) else { return ZstdEncoder.memoryBytes(level: level, workers: workers) }
    format.endsAtLines = layout == .blocks
    return BlockwiseEncoder.memoryBytes(format, workers: max(1, workers)) + SeekTable.firstBufferBytes
  }

  /// Blocks that the encoding is made of, nil for one zstd frame, whose library has threads of its own.
  private func blockFormat(_ faults: (any EncodingFaults)?) -> BlockFormat? {
    switch (form, layout) {
    case (.gzip, .single): DeflateStretchEncoder.format(level: level, faults: faults)
    case (.gzip, .blocks): GzipMembersEncoder.format(.miGz, level: level, faults: faults)
    case (_, .bgzf): GzipMembersEncoder.format(.bgzf, level: level, faults: faults)
    case (.zstd, .blocks): ZstdFramesEncoder.format(level: level, faults: faults)
    case (.zstd, .single): nil
    }
  }
}
