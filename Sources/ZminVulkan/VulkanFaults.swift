internal import CZminVulkan

/// Has calls of Vulkan fail that would not, for tests.
package protocol VulkanFaults: AnyObject, Sendable {
  /// What the call of this function is to return instead of being made; nil to make it. Of a function that returns
  /// nothing, any result leaves the call out.
  func result(ofCall name: String) -> Int32?
}

/// Makes the calls that may fail.
struct CheckedCalls: Sendable {
  let faults: (any VulkanFaults)?

  /// Makes a call.
  ///
  /// - Throws: ``VulkanError`` if it returns anything but success.
  func callAsFunction(_ name: String, _ body: () -> VkResult) throws(VulkanError) {
    let result = faults?.result(ofCall: name).map { VkResult(rawValue: $0) } ?? body()
    guard result == VK_SUCCESS else { throw VulkanError(name, result) }
  }

  /// Makes a call that cannot fail, unless it is to be left out.
  func unlessLeftOut(_ name: String, _ body: () -> Void) {
    if faults?.result(ofCall: name) == nil { body() }
  }
}
