import ZminBench
import ZminCPU
import ZminCore
import ZminEngine
import ZminMemory

/// A kernel with an output buffer for a whole document.
struct TimedKernel {
  let kernel: Kernel
  private let box: Box
  private var written = 0

  private final class Box {
    var minifier: Minifier
    let buffer: ByteBuffer
    init(_ options: MinifierOptions, byteCount: Int, ledger: MemoryLedger) throws {
      minifier = try Minifier(options, ledger: ledger)
      buffer = try ByteBuffer(
        byteCount: Minifier.outputBytes(forInputBytes: byteCount, format: .json), for: .outputWindow, in: ledger)
    }
  }

  init(_ kernel: Kernel, validates: Bool = true, byteCount: Int, ledger: MemoryLedger) throws {
    self.kernel = kernel
    let options = MinifierOptions(validates: validates, kernel: kernel)
    box = try Box(options, byteCount: byteCount, ledger: ledger)
  }

  /// The output of the last run.
  var output: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: box.buffer.bytes[..<written]) }

  /// Minifies the document once.
  ///
  /// - Returns: The seconds from the first byte to the last.
  /// - Throws: ``Refusal`` if the document is not valid.
  mutating func run(_ document: [UInt8], windowBytes: Int) throws -> Double {
    let room = box.buffer.bytes
    var count = 0
    var isValid = true
    let seconds = try document.withUnsafeBytes { bytes in
      box.minifier.reset()
      return try elapsedSeconds {
        var offset = 0
        while offset < bytes.count {
          let window = UnsafeRawBufferPointer(rebasing: bytes[offset..<min(offset + windowBytes, bytes.count)])
          let result = try box.minifier.minify(
            window, into: UnsafeMutableRawBufferPointer(rebasing: room[count...]))
          isValid = isValid && result.failure == nil
          count += result.writtenBytes
          offset += window.count
        }
        let last = box.minifier.finish(into: UnsafeMutableRawBufferPointer(rebasing: room[count...]))
        isValid = isValid && last.failure == nil
        count += last.writtenBytes
      }
    }
    guard isValid else { throw Refusal() }
    written = count
    return seconds
  }

  /// The error for an invalid document.
  struct Refusal: Error {}
}
