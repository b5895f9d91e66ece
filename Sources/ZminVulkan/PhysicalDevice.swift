internal import CZminVulkan

/// A Vulkan device as its driver describes it, not yet opened.
package struct PhysicalDevice: Sendable {
  /// Kinds of device.
  package enum Kind: String, Sendable {
    case discrete, integrated, virtual, software, other
  }

  /// A memory heap.
  package struct Heap: Sendable, Equatable {
    package let byteCount: Int
    package let isDeviceLocal: Bool
  }

  struct QueueFamily {
    let index: UInt32
    let queueCount: UInt32
    let flags: UInt32
    /// Valid bits of its timestamps, 0 if it has no clock.
    let clockBits: UInt32

    func has(_ bit: VkQueueFlagBits) -> Bool { flags & bit.rawValue != 0 }
  }

  struct MemoryType {
    let index: UInt32
    let flags: UInt32

    func has(_ bits: VkMemoryPropertyFlagBits...) -> Bool { bits.allSatisfy { flags & $0.rawValue != 0 } }
  }

  /// Index in ``VulkanInstance/devices()``.
  package let index: Int
  package let name: String
  package let kind: Kind
  /// Name and version of the driver, as the driver reports them.
  package let driver: String
  /// Supported Vulkan version, such as 1.3.239.
  package let apiVersion: String
  /// Device UUID, 16 bytes in hexadecimal. It is the same in every run and, on NVIDIA, in CUDA.
  package let uuid: String
  package let heaps: [Heap]
  package let limits: DeviceLimits
  /// True if some device-local memory is host-visible, coherent and cached, so slices need not be copied.
  package let sharesMemory: Bool
  /// True if the driver reports how much of each heap is used.
  package let reportsMemoryBudget: Bool
  /// PCI bus address, such as `0000:01:00.0`. Nil if the driver does not report one.
  package let busAddress: String?

  let handle: Handle
  let queueFamilies: [QueueFamily]
  let memoryTypes: [MemoryType]
  let hasTimelineSemaphores: Bool
  let isVulkan12: Bool
  let nanosecondsPerTick: Double

  /// Vulkan's handle of the device.
  ///
  /// `@unchecked Sendable` because any thread may use the handle.
  struct Handle: @unchecked Sendable {
    let value: VkPhysicalDevice
  }

  init(_ device: VkPhysicalDevice, index: Int, of instance: VulkanInstance) throws(VulkanError) {
    self.index = index
    handle = Handle(value: device)
    let getProperties = try instance.function(
      "vkGetPhysicalDeviceProperties2", as: PFN_vkGetPhysicalDeviceProperties2.self)
    let getFeatures = try instance.function("vkGetPhysicalDeviceFeatures2", as: PFN_vkGetPhysicalDeviceFeatures2.self)
    let getMemory = try instance.function(
      "vkGetPhysicalDeviceMemoryProperties", as: PFN_vkGetPhysicalDeviceMemoryProperties.self)
    let getFamilies = try instance.function(
      "vkGetPhysicalDeviceQueueFamilyProperties", as: PFN_vkGetPhysicalDeviceQueueFamilyProperties.self)

    var identity = VkPhysicalDeviceIDProperties()
    identity.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES
    var driver = VkPhysicalDeviceDriverProperties()
    driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES
    var maintenance = VkPhysicalDeviceMaintenance3Properties()
    maintenance.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES
    var properties = VkPhysicalDeviceProperties2()
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2
    withUnsafeMutablePointer(to: &identity) { identity in
      withUnsafeMutablePointer(to: &driver) { driver in
        withUnsafeMutablePointer(to: &maintenance) { maintenance in
          identity.pointee.pNext = UnsafeMutableRawPointer(driver)
          driver.pointee.pNext = UnsafeMutableRawPointer(maintenance)
          properties.pNext = UnsafeMutableRawPointer(identity)
          getProperties(device, &properties)
        }
      }
    }
    let basics = properties.properties
    name = text(of: basics.deviceName)
    kind =
      switch basics.deviceType {
      case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: .discrete
      case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: .integrated
      case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: .virtual
      case VK_PHYSICAL_DEVICE_TYPE_CPU: .software
      default: .other
      }
    self.driver = [text(of: driver.driverName), text(of: driver.driverInfo)].filter { !$0.isEmpty }
      .joined(separator: " ")
    apiVersion = VulkanInstance.version(basics.apiVersion)
    isVulkan12 = basics.apiVersion >= VulkanInstance.apiVersion
    uuid = withUnsafeBytes(of: identity.deviceUUID) { bytes in
      bytes.map { byte in byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16) }.joined()
    }
    nanosecondsPerTick = Double(basics.limits.timestampPeriod)
    limits = DeviceLimits(basics.limits, allocationBytes: maintenance.maxMemoryAllocationSize)

    var timeline = VkPhysicalDeviceTimelineSemaphoreFeatures()
    timeline.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES
    var features = VkPhysicalDeviceFeatures2()
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2
    withUnsafeMutablePointer(to: &timeline) { timeline in
      features.pNext = UnsafeMutableRawPointer(timeline)
      getFeatures(device, &features)
    }
    hasTimelineSemaphores = timeline.timelineSemaphore != 0

    reportsMemoryBudget = instance.hasExtension(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME, device)
    busAddress =
      instance.hasExtension(VK_EXT_PCI_BUS_INFO_EXTENSION_NAME, device) ? Self.busAddress(device, getProperties) : nil

    var memory = VkPhysicalDeviceMemoryProperties()
    getMemory(device, &memory)
    heaps = withUnsafeBytes(of: memory.memoryHeaps) { bytes in
      bytes.bindMemory(to: VkMemoryHeap.self).prefix(Int(memory.memoryHeapCount)).map { heap in
        Heap(
          byteCount: Int(clamping: heap.size),
          isDeviceLocal: heap.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT.rawValue != 0)
      }
    }
    memoryTypes = withUnsafeBytes(of: memory.memoryTypes) { bytes in
      bytes.bindMemory(to: VkMemoryType.self).prefix(Int(memory.memoryTypeCount)).enumerated().map { index, type in
        MemoryType(index: UInt32(index), flags: type.propertyFlags)
      }
    }
    sharesMemory = memoryTypes.contains { type in
      type.has(
        VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT, VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
        VK_MEMORY_PROPERTY_HOST_CACHED_BIT)
    }

    var familyCount: UInt32 = 0
    getFamilies(device, &familyCount, nil)
    var families = [VkQueueFamilyProperties](repeating: VkQueueFamilyProperties(), count: Int(familyCount))
    getFamilies(device, &familyCount, &families)
    queueFamilies = families.enumerated().map { index, family in
      QueueFamily(
        index: UInt32(index), queueCount: family.queueCount, flags: family.queueFlags,
        clockBits: family.timestampValidBits)
    }
  }

  private static func busAddress(
    _ device: VkPhysicalDevice, _ getProperties: PFN_vkGetPhysicalDeviceProperties2
  ) -> String {
    var address = VkPhysicalDevicePCIBusInfoPropertiesEXT()
    address.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT
    var properties = VkPhysicalDeviceProperties2()
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2
    withUnsafeMutablePointer(to: &address) { address in
      properties.pNext = UnsafeMutableRawPointer(address)
      getProperties(device, &properties)
    }
    return busAddress(address.pciDomain, address.pciBus, address.pciDevice, address.pciFunction)
  }

  /// Formats a PCI address as Linux does, such as `0000:01:00.0`.
  static func busAddress(_ domain: UInt32, _ bus: UInt32, _ device: UInt32, _ function: UInt32) -> String {
    let digits = { (value: UInt32, count: Int) in
      let text = String(value, radix: 16)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return "\(digits(domain, 4)):\(digits(bus, 2)):\(digits(device, 2)).\(function)"
  }
}
