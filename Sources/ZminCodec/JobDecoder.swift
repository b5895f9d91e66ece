/// Decoder of one job, step by step.
protocol JobDecoder: AnyObject {
  /// Decodes a piece.
  ///
  /// - Parameter room: At least one byte.
  func step(_ input: JobInput, into room: UnsafeMutableRawBufferPointer) -> JobStep
}

/// Stored bytes that a step may read.
struct JobInput {
  /// Bytes from the position of the job on.
  let bytes: UnsafeRawBufferPointer
  /// Offset of the first of them in the stored data.
  let offset: Int
  /// Offset at which the job should end, in bytes, or in bits for a block; nil if that is not known yet.
  let end: Int?
  /// True if the stored data ends behind the bytes.
  let isFinal: Bool
}

/// Outcome of a step.
struct JobStep {
  enum Status {
    case progress
    /// Nothing can be done without more stored bytes.
    case needsInput
    /// Nothing can be done without so many bytes of room.
    case needsRoom(Int)
    case finished(JobEnd)
  }

  var consumedBytes = 0
  var producedBytes = 0
  var status: Status

  /// The most bytes that a step makes, so that others see them soon, and a job can be dropped soon.
  static let producedBytesMax = 128 << 10
}

/// End of a job.
enum JobEnd {
  /// The job ended where another member, frame, stream or block may begin.
  case boundary
  /// The bytes that follow a member, frame or stream are not the beginning of another one.
  case unrecognized
  /// The stored data ended within a member, frame or stream.
  case truncated
  /// A provisional decoder did not reach the end of a member.
  ///
  /// - Parameter checksum: CRC-32 of the plain bytes that it made of the member.
  case unconfirmed(checksum: UInt32)
  /// The decoder stopped.
  ///
  /// - Parameter refusedBytes: Memory that the decoder wanted, if a limit refused it.
  case fault(DecoderFault, refusedBytes: Int?)
}
