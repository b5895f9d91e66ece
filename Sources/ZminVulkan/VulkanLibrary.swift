internal import CZminVulkan
import Glibc

/// The Vulkan loader, opened at run time: the program starts where there is none.
///
/// It is never closed, as drivers do not take that well.
struct VulkanLibrary: Sendable {
  private let getInstanceProcAddr: PFN_vkGetInstanceProcAddr

  /// - Throws: ``VulkanError`` if there is no loader.
  init() throws(VulkanError) {
    guard let library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL),
      let symbol = dlsym(library, "vkGetInstanceProcAddr")
    else { throw VulkanError("the Vulkan loader, libvulkan.so.1, is not installed") }
    getInstanceProcAddr = unsafeBitCast(symbol, to: PFN_vkGetInstanceProcAddr.self)
  }

  /// A function of an instance, or one that needs none.
  ///
  /// - Throws: ``VulkanError`` if there is no such function.
  func function<Function>(
    _ name: String, of instance: VkInstance?, as type: Function.Type
  ) throws(VulkanError) -> Function {
    guard let found = getInstanceProcAddr(instance, name) else { throw VulkanError("\(name) is missing") }
    return unsafeBitCast(found, to: Function.self)
  }
}
