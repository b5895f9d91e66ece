internal import CZminVulkan
import Synchronization
package import ZminMemory

/// A device that is ready to work.
///
/// `@unchecked Sendable` because what is called with its handle may be called by any thread, or is called under a lock.
package final class VulkanDevice: @unchecked Sendable {
  /// How a device is used.
  package struct Options: Sendable {
    /// Threads in a workgroup, a multiple of 16; nil for what suits the device.
    package var workgroupThreads: Int?
    /// Whether slices are copied to memory of the device's own, also where it shares the host's.
    package var copies = false
    /// How long an answer is waited for, in seconds.
    package var timeoutSeconds = 20.0
    /// Whether lanes measure how long each stage takes.
    package var measures = false
    /// Shaders that take the place of ``Shaders/compiled``, for tests.
    package var shaders: [String: [UInt32]] = [:]

    package init() {}
  }

  package let physical: PhysicalDevice
  /// Threads in a workgroup.
  package let workgroupThreads: Int
  /// Whether slices are copied to the device and back.
  package let copies: Bool
  /// The book that its memory is entered in.
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

  /// What is made when it is first asked for.
  private struct Made {
    var layouts: SliceLayouts?
    var programs: [ProgramKind: SlicePrograms] = [:]
    /// Of lanes that have ended.
    var semaphores: [CountedSemaphore] = []
  }

  /// Makes a device ready.
  ///
  /// - Throws: ``VulkanError``, also if the device cannot be used (``PhysicalDevice/unsupportedReason``).
  package init(
    _ physical: PhysicalDevice, of instance: VulkanInstance, ledger: MemoryLedger, _ options: Options = Options()
  ) throws(VulkanError) {
    if let unsupportedReason = physical.unsupportedReason {
      throw VulkanError("\(physical.name): \(unsupportedReason)")
    }
    guard let queues = QueueChoice(physical.queueFamilies) else { throw VulkanError("no queue to compute with") }
    self.physical = physical
    self.instance = instance
    self.ledger = ledger
    workgroupThreads = options.workgroupThreads ?? physical.usualWorkgroupThreads
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
    guard let device else { throw VulkanError("vkCreateDevice gave nothing") }
    handle = device
    do throws(VulkanError) {
      calls = try DeviceCalls(device, of: instance)
    } catch {
      // What an initialiser has made before it throws, no deinit takes down.
      let destroy = try? instance.function("vkDestroyDevice", as: PFN_vkDestroyDevice.self)
      destroy?(device, nil)
      throw error
    }
    let calls = calls
    func queue(_ place: QueueChoice.Place) -> DeviceQueue {
      var queue: VkQueue?
      calls.getDeviceQueue(device, place.familyIndex, place.queueIndex, &queue)
      return DeviceQueue(queue, familyIndex: place.familyIndex)
    }
    // One queue has one lock, also if it does all.
    let work = queue(queues.work)
    let upload = queues.upload == queues.work ? work : queue(queues.upload)
    self.work = work
    self.upload = upload
    download = queues.download == queues.upload ? upload : queue(queues.download)
  }

  deinit {
    // What did not answer may still be at work with what it was given: nothing of it is destroyed.
    if isAbandoned || !waitUntilIdle() { return }
    made.withLock { made in
      for semaphore in made.semaphores { calls.destroySemaphore(handle, semaphore.handle, nil) }
      for programs in made.programs.values { programs.destroy(calls, handle) }
      made.layouts?.destroy(calls, handle)
    }
    calls.destroyDevice(handle, nil)
  }

  /// Waits for the driver's own threads, which may be at work on batches whose end the host has seen.
  ///
  /// Called when no lane is left: nobody else uses a queue, and each lane has waited for its work or abandoned the
  /// device, so the wait is short. A lost device returns at once.
  ///
  /// - Returns: False if the device is in an unknown state. It is abandoned then.
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

  /// A semaphore that an earlier lane has used, nil if there is none.
  func takeSemaphore() -> CountedSemaphore? { made.withLock { $0.semaphores.popLast() } }

  /// Keeps a lane's semaphore for later lanes and until the device is idle.
  func keep(_ semaphore: CountedSemaphore) { made.withLock { $0.semaphores.append(semaphore) } }

  /// A function of the device that not every run needs.
  ///
  /// - Throws: ``VulkanError`` if there is none.
  func function<Function>(_ name: String, as type: Function.Type) throws(VulkanError) -> Function {
    try instance.function(name, of: handle, as: type)
  }

  /// A function of the instance that not every run needs.
  ///
  /// - Throws: ``VulkanError`` if there is none.
  func instanceFunction<Function>(_ name: String, as type: Function.Type) throws(VulkanError) -> Function {
    try instance.function(name, as: type)
  }

  /// Whether the device was given up on while it had work.
  var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }

  /// Gives up on a device that does not answer. Its resources are left to the end of the process.
  func abandon() {
    // An instance must not go before its devices.
    if !abandoned.exchange(true, ordering: .acquiringAndReleasing) { _ = Unmanaged.passRetained(instance) }
  }

  /// The layouts of the stages.
  ///
  /// - Throws: ``VulkanError``.
  func layouts() throws(VulkanError) -> SliceLayouts {
    try made.withLock { made in result { () throws(VulkanError) in try layouts(in: &made) } }.get()
  }

  /// The shaders for inputs of that kind.
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

  /// Makes the shaders for inputs of that kind, which takes time, before they are needed.
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

  /// The most that a slice may have, by the device's limits and by the 16 bits that tiles count in.
  package var sliceBytesMax: Int {
    let limits = physical.limits
    let tileBytes = workgroupThreads * Int(ZMIN_THREAD_BYTES)
    // The elements are the largest buffer: a byte more for each 28 threads' characters.
    let buffer = min(limits.storageBufferBytes, limits.allocationBytes, 1 << 27) / 8 * 7
    // `check` has fewer bytes a workgroup than the others, and two positions more.
    let groupCharacters = workgroupThreads * Int(ZMIN_THREAD_CHARACTERS)
    return min(buffer, limits.workgroups * tileBytes, limits.workgroups * groupCharacters - 2)
  }

  /// The families whose queues see the buffers.
  var familyIndices: [UInt32] { Array(Set([work, upload, download].map(\.familyIndex))).sorted() }
}
