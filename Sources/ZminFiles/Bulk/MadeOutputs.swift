import Synchronization
package import ZminIO
package import ZminMemory

/// Outputs that a run has made, by identity, so that it does not replace one of them by another.
///
/// Names cannot tell: a file system may fold them, or show one directory in two places. An open hash table of 64 bits of
/// hash for each output; that two of a run have the same is too improbable to matter.
///
/// `@unchecked Sendable` because the buffer is only used under the lock.
package final class MadeOutputs: @unchecked Sendable {
  private let buffer: ByteBuffer
  private let lock = Mutex(())

  /// How much memory it takes for a number of files.
  package static func byteCount(fileCount: Int) -> Int {
    var slots = 512
    while slots * 2 < fileCount * 3 { slots *= 2 }
    return slots * MemoryLayout<UInt64>.stride
  }

  /// - Parameters:
  ///   - fileCount: How many outputs there are at most.
  ///   - ledger: The book that the memory is entered in.
  /// - Throws: ``OutOfMemory``.
  package init(fileCount: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    buffer = try ByteBuffer(byteCount: Self.byteCount(fileCount: fileCount), for: .fileList, in: ledger)
  }

  /// Notes an output.
  package func insert(_ output: FileIdentity) {
    lock.withLock { _ in
      let slot = slot(of: output)
      slots[slot] = key(output)
    }
  }

  /// Whether a file is one of the outputs.
  package func contains(_ file: FileIdentity) -> Bool {
    lock.withLock { _ in slots[slot(of: file)] != 0 }
  }

  private var slots: UnsafeMutableBufferPointer<UInt64> { buffer.bytes.assumingMemoryBound(to: UInt64.self) }

  /// Where a file is, or would be. Zero is an empty slot; fewer are full than there are.
  private func slot(of file: FileIdentity) -> Int {
    let key = key(file)
    var slot = Int(truncatingIfNeeded: key >> 20) & (slots.count - 1)
    while slots[slot] != 0, slots[slot] != key { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  /// Never 0.
  private func key(_ file: FileIdentity) -> UInt64 {
    var hash = PathHash()
    withUnsafeBytes(of: file.device) { hash.append($0) }
    withUnsafeBytes(of: file.inode) { hash.append($0) }
    return max(1, hash.value)
  }
}
