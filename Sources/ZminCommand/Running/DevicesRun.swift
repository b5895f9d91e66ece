import Zmin
import ZminCPU
import ZminCore
import ZminIO

/// Lists what can do the work, and proves it if asked to.
struct DevicesRun {
  let provesKernels: Bool
  let files: FileAccess
  let console: Console

  func run() throws(FileError) -> ExitStatus {
    let output = StandardOutput(files)
    try output.write(Self.listing)
    guard provesKernels else { return .success }
    var status = ExitStatus.success
    try output.write("Self-test:\n")
    for kernel in Kernel.available {
      let (line, kernelStatus) = prove(kernel)
      try output.write("  \(kernel.name): \(line)\n")
      status = max(status, kernelStatus)
    }
    return status
  }

  private func prove(_ kernel: Kernel) -> (String, ExitStatus) {
    do {
      guard let difference = try KernelSelfTest().firstDifference(of: kernel) else {
        return ("agrees with the reference", .success)
      }
      let place = "\(difference.format.rawValue), windows of \(difference.windowBytes) bytes"
      return ("DIFFERS from the reference on \(difference.input) (\(place))", .difference)
    } catch {
      return ("not tested: \(error)", .failure)
    }
  }

  /// The kernels and devices, a line each.
  private static var listing: String {
    let nameWidth = Kernel.all.map(\.name.count).max() ?? 0
    let states = Kernel.all.map { kernel in
      kernel.missingFeature.map { "not available: this CPU lacks \($0)" }
        ?? (kernel.name == Kernel.fastest.name ? "available, used" : "available")
    }
    let stateWidth = states.map(\.count).max() ?? 0
    let lines = zip(Kernel.all, states).map { kernel, state in
      "  \(padded(kernel.name, nameWidth))  \(padded(state, stateWidth))  \(kernel.summary)\n"
    }
    return "CPU kernels:\n\(lines.joined())Vulkan devices:\n  none: this build has no Vulkan engine\n"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: width - text.count)
  }
}
