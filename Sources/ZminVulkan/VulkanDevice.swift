internal import CZminVulkan
import Synchronization
package import ZminMemory

/// An open device with its queues, shaders and semaphores.
///
/// `@unchecked Sendable` because each call with its handle is safe on any thread or made under a lock.
package final class VulkanDevice: @unchecked Sendable {
  /// Settings of a device.
  package struct Options: Sendable {
    /// Threads in a workgroup, a multiple of 16. Nil chooses a number that suits the device.
    package var workgroupThreads: Int?
    /// True to copy slices to device memory even where host and device share memory.
    package var copies = false
    /// Timeout for submitted work, in seconds.
    package var timeoutSeconds = 20.0
    /// True to time each stage with the device's clock.
    package var measures = false
    /// Shaders that replace ``Shaders/compiled``, by stage, for tests.
    package var shaders: [String: [UInt32]] = [:]

    package init() {}
  }

  package let physical: PhysicalDevice
  /// Threads in a workgroup.
  package let workgroupThreads: Int
  /// True if slices are copied to the device and back.
  package let copies: Bool
  /// Ledger that records the device's memory.
  let ledger: MemoryLedger
  let timeoutNanoseconds: UInt64
  let measures: Bool
  let shaders: [String: [UInt32]]
  let handle: VkDevice
  let calls: DeviceCalls
  let call: CheckedCalls
  let work: DeviceQueue
  let upload: DeviceQueue
  let download: DeviceQueue
  private let instance: VulkanInstance
  private let abandoned = Atomic(false)
  private let made = Mutex(Made())

  /// Objects created on first use.
  private struct Made {
    var layouts: SliceLayouts?
    var programs: [ProgramKind: SlicePrograms] = [:]
    /// Semaphores of lanes that have ended.
    var semaphores: [CountedSemaphore] = []
  }

  /// Opens a device.
  ///
  /// - Throws: ``VulkanError``, also if the device is unsupported (``PhysicalDevice/unsupportedReason``).
  package init(
    _ physical: PhysicalDevice, of instance: VulkanInstance, ledger: MemoryLedger, _ options: Options = Options()
  ) throws(VulkanError) {
    if let unsupportedReason = physical.unsupportedReason {
      throw VulkanError("\(physical.name): \(unsupportedReason)")
    }
    guard let queues = QueueChoice(physical.queueFamilies) else { throw VulkanError("no compute queue") }
    self.physical = physical
    self.instance = instance
    self.ledger = ledger
    workgroupThreads = options.workgroupThreads ?? physical.defaultWorkgroupThreads
    copies = options.copies || !physical.sharesMemory
    timeoutNanoseconds = UInt64(options.timeoutSeconds * 1e9)
    measures = options.measures
    shaders = options.shaders
    call = instance.call

    var structs = CStructs()
    var families: [VkDeviceQueueCreateInfo] = []
    for (family, count) in queues.queueCounts.sorted(by: { $0.key < $1.key }) {
      var info = VkDeviceQueueCreateInfo()
      info.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO
      info.queueFamilyIndex = family
      info.queueCount = count
      info.pQueuePriorities = structs.array([Float](repeating: 1, count: Int(count)))
      families.append(info)
    }
    var timeline = VkPhysicalDeviceTimelineSemaphoreFeatures()
    timeline.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES
    timeline.timelineSemaphore = 1
    var info = VkDeviceCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO
    info.pNext = UnsafeRawPointer(structs.one(timeline))
    info.queueCreateInfoCount = UInt32(families.count)
    info.pQueueCreateInfos = structs.array(families)
    let create = try instance.function("vkCreateDevice", as: PFN_vkCreateDevice.self)
    var device: VkDevice?
    try call("vkCreateDevice") { create(physical.handle.value, &info, nil, &device) }
    guard let device else { throw VulkanError("vkCreateDevice returned nothing") }
    handle = device
    do throws(VulkanError) {
      calls = try DeviceCalls(device, of: instance)
    } catch {
      // deinit does not run when an initialiser throws.
      let destroy = try? instance.function("vkDestroyDevice", as: PFN_vkDestroyDevice.self)
      destroy?(device, nil)
      throw error
    }
    let calls = calls
    func queue(_ choice: QueueChoice.Queue) -> DeviceQueue {
      var queue: VkQueue?
      calls.getDeviceQueue(device, choice.familyIndex, choice.queueIndex, &queue)
      return DeviceQueue(queue, familyIndex: choice.familyIndex)
    }
    // A queue that serves several purposes must have only one lock.
    let work = queue(queues.work)
    let upload = queues.upload == queues.work ? work : queue(queues.upload)
    self.work = work
    self.upload = upload
    download = queues.download == queues.upload ? upload : queue(queues.download)
  }

  deinit {
    // An abandoned device may still use its resources, so none is destroyed.
    if isAbandoned || !waitUntilIdle() { return }
    made.withLock { made in
      for semaphore in made.semaphores { calls.destroySemaphore(handle, semaphore.handle, nil) }
      for programs in made.programs.values { programs.destroy(calls, handle) }
      made.layouts?.destroy(calls, handle)
    }
    calls.destroyDevice(handle, nil)
  }

  /// Waits for the driver's own threads. They may still touch batches that the host has seen finish.
  ///
  /// Called when no lane is left. Each lane has waited for its work or abandoned the device, so the wait is short. On a
  /// lost device it ends at once.
  ///
  /// - Returns: False if the device is in an unknown state and therefore abandoned.
  private func waitUntilIdle() -> Bool {
    do throws(VulkanError) {
      try call("vkDeviceWaitIdle") { calls.deviceWaitIdle(handle) }
    } catch {
      if !error.isDeviceLost {
        abandon()
        return false
      }
    }
    return true
  }

  /// Takes a semaphore of an earlier lane, nil if none is left.
  func takeSemaphore() -> CountedSemaphore? { made.withLock { $0.semaphores.popLast() } }

  /// Keeps the semaphore of a lane that ends, for later lanes.
  func keep(_ semaphore: CountedSemaphore) { made.withLock { $0.semaphores.append(semaphore) } }

  /// Looks up a device function that only some runs need.
  ///
  /// - Throws: ``VulkanError`` if it is missing.
  func function<Function>(_ name: String, as type: Function.Type) throws(VulkanError) -> Function {
    try instance.function(name, of: handle, as: type)
  }

  /// Looks up an instance function that only some runs need.
  ///
  /// - Throws: ``VulkanError`` if it is missing.
  func instanceFunction<Function>(_ name: String, as type: Function.Type) throws(VulkanError) -> Function {
    try instance.function(name, as: type)
  }

  /// True if the device was abandoned while it may have had work.
  var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }

  /// Abandons a device that does not respond. Its resources stay until the process ends.
  func abandon() {
    // An instance must outlive its devices.
    if !abandoned.exchange(true, ordering: .acquiringAndReleasing) { _ = Unmanaged.passRetained(instance) }
  }

  /// Layouts of the stages, created on first use.
  ///
  /// - Throws: ``VulkanError``.
  func layouts() throws(VulkanError) -> SliceLayouts {
    try made.withLock { made in result { () throws(VulkanError) in try layouts(in: &made) } }.get()
  }

  /// Shaders for one kind of input, compiled on first use.
  ///
  /// - Throws: ``VulkanError``.
  func programs(for kind: ProgramKind) throws(VulkanError) -> SlicePrograms {
    try made.withLock { made in
      result { () throws(VulkanError) in
        if let known = made.programs[kind] { return known }
        let programs = try SlicePrograms(kind, try layouts(in: &made), for: self)
        made.programs[kind] = programs
        return programs
      }
    }.get()
  }

  /// Compiles the shaders for one kind of input before they are needed, as that takes time.
  ///
  /// - Throws: ``VulkanError``.
  package func prepare(_ kind: ProgramKind) throws(VulkanError) { _ = try programs(for: kind) }

  private func layouts(in made: inout Made) throws(VulkanError) -> SliceLayouts {
    if let known = made.layouts { return known }
    let layouts = try SliceLayouts(for: self)
    made.layouts = layouts
    return layouts
  }

  private func result<Value>(_ body: () throws(VulkanError) -> Value) -> Result<Value, VulkanError> {
    do throws(VulkanError) {
      return .success(try body())
    } catch {
      return .failure(error)
    }
  }

  /// Maximum size of a slice, in bytes, by the device's limits.
  package var sliceBytesMax: Int {
    let limits = physical.limits
    let tileBytes = workgroupThreads * Int(ZMIN_THREAD_BYTES)
    // `elements` is the largest buffer: 4 bytes more than the slice for each workgroup of `check`.
    let buffer = min(limits.storageBufferBytes, limits.allocationBytes, 1 << 27) / 8 * 7
    // A workgroup of `check` covers fewer bytes than one of the others, and all together cover two positions more.
    let groupCharacters = workgroupThreads * Int(ZMIN_THREAD_CHARACTERS)
    return min(buffer, limits.workgroups * tileBytes, limits.workgroups * groupCharacters - 2)
  }

  /// Queue families that share the buffers.
  var familyIndices: [UInt32] { Array(Set([work, upload, download].map(\.familyIndex))).sorted() }
}
