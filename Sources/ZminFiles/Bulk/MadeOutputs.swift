import Synchronization
package import ZminIO
package import ZminMemory

/// The outputs that a run has made, by identity, so that no output replaces another one.
///
/// Names are not enough: a file system may fold them, or show one directory under two paths. A hash table with open
/// addressing has 64 bits of hash for each output. A collision is too improbable to matter.
///
/// `@unchecked Sendable` because the buffer is only used under the lock.
package final class MadeOutputs: @unchecked Sendable {
  private let buffer: ByteBuffer
  private let lock = Mutex(())

  /// The size of the table for a number of files, in bytes.
  package static func byteCount(fileCount: Int) -> Int {
    var slots = 512
    while slots * 2 < fileCount * 3 { slots *= 2 }
    return slots * MemoryLayout<UInt64>.stride
  }

  /// - Parameters:
  ///   - fileCount: The most outputs.
  ///   - ledger: The ledger of the memory.
  /// - Throws: ``OutOfMemory``.
  package init(fileCount: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    buffer = try ByteBuffer(byteCount: Self.byteCount(fileCount: fileCount), for: .fileList, in: ledger)
  }

  /// Adds an output.
  package func insert(_ output: FileIdentity) {
    lock.withLock { _ in
      let slot = slot(of: output)
      slots[slot] = key(output)
    }
  }

  /// Returns true if a file is one of the outputs.
  package func contains(_ file: FileIdentity) -> Bool {
    lock.withLock { _ in slots[slot(of: file)] != 0 }
  }

  private var slots: UnsafeMutableBufferPointer<UInt64> { buffer.bytes.assumingMemoryBound(to: UInt64.self) }

  /// The slot of a file, or the free slot for it. A free slot is zero, and there always is one.
  private func slot(of file: FileIdentity) -> Int {
    let key = key(file)
    var slot = Int(truncatingIfNeeded: key >> 20) & (slots.count - 1)
    while slots[slot] != 0, slots[slot] != key { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  /// The hash of an identity, never 0.
  private func key(_ file: FileIdentity) -> UInt64 {
    var hash = PathHash()
    withUnsafeBytes(of: file.device) { hash.append($0) }
    withUnsafeBytes(of: file.inode) { hash.append($0) }
    return max(1, hash.value)
  }
}
