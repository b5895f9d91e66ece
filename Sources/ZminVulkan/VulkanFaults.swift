internal import CZminVulkan

/// Makes Vulkan calls fail, for tests.
package protocol VulkanFaults: AnyObject, Sendable {
  /// Result to return in place of the call, nil to make the call. Any result skips a function that returns nothing.
  func result(ofCall name: String) -> Int32?
}

/// Calls Vulkan functions and checks their results.
struct CheckedCalls: Sendable {
  let faults: (any VulkanFaults)?

  /// Makes a call.
  ///
  /// - Throws: ``VulkanError`` if it returns anything but success.
  func callAsFunction(_ name: String, _ body: () -> VkResult) throws(VulkanError) {
    let result = faults?.result(ofCall: name).map { VkResult(rawValue: $0) } ?? body()
    guard result == VK_SUCCESS else { throw VulkanError(name, result) }
  }

  /// Makes a call that returns nothing, unless a fault skips it.
  func unlessSkipped(_ name: String, _ body: () -> Void) {
    if faults?.result(ofCall: name) == nil { body() }
  }
}
