internal import CZminVulkan

/// A connection to the machine's Vulkan drivers.
///
/// `@unchecked Sendable` because the handle is constant, and every call with it is safe on any thread.
package final class VulkanInstance: @unchecked Sendable {
  /// Settings of an instance.
  package struct Options: Sendable {
    /// Collects the validation layer's messages. Nil runs without the layer.
    package var messages: ValidationMessages?
    /// Makes calls fail, for tests.
    package var faults: (any VulkanFaults)?

    package init(messages: ValidationMessages? = nil, faults: (any VulkanFaults)? = nil) {
      self.messages = messages
      self.faults = faults
    }
  }

  let library: VulkanLibrary
  let handle: VkInstance
  let call: CheckedCalls
  private let messages: ValidationMessages?
  private let destroy: PFN_vkDestroyInstance
  private var messenger: VkDebugUtilsMessengerEXT?

  /// Requested Vulkan version, 1.2. It is the first with timeline semaphores.
  static let apiVersion = zmin_vulkan_api

  /// Version of the headers used for the build.
  package static let headersVersion = version(zmin_vulkan_headers)

  /// Formats a packed version, such as 1.3.239.
  static func version(_ packed: UInt32) -> String {
    "\(packed >> 22 & 0x7F).\(packed >> 12 & 0x3FF).\(packed & 0xFFF)"
  }

  /// Connects to the drivers.
  ///
  /// - Throws: ``VulkanError``, also if there is no loader or no driver.
  package init(_ options: Options = Options()) throws(VulkanError) {
    library = try VulkanLibrary()
    call = CheckedCalls(faults: options.faults)
    messages = options.messages
    let create = try library.function("vkCreateInstance", of: nil, as: PFN_vkCreateInstance.self)
    var structs = CStructs()
    var application = VkApplicationInfo()
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO
    application.apiVersion = Self.apiVersion
    var info = VkInstanceCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO
    info.pApplicationInfo = structs.one(application)
    if options.messages != nil {
      let extensions = [VK_EXT_DEBUG_UTILS_EXTENSION_NAME, VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME]
      info.enabledLayerCount = 1
      info.ppEnabledLayerNames = structs.strings(["VK_LAYER_KHRONOS_validation"])
      info.enabledExtensionCount = UInt32(extensions.count)
      info.ppEnabledExtensionNames = structs.strings(extensions)
      var features = VkValidationFeaturesEXT()
      features.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT
      features.enabledValidationFeatureCount = 1
      features.pEnabledValidationFeatures = structs.one(VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT)
      info.pNext = UnsafeRawPointer(structs.one(features))
    }
    var instance: VkInstance?
    try call("vkCreateInstance") { create(&info, nil, &instance) }
    guard let instance else { throw VulkanError("vkCreateInstance returned nothing") }
    handle = instance
    destroy = try library.function("vkDestroyInstance", of: instance, as: PFN_vkDestroyInstance.self)
    if let messages { messenger = try messages.listen(to: self) }
  }

  deinit {
    if let messenger { messages?.stop(messenger, in: self) }
    destroy(handle, nil)
  }

  func function<Function>(_ name: String, as type: Function.Type) throws(VulkanError) -> Function {
    try library.function(name, of: handle, as: type)
  }

  /// Looks up a device function in the driver itself, so calls skip the loader.
  ///
  /// - Throws: ``VulkanError`` if it is missing.
  func function<Function>(
    _ name: String, of device: VkDevice, as type: Function.Type
  ) throws(VulkanError) -> Function {
    let lookUp = try function("vkGetDeviceProcAddr", as: PFN_vkGetDeviceProcAddr.self)
    guard let found = lookUp(device, name) else { throw VulkanError("the driver lacks \(name)") }
    return unsafeBitCast(found, to: Function.self)
  }

  /// Lists the devices in the drivers' order, which is the same in every run. Empty if there is no hardware.
  ///
  /// - Throws: ``VulkanError``.
  package func devices() throws(VulkanError) -> [PhysicalDevice] {
    let enumerate = try function("vkEnumeratePhysicalDevices", as: PFN_vkEnumeratePhysicalDevices.self)
    var count: UInt32 = 0
    do {
      try call("vkEnumeratePhysicalDevices") { enumerate(handle, &count, nil) }
    } catch {
      // A driver without hardware reports this error.
      if error.code == VK_ERROR_INITIALIZATION_FAILED.rawValue { return [] }
      throw error
    }
    var handles = [VkPhysicalDevice?](repeating: nil, count: Int(count))
    try call("vkEnumeratePhysicalDevices") {
      let result = enumerate(handle, &count, &handles)
      // Ignore devices that appeared between the two calls.
      return result == VK_INCOMPLETE ? VK_SUCCESS : result
    }
    var devices: [PhysicalDevice] = []
    for case let device? in handles.prefix(Int(count)) {
      devices.append(try PhysicalDevice(device, index: devices.count, of: self))
    }
    return devices
  }
}
