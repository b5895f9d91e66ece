internal import CZminVulkan

/// A failed Vulkan call or another reason why Vulkan cannot be used.
package struct VulkanError: Error, Sendable, Equatable {
  /// Name of the function, or a whole message if `code` is 0.
  package let call: String
  /// Result of the function, 0 if none was called.
  package let code: Int32

  init(_ call: String, _ result: VkResult = VK_SUCCESS) {
    self.call = call
    code = result.rawValue
  }

  /// True if the device is lost for good.
  package var isDeviceLost: Bool { code == VK_ERROR_DEVICE_LOST.rawValue }
  /// True after a timeout. The device may still use the memory that it was given.
  package var isTimeout: Bool { code == VK_TIMEOUT.rawValue }
}

extension VulkanError: CustomStringConvertible {
  package var description: String {
    switch VkResult(rawValue: code) {
    case VK_SUCCESS: call
    case VK_TIMEOUT: "\(call): timed out"
    case VK_ERROR_OUT_OF_HOST_MEMORY: "\(call): out of host memory"
    case VK_ERROR_OUT_OF_DEVICE_MEMORY: "\(call): out of device memory"
    case VK_ERROR_INITIALIZATION_FAILED: "\(call): initialisation failed"
    case VK_ERROR_DEVICE_LOST: "\(call): the device is lost"
    case VK_ERROR_LAYER_NOT_PRESENT: "\(call): a layer is not installed"
    case VK_ERROR_EXTENSION_NOT_PRESENT: "\(call): an extension is missing"
    case VK_ERROR_INCOMPATIBLE_DRIVER: "\(call): no Vulkan driver is installed"
    default: "\(call): error \(code)"
    }
  }
}
