/// Sizes of a parallel decoder, within a limit of memory.
struct DecodingPlan: Sendable, Equatable {
  /// Number of threads that decode; 0 if the reading thread decodes in order, in windows as small as they can be.
  var workers: Int
  /// Number of jobs that are decoded, or wait to be, or hold plain bytes.
  var slots: Int
  /// Size of the ring of stored bytes, a multiple of the size of a page, as the next one.
  var storedBytes: Int
  /// Size of each job's ring of plain bytes.
  var plainBytes: Int
  /// Most memory of a decoder that works beside others.
  var decoderBytesMax: Int
  /// Stored bytes in a job of several members or frames, from which on it takes no more.
  var jobStoredBytes = 128 << 10
  /// Plain bytes in a job of several members, from which on it takes no more.
  var jobPlainBytes = 512 << 10
  /// Stored bytes that are decoded without threads. A thread costs as much as some kilobytes.
  var threadlessBytes = 64 << 10

  /// Size of the windows of a decoder that works in order. They come on top of the limit, which is the decoder's own.
  static let windowBytes = 64 << 10

  /// - Parameters:
  ///   - codec: Form of the stored bytes.
  ///   - workers: Most threads.
  ///   - limit: Most memory for decoders and their windows.
  init(_ codec: Codec, workers: Int, limit: Int) {
    precondition(workers >= 1)
    for count in (1...(codec == .xz ? 1 : workers)).reversed() {
      let plan = DecodingPlan(codec, count, limit)
      if plan.decoderBytesMax >= Self.leastDecoderBytes(codec) {
        self = plan
        return
      }
    }
    self.init(
      workers: 0, slots: 1, storedBytes: Self.windowBytes, plainBytes: Self.windowBytes, decoderBytesMax: limit)
  }

  private init(_ codec: Codec, _ workers: Int, _ limit: Int) {
    // One job more than there are threads, so that no thread waits while a finished one is taken.
    let slots = codec == .xz ? 1 : workers + 1
    let (storedBytes, plainBytes, decoderBytes): (Int, Int, Int) =
      switch codec {
      // Blocks of MiGz have 512 KiB, those of BGZF at most 64 KiB.
      case .gzip: (max(1 << 20, slots * 384 << 10), 640 << 10, .max)
      // Half of a frame of 4 MiB, while the other half is decoded from its start by another worker. Frames with larger
      // windows than a worker may have are decoded one at a time.
      case .zstd: (min(8 << 20, slots << 20), 2 << 20, 5 << 20)
      case .bzip2: (max(1 << 20, slots * 512 << 10), 1 << 20, .max)
      case .xz: (256 << 10, 512 << 10, .max)
      }
    let windowBytes = storedBytes + slots * plainBytes
    self.init(
      workers: workers, slots: slots, storedBytes: storedBytes, plainBytes: plainBytes,
      decoderBytesMax: min(decoderBytes, max(0, limit - windowBytes) / workers))
  }

  init(workers: Int, slots: Int, storedBytes: Int, plainBytes: Int, decoderBytesMax: Int) {
    self.workers = workers
    self.slots = slots
    self.storedBytes = storedBytes
    self.plainBytes = plainBytes
    self.decoderBytesMax = decoderBytesMax
  }

  /// Most memory for decoders of usual data and their windows.
  static func usualBytes(_ codec: Codec, workers: Int) -> Int {
    guard workers > 0 else { return leastDecoderBytes(codec) }
    let plan = DecodingPlan(codec, workers: workers, limit: .max)
    return plan.storedBytes + plan.slots * plan.plainBytes + plan.workers * leastDecoderBytes(codec)
  }

  /// Memory below which a decoder is not made to work beside others.
  private static func leastDecoderBytes(_ codec: Codec) -> Int {
    switch codec {
    // zlib, libdeflate and ISA-L.
    case .gzip: 192 << 10
    // A window of 2 MiB, as level 3 has it.
    case .zstd: 3 << 20
    // Level 9.
    case .bzip2: 4 << 20
    // A window of 8 MiB, as level 6 has it. More is taken alone, as all of xz.
    case .xz: 10 << 20
    }
  }

  /// Longest member that tells its size and is decoded at once: all of it must be in the ring.
  var memberStoredBytesMax: Int { storedBytes / 2 }
}
