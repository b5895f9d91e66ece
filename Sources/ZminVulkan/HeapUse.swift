internal import CZminVulkan

/// A memory heap and its use as reported by the driver.
package struct HeapUse: Sendable, Equatable {
  package let heap: PhysicalDevice.Heap
  /// Bytes of the heap available to this process, nil if the driver does not report it.
  package let budgetBytes: Int?
  /// Bytes of the heap used by this process, nil if the driver does not report it.
  package let usageBytes: Int?
}

extension VulkanDevice {
  /// Current heaps. Budget and usage are known only with `VK_EXT_memory_budget`.
  package func heapUses() -> [HeapUse] {
    guard physical.reportsMemoryBudget,
      let getMemory = try? instanceFunction(
        "vkGetPhysicalDeviceMemoryProperties2", as: PFN_vkGetPhysicalDeviceMemoryProperties2.self)
    else { return physical.heaps.map { HeapUse(heap: $0, budgetBytes: nil, usageBytes: nil) } }
    var budget = VkPhysicalDeviceMemoryBudgetPropertiesEXT()
    budget.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT
    var properties = VkPhysicalDeviceMemoryProperties2()
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2
    withUnsafeMutablePointer(to: &budget) { budget in
      properties.pNext = UnsafeMutableRawPointer(budget)
      getMemory(physical.handle.value, &properties)
    }
    func values(_ tuple: some Any) -> [Int] {
      withUnsafeBytes(of: tuple) { $0.bindMemory(to: VkDeviceSize.self).map { Int(clamping: $0) } }
    }
    let (budgets, usages) = (values(budget.heapBudget), values(budget.heapUsage))
    return physical.heaps.enumerated().map { index, heap in
      HeapUse(heap: heap, budgetBytes: budgets[index], usageBytes: usages[index])
    }
  }
}

extension VulkanInstance {
  /// True if the physical device has the extension.
  func hasExtension(_ name: String, _ device: VkPhysicalDevice) -> Bool {
    guard
      let enumerate = try? function(
        "vkEnumerateDeviceExtensionProperties", as: PFN_vkEnumerateDeviceExtensionProperties.self)
    else { return false }
    var count: UInt32 = 0
    guard enumerate(device, nil, &count, nil) == VK_SUCCESS else { return false }
    var properties = [VkExtensionProperties](repeating: VkExtensionProperties(), count: Int(count))
    guard enumerate(device, nil, &count, &properties) == VK_SUCCESS else { return false }
    return properties.prefix(Int(count)).contains { text(of: $0.extensionName) == name }
  }
}
