internal import CZminVulkan

/// A timeline semaphore and the value that it reaches when all work submitted with it is done.
///
/// A driver may still use a semaphore after `vkWaitSemaphores` has returned. Mesa's submit thread first wakes the host
/// and then releases the points that the batch waited for. A lane that destroyed its semaphore in between crashed the
/// driver. Idling the queue first does not help: other lanes submit to it, and that wait has no timeout. So semaphores
/// outlive their lanes. The device hands them to later lanes, and destroys them when no lane is left and it is idle.
///
/// `@unchecked Sendable` because the handle is constant.
struct CountedSemaphore: @unchecked Sendable {
  let handle: VkSemaphore?
  let value: UInt64
}

/// Runs one lane's submits in order, across queues, with a semaphore that counts up.
final class Timeline {
  private let device: VulkanDevice
  private let semaphore: VkSemaphore?
  private var submitted: UInt64

  /// - Throws: ``VulkanError``.
  init(on device: VulkanDevice) throws(VulkanError) {
    self.device = device
    if let used = device.takeSemaphore() {
      semaphore = used.handle
      submitted = used.value
      return
    }
    var structs = CStructs()
    var type = VkSemaphoreTypeCreateInfo()
    type.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO
    type.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE
    var info = VkSemaphoreCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO
    info.pNext = UnsafeRawPointer(structs.one(type))
    var semaphore: VkSemaphore?
    try device.call("vkCreateSemaphore") { device.calls.createSemaphore(device.handle, &info, nil, &semaphore) }
    self.semaphore = semaphore
    submitted = 0
  }

  /// Returns the semaphore to the device, which destroys it once idle.
  deinit { device.keep(CountedSemaphore(handle: semaphore, value: submitted)) }

  /// Submits recorded commands. They start after all earlier submits of this timeline.
  ///
  /// - Throws: ``VulkanError``.
  func submit(_ recorder: CommandRecorder) throws(VulkanError) {
    let next = submitted + 1
    var structs = CStructs()
    var values = VkTimelineSemaphoreSubmitInfo()
    values.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO
    values.waitSemaphoreValueCount = 1
    values.pWaitSemaphoreValues = structs.one(submitted)
    values.signalSemaphoreValueCount = 1
    values.pSignalSemaphoreValues = structs.one(next)
    var info = VkSubmitInfo()
    info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO
    info.pNext = UnsafeRawPointer(structs.one(values))
    info.waitSemaphoreCount = 1
    info.pWaitSemaphores = structs.one(semaphore)
    info.pWaitDstStageMask = structs.one(VK_PIPELINE_STAGE_ALL_COMMANDS_BIT.rawValue)
    info.commandBufferCount = 1
    info.pCommandBuffers = structs.one(recorder.handle)
    info.signalSemaphoreCount = 1
    info.pSignalSemaphores = structs.one(semaphore)
    try device.call("vkQueueSubmit") {
      recorder.queue.withHandle { device.calls.queueSubmit($0, 1, &info, nil) }
    }
    submitted = next
  }

  /// Waits until all submitted work is done.
  ///
  /// - Throws: ``VulkanError``. The device is abandoned after a timeout or any other error, unless it is lost.
  func wait() throws(VulkanError) {
    var structs = CStructs()
    var info = VkSemaphoreWaitInfo()
    info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO
    info.semaphoreCount = 1
    info.pSemaphores = structs.one(semaphore)
    info.pValues = structs.one(submitted)
    do throws(VulkanError) {
      try device.call("vkWaitSemaphores") {
        device.calls.waitSemaphores(device.handle, &info, device.timeoutNanoseconds)
      }
    } catch {
      if !error.isDeviceLost { device.abandon() }
      throw error
    }
  }
}
