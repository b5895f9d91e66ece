import Glibc
import ZminCPU
import ZminMemory

/// Runs one kernel whenever it is told to, so that another program can time it among others, in turn.
///
/// Each line on standard input is answered with seconds or "refused". A line that is not empty names a file that the
/// output is written to.
struct KernelServer {
  private let document: [UInt8]
  private let windowBytes: Int
  private var timing: TimedKernel

  init(_ kernel: Kernel, validates: Bool, windowBytes: Int, document: [UInt8]) throws {
    self.document = document
    self.windowBytes = windowBytes
    timing = try TimedKernel(kernel, validates: validates, byteCount: document.count, ledger: MemoryLedger())
  }

  mutating func run() throws {
    while let path = readLine() {
      do {
        let seconds = try timing.run(document, windowBytes: windowBytes)
        if !path.isEmpty { try writeFile(timing.output, to: path) }
        print(seconds)
      } catch is TimedKernel.Refusal {
        print("refused: not valid")
      }
      fflush(nil)
    }
  }
}
