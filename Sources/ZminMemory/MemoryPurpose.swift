/// Where memory comes from, and what it costs whom.
public enum MemoryDomain: String, Sendable, CaseIterable {
  /// Private memory of the host that grows with what is read: nesting, lists of files.
  case heap
  /// Private memory of the host that is made before the first byte is read, and taken again for slice after slice.
  case pool
  /// Files in the address space. zmin reads files into its pools instead, so this stays at nothing.
  case mappedFile
  /// Memory of the host that a device reads and writes.
  case pinnedStaging
  /// Memory that the host does not see. On a device that shares the host's memory it is the host's all the same.
  case deviceLocal
  /// Stacks of threads: what they may grow to. Only what was used of one is resident.
  case stack

  /// Whether it is memory of the host, whatever the device.
  public var isHost: Bool { self != .deviceLocal }
}

/// What an allocation is for.
public enum MemoryPurpose: String, Sendable, CaseIterable {
  /// Bytes read and not yet minified.
  case inputWindow
  /// Minified bytes not yet written.
  case outputWindow
  /// One bit for each open bracket or brace.
  case nesting
  /// A kernel's working buffers: skeleton, elements, bit planes.
  case kernelWorkspace
  /// Host memory that a device reads and writes.
  case deviceStaging
  /// A device's own memory.
  case deviceWork
  /// The names and sizes of the files of a run.
  case fileList
  /// What is made a second time, to be compared.
  case verification
  /// Windows and tables of a decoder, and compressed bytes on their way to it.
  case decoder
  /// Tables of an encoder, and what it proves its output with.
  case encoder
  /// The stacks of threads.
  case threadStack

  /// Where its memory comes from.
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
