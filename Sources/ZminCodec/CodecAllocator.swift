import CZminCodec
import Glibc
import Synchronization
import ZminMemory

/// Allocator of one codec: enters what a library asks for in a ledger, and refuses what goes beyond a limit.
///
/// Libraries get it as an opaque pointer with two C functions. It must outlive what they allocate.
final class CodecAllocator: Sendable {
  private struct State: ~Copyable {
    var heldBytes = 0
    var refusedBytes: Int?
  }

  /// Stands before each block. Its size keeps the block's alignment.
  private struct Header {
    var byteCount: Int
    var entry: Unmanaged<Entry>
  }

  /// A block in the ledger, and the allocator that it came from.
  private final class Entry {
    let ledgerEntry: LedgerEntry
    let allocator: CodecAllocator

    init(_ ledgerEntry: consuming LedgerEntry, _ allocator: CodecAllocator) {
      self.ledgerEntry = ledgerEntry
      self.allocator = allocator
    }
  }

  private static let headerBytes = 16

  private let byteCountMax: Int
  private let purpose: MemoryPurpose
  private let ledger: MemoryLedger
  private let state = Mutex(State())

  init(byteCountMax: Int = .max, for purpose: MemoryPurpose, ledger: MemoryLedger) {
    self.byteCountMax = min(byteCountMax, Int.max - Self.headerBytes)
    self.purpose = purpose
    self.ledger = ledger
  }

  /// Bytes that the refused allocation would have brought the codec to; nil if none was refused for the limit.
  var refusedBytes: Int? { state.withLock { $0.refusedBytes } }

  /// Memory of at least `byteCount` bytes, aligned for any type; nil if the limit, the ledger or the system refuses.
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let isAllowed = state.withLock { state in
      let (neededBytes, overflows) = state.heldBytes.addingReportingOverflow(byteCount)
      guard !overflows, neededBytes <= byteCountMax else {
        state.refusedBytes = overflows ? .max : neededBytes
        return false
      }
      state.heldBytes = neededBytes
      return true
    }
    guard isAllowed else { return nil }
    guard !ledger.refuses(purpose), let block = malloc(byteCount + Self.headerBytes) else {
      state.withLock { $0.heldBytes -= byteCount }
      return nil
    }
    let entry = Entry(LedgerEntry(byteCount: byteCount, for: purpose, at: block, in: ledger), self)
    block.storeBytes(of: Header(byteCount: byteCount, entry: .passRetained(entry)), as: Header.self)
    return block + Self.headerBytes
  }

  /// Releases a block of any allocator.
  static func release(_ pointer: UnsafeMutableRawPointer?) {
    guard let pointer else { return }
    let block = pointer - headerBytes
    let header = block.load(as: Header.self)
    let entry = header.entry.takeUnretainedValue()
    entry.allocator.state.withLock { $0.heldBytes -= header.byteCount }
    // First, as the ledger may ask about its pages until then.
    header.entry.release()
    free(block)
  }

  /// Pointer that libraries hand back to the functions below.
  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  /// Memory for `count` items of a size, from the allocator of a context; nil as for ``allocate(_:)``.
  static func allocate(
    _ count: some BinaryInteger, of size: some BinaryInteger, in context: UnsafeMutableRawPointer?
  ) -> UnsafeMutableRawPointer? {
    guard let context, let count = Int(exactly: count), let size = Int(exactly: size) else { return nil }
    let (byteCount, overflows) = count.multipliedReportingOverflow(by: size)
    if overflows { return nil }
    return Unmanaged<CodecAllocator>.fromOpaque(context).takeUnretainedValue().allocate(byteCount)
  }
}
