internal import CZminVulkan
import Synchronization

/// Collects the messages of the validation layer, for tests.
package final class ValidationMessages: Sendable {
  private let collected = Mutex<[String]>([])

  package init() {}

  /// Messages so far.
  package var texts: [String] { collected.withLock { $0 } }

  fileprivate func append(_ text: String) { collected.withLock { $0.append(text) } }

  func listen(to instance: VulkanInstance) throws(VulkanError) -> VkDebugUtilsMessengerEXT? {
    let create = try instance.function(
      "vkCreateDebugUtilsMessengerEXT", as: PFN_vkCreateDebugUtilsMessengerEXT.self)
    var info = VkDebugUtilsMessengerCreateInfoEXT()
    info.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT
    info.messageSeverity =
      VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT.rawValue | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT.rawValue
    info.messageType =
      VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT.rawValue | VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT.rawValue
      | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT.rawValue
    // The instance holds this object while the messenger exists, so the pointer stays valid.
    info.pUserData = Unmanaged.passUnretained(self).toOpaque()
    info.pfnUserCallback = { _, _, data, context in
      if let message = data?.pointee.pMessage, let context {
        Unmanaged<ValidationMessages>.fromOpaque(context).takeUnretainedValue().append(String(cString: message))
      }
      return 0
    }
    var messenger: VkDebugUtilsMessengerEXT?
    try instance.call("vkCreateDebugUtilsMessengerEXT") { create(instance.handle, &info, nil, &messenger) }
    return messenger
  }

  func stop(_ messenger: VkDebugUtilsMessengerEXT, in instance: VulkanInstance) {
    let destroy = try? instance.function(
      "vkDestroyDebugUtilsMessengerEXT", as: PFN_vkDestroyDebugUtilsMessengerEXT.self)
    destroy?(instance.handle, messenger, nil)
  }
}
