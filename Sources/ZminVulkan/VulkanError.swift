internal import CZminVulkan

/// A call of Vulkan that failed, or the lack of Vulkan.
package struct VulkanError: Error, Sendable, Equatable {
  /// The function, or what was looked for.
  package let call: String
  /// What it returned; 0 if it was not called.
  package let code: Int32

  init(_ call: String, _ result: VkResult = VK_SUCCESS) {
    self.call = call
    code = result.rawValue
  }

  /// Whether the device, or the memory to work on it, is out of reach for good.
  package var isDeviceLost: Bool { code == VK_ERROR_DEVICE_LOST.rawValue }
  /// Whether an answer did not come in time: what the device has been given is still its own.
  package var isTimeout: Bool { code == VK_TIMEOUT.rawValue }
}

extension VulkanError: CustomStringConvertible {
  package var description: String {
    switch VkResult(rawValue: code) {
    case VK_SUCCESS: call
    case VK_TIMEOUT: "\(call): no answer in time"
    case VK_ERROR_OUT_OF_HOST_MEMORY: "\(call): out of host memory"
    case VK_ERROR_OUT_OF_DEVICE_MEMORY: "\(call): out of device memory"
    case VK_ERROR_INITIALIZATION_FAILED: "\(call): initialisation failed"
    case VK_ERROR_DEVICE_LOST: "\(call): the device is lost"
    case VK_ERROR_LAYER_NOT_PRESENT: "\(call): a layer is not installed"
    case VK_ERROR_EXTENSION_NOT_PRESENT: "\(call): an extension is not there"
    case VK_ERROR_INCOMPATIBLE_DRIVER: "\(call): no driver"
    default: "\(call): error \(code)"
    }
  }
}
