import CZminSystem
import ZminCPU
import ZminVulkan

/// What `--version` prints.
package enum VersionText {
  /// The version of the program.
  package static let number = "0.2.0"

  /// Version, kernels and Vulkan headers, a line each.
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

  /// The commit that was built, where the build knew it.
  static var commit: String? { zmin_commit().map { String(cString: $0) } }
}
