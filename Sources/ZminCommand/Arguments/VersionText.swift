import CZminSystem
import ZminCPU
import ZminVulkan

/// The text of `--version`.
package enum VersionText {
  /// The version of the program.
  package static let number = "0.2.0"

  /// The version, the kernels and the Vulkan headers, one line each.
  package static var text: String {
    let kernels = Kernel.all.map { kernel in
      kernel.missingFeature.map { "\(kernel.name) (this CPU lacks \($0))" } ?? kernel.name
    }
    return """
      zmin \(number)\(commit.map { " (commit \($0))" } ?? "")
      kernels: \(kernels.joined(separator: ", "))
      Vulkan headers: \(VulkanInstance.headersVersion)
      """
  }

  /// The version and the commit, for files that only the same program may read.
  package static var program: String { number + (commit.map { "+\($0)" } ?? "") }

  /// The commit of the build, nil if the build did not know it.
  static var commit: String? { zmin_commit().map { String(cString: $0) } }
}
