internal import CZminVulkan

/// Vulkan functions of one device, looked up once.
struct DeviceCalls {
  let destroyDevice: PFN_vkDestroyDevice
  let deviceWaitIdle: PFN_vkDeviceWaitIdle
  let getDeviceQueue: PFN_vkGetDeviceQueue
  let createBuffer: PFN_vkCreateBuffer
  let destroyBuffer: PFN_vkDestroyBuffer
  let getBufferMemoryRequirements: PFN_vkGetBufferMemoryRequirements
  let allocateMemory: PFN_vkAllocateMemory
  let freeMemory: PFN_vkFreeMemory
  let bindBufferMemory: PFN_vkBindBufferMemory
  let mapMemory: PFN_vkMapMemory
  let createDescriptorSetLayout: PFN_vkCreateDescriptorSetLayout
  let destroyDescriptorSetLayout: PFN_vkDestroyDescriptorSetLayout
  let createDescriptorPool: PFN_vkCreateDescriptorPool
  let destroyDescriptorPool: PFN_vkDestroyDescriptorPool
  let allocateDescriptorSets: PFN_vkAllocateDescriptorSets
  let updateDescriptorSets: PFN_vkUpdateDescriptorSets
  let createPipelineLayout: PFN_vkCreatePipelineLayout
  let destroyPipelineLayout: PFN_vkDestroyPipelineLayout
  let createShaderModule: PFN_vkCreateShaderModule
  let destroyShaderModule: PFN_vkDestroyShaderModule
  let createComputePipelines: PFN_vkCreateComputePipelines
  let destroyPipeline: PFN_vkDestroyPipeline
  let createCommandPool: PFN_vkCreateCommandPool
  let destroyCommandPool: PFN_vkDestroyCommandPool
  let resetCommandPool: PFN_vkResetCommandPool
  let allocateCommandBuffers: PFN_vkAllocateCommandBuffers
  let beginCommandBuffer: PFN_vkBeginCommandBuffer
  let endCommandBuffer: PFN_vkEndCommandBuffer
  let bindPipeline: PFN_vkCmdBindPipeline
  let bindDescriptorSets: PFN_vkCmdBindDescriptorSets
  let pushConstants: PFN_vkCmdPushConstants
  let dispatch: PFN_vkCmdDispatch
  let dispatchIndirect: PFN_vkCmdDispatchIndirect
  let pipelineBarrier: PFN_vkCmdPipelineBarrier
  let copyBuffer: PFN_vkCmdCopyBuffer
  let createSemaphore: PFN_vkCreateSemaphore
  let destroySemaphore: PFN_vkDestroySemaphore
  let waitSemaphores: PFN_vkWaitSemaphores
  let queueSubmit: PFN_vkQueueSubmit

  init(_ device: VkDevice, of instance: VulkanInstance) throws(VulkanError) {
    func find<Function>(_ name: String, _ type: Function.Type) throws(VulkanError) -> Function {
      try instance.function(name, of: device, as: type)
    }
    destroyDevice = try find("vkDestroyDevice", PFN_vkDestroyDevice.self)
    deviceWaitIdle = try find("vkDeviceWaitIdle", PFN_vkDeviceWaitIdle.self)
    getDeviceQueue = try find("vkGetDeviceQueue", PFN_vkGetDeviceQueue.self)
    createBuffer = try find("vkCreateBuffer", PFN_vkCreateBuffer.self)
    destroyBuffer = try find("vkDestroyBuffer", PFN_vkDestroyBuffer.self)
    getBufferMemoryRequirements = try find(
      "vkGetBufferMemoryRequirements", PFN_vkGetBufferMemoryRequirements.self)
    allocateMemory = try find("vkAllocateMemory", PFN_vkAllocateMemory.self)
    freeMemory = try find("vkFreeMemory", PFN_vkFreeMemory.self)
    bindBufferMemory = try find("vkBindBufferMemory", PFN_vkBindBufferMemory.self)
    mapMemory = try find("vkMapMemory", PFN_vkMapMemory.self)
    createDescriptorSetLayout = try find("vkCreateDescriptorSetLayout", PFN_vkCreateDescriptorSetLayout.self)
    destroyDescriptorSetLayout = try find("vkDestroyDescriptorSetLayout", PFN_vkDestroyDescriptorSetLayout.self)
    createDescriptorPool = try find("vkCreateDescriptorPool", PFN_vkCreateDescriptorPool.self)
    destroyDescriptorPool = try find("vkDestroyDescriptorPool", PFN_vkDestroyDescriptorPool.self)
    allocateDescriptorSets = try find("vkAllocateDescriptorSets", PFN_vkAllocateDescriptorSets.self)
    updateDescriptorSets = try find("vkUpdateDescriptorSets", PFN_vkUpdateDescriptorSets.self)
    createPipelineLayout = try find("vkCreatePipelineLayout", PFN_vkCreatePipelineLayout.self)
    destroyPipelineLayout = try find("vkDestroyPipelineLayout", PFN_vkDestroyPipelineLayout.self)
    createShaderModule = try find("vkCreateShaderModule", PFN_vkCreateShaderModule.self)
    destroyShaderModule = try find("vkDestroyShaderModule", PFN_vkDestroyShaderModule.self)
    createComputePipelines = try find("vkCreateComputePipelines", PFN_vkCreateComputePipelines.self)
    destroyPipeline = try find("vkDestroyPipeline", PFN_vkDestroyPipeline.self)
    createCommandPool = try find("vkCreateCommandPool", PFN_vkCreateCommandPool.self)
    destroyCommandPool = try find("vkDestroyCommandPool", PFN_vkDestroyCommandPool.self)
    resetCommandPool = try find("vkResetCommandPool", PFN_vkResetCommandPool.self)
    allocateCommandBuffers = try find("vkAllocateCommandBuffers", PFN_vkAllocateCommandBuffers.self)
    beginCommandBuffer = try find("vkBeginCommandBuffer", PFN_vkBeginCommandBuffer.self)
    endCommandBuffer = try find("vkEndCommandBuffer", PFN_vkEndCommandBuffer.self)
    bindPipeline = try find("vkCmdBindPipeline", PFN_vkCmdBindPipeline.self)
    bindDescriptorSets = try find("vkCmdBindDescriptorSets", PFN_vkCmdBindDescriptorSets.self)
    pushConstants = try find("vkCmdPushConstants", PFN_vkCmdPushConstants.self)
    dispatch = try find("vkCmdDispatch", PFN_vkCmdDispatch.self)
    dispatchIndirect = try find("vkCmdDispatchIndirect", PFN_vkCmdDispatchIndirect.self)
    pipelineBarrier = try find("vkCmdPipelineBarrier", PFN_vkCmdPipelineBarrier.self)
    copyBuffer = try find("vkCmdCopyBuffer", PFN_vkCmdCopyBuffer.self)
    createSemaphore = try find("vkCreateSemaphore", PFN_vkCreateSemaphore.self)
    destroySemaphore = try find("vkDestroySemaphore", PFN_vkDestroySemaphore.self)
    waitSemaphores = try find("vkWaitSemaphores", PFN_vkWaitSemaphores.self)
    queueSubmit = try find("vkQueueSubmit", PFN_vkQueueSubmit.self)
  }
}
