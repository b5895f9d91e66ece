/// A source of memory.
public enum MemoryDomain: String, Sendable, CaseIterable {
  /// Private host memory that grows with the input: nesting, lists of files.
  case heap
  /// Private host memory allocated before the first byte is read, and reused for every slice.
  case pool
  /// Files mapped into memory. Always 0: zmin reads files into pools.
  case mappedFile
  /// Host memory that a device reads and writes.
  case pinnedStaging
  /// Device memory that the host cannot see. A device without memory of its own takes it from the host.
  case deviceLocal
  /// Thread stacks at their maximum size. Only the used part is resident.
  case stack

  /// True for host memory. False for ``deviceLocal`` on any device.
  public var isHost: Bool { self != .deviceLocal }

  /// True for buffers in host memory. The size of a stack is its bound, and little of it becomes memory.
  package var holdsBuffers: Bool { isHost && self != .stack }
}

/// The use of an allocation.
public enum MemoryPurpose: String, Sendable, CaseIterable {
  /// Bytes read and not yet minified.
  case inputWindow
  /// Minified bytes not yet written.
  case outputWindow
  /// Open brackets and braces, one bit each.
  case nesting
  /// A kernel's working buffers: skeleton, elements, bit planes.
  case kernelWorkspace
  /// Host memory that a device reads and writes.
  case deviceStaging
  /// A device's own memory.
  case deviceWork
  /// The names and sizes of the files of a run.
  case fileList
  /// Output of the second run of a verification.
  case verification
  /// Windows and tables of decoders, and compressed bytes to be decoded.
  case decoder
  /// Tables of encoders, and buffers to prove their output.
  case encoder
  /// Thread stacks.
  case threadStack

  /// The source of memory for this purpose.
  public var domain: MemoryDomain {
    switch self {
    case .inputWindow, .outputWindow, .kernelWorkspace, .verification: .pool
    case .nesting, .fileList, .decoder, .encoder: .heap
    case .deviceStaging: .pinnedStaging
    case .deviceWork: .deviceLocal
    case .threadStack: .stack
    }
  }
}
