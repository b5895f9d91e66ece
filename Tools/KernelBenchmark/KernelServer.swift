import Glibc
import ZminCPU
import ZminMemory

/// A kernel that runs on request, so that another program can time it in turn with others.
///
/// Each line on standard input starts a run. The answer is a line with the seconds, or one that begins with "refused".
/// A non-empty line is the path of a file for the output.
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
