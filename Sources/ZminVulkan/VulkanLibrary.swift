internal import CZminVulkan
import Glibc

/// The Vulkan loader, opened at run time so that the program starts on machines without it.
///
/// It is never closed, because drivers may crash when it is.
struct VulkanLibrary: Sendable {
  private let getInstanceProcAddr: PFN_vkGetInstanceProcAddr

  /// - Throws: ``VulkanError`` if there is no loader.
  init() throws(VulkanError) {
    guard let library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL),
      let symbol = dlsym(library, "vkGetInstanceProcAddr")
    else { throw VulkanError("the Vulkan loader is not installed (libvulkan.so.1)") }
    getInstanceProcAddr = unsafeBitCast(symbol, to: PFN_vkGetInstanceProcAddr.self)
  }

  /// Looks up a function of an instance, or a global function if `instance` is nil.
  ///
  /// - Throws: ``VulkanError`` if it is missing.
  func function<Function>(
    _ name: String, of instance: VkInstance?, as type: Function.Type
  ) throws(VulkanError) -> Function {
    guard let found = getInstanceProcAddr(instance, name) else { throw VulkanError("the Vulkan loader lacks \(name)") }
    return unsafeBitCast(found, to: Function.self)
  }
}
