internal import CZminVulkan

/// A kind of input that the shaders are specialised for.
package struct ProgramKind: Hashable, Sendable {
  /// True if an LF outside strings ends a record.
  package let isLines: Bool
  /// True if the input is checked in full. False if only whitespace is removed.
  package let checks: Bool

  package init(isLines: Bool, checks: Bool) {
    self.isLines = isLines
    self.checks = checks
  }
}

/// Shader stages, in the order in which they run.
enum SliceStage: Int, CaseIterable {
  /// Finds, for each tile and each state in which it may start, the end state and the number of kept bytes.
  case summarise
  /// Composes the tiles in order, which gives the start state and the output offsets of each.
  case scan
  /// Writes kept bytes and skeleton. Checks control characters, escapes and UTF-8.
  case compact
  /// Checks the order of the skeleton's characters, and writes the elements.
  case check

  var name: String { "\(self)" }

  /// SPIR-V as hexadecimal digits, eight a word.
  private var code: StaticString {
    switch self {
    case .summarise: CompiledShaders.summarise
    case .scan: CompiledShaders.scan
    case .compact: CompiledShaders.compact
    case .check: CompiledShaders.check
    }
  }

  /// SPIR-V words.
  fileprivate var words: [UInt32] {
    code.withUTF8Buffer { digits in
      stride(from: 0, to: digits.count, by: 8).map { start in
        digits[start..<start + 8].reduce(0) { word, digit in
          word << 4 | UInt32(digit >= UInt8(ascii: "a") ? digit - UInt8(ascii: "a") + 10 : digit - UInt8(ascii: "0"))
        }
      }
    }
  }

  /// Buffers that the stage binds. Each stage has its own layout because devices limit the buffers of a stage.
  var bindings: [SliceBinding] {
    switch self {
    case .summarise: [.input, .tiles, .threadMaps]
    case .scan: [.kept, .skeleton, .tiles, .starts, .result]
    case .compact: [.input, .kept, .skeleton, .starts, .threadMaps, .result]
    case .check: [.skeleton, .result, .elements, .elementRuns]
    }
  }
}

/// Shaders in SPIR-V.
package enum Shaders {
  /// Shaders compiled into the program, by the name of their stage.
  package static var compiled: [String: [UInt32]] {
    Dictionary(uniqueKeysWithValues: SliceStage.allCases.map { ($0.name, $0.words) })
  }
}

/// Buffers of a slice.
enum SliceBinding: UInt32, CaseIterable {
  /// Bytes of the slice. The input of one workgroup is a tile.
  case input
  /// Minified bytes.
  case kept
  /// Characters outside strings, with one quote for each string.
  case skeleton
  /// Map of states and counts of each tile.
  case tiles
  /// Start state and output offsets of each tile.
  case starts
  /// Map of states of each thread, from the start of its tile.
  case threadMaps
  /// Totals of the slice, a `zmin_slice_result`.
  case result
  /// Brackets, commas and record ends, with the container that each demands.
  case elements
  /// First word and number of elements of each workgroup of `check`.
  case elementRuns

  /// Binding number in the shaders.
  var number: UInt32 {
    switch self {
    case .input: UInt32(ZMIN_BINDING_INPUT)
    case .kept: UInt32(ZMIN_BINDING_KEPT)
    case .skeleton: UInt32(ZMIN_BINDING_SKELETON)
    case .tiles: UInt32(ZMIN_BINDING_TILES)
    case .starts: UInt32(ZMIN_BINDING_STARTS)
    case .threadMaps: UInt32(ZMIN_BINDING_THREAD_MAPS)
    case .result: UInt32(ZMIN_BINDING_RESULT)
    case .elements: UInt32(ZMIN_BINDING_ELEMENTS)
    case .elementRuns: UInt32(ZMIN_BINDING_ELEMENT_RUNS)
    }
  }
}

/// Layouts of all stages: their buffers and push constants.
///
/// `@unchecked Sendable` because the handles are constant.
struct SliceLayouts: @unchecked Sendable {
  struct Layout {
    let set: VkDescriptorSetLayout
    let pipeline: VkPipelineLayout
  }

  private let layouts: [Layout]

  subscript(stage: SliceStage) -> Layout { layouts[stage.rawValue] }

  /// - Throws: ``VulkanError``.
  init(for device: VulkanDevice) throws(VulkanError) {
    var made: [Layout] = []
    do throws(VulkanError) {
      for stage in SliceStage.allCases { made.append(try Self.make(stage, for: device)) }
    } catch {
      for layout in made { layout.destroy(device.calls, device.handle) }
      throw error
    }
    layouts = made
  }

  func destroy(_ calls: DeviceCalls, _ device: VkDevice) {
    for layout in layouts { layout.destroy(calls, device) }
  }

  private static func make(_ stage: SliceStage, for device: VulkanDevice) throws(VulkanError) -> Layout {
    let (calls, call, handle) = (device.calls, device.call, device.handle)
    var structs = CStructs()
    var setInfo = VkDescriptorSetLayoutCreateInfo()
    setInfo.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO
    setInfo.bindingCount = UInt32(stage.bindings.count)
    setInfo.pBindings = structs.array(
      stage.bindings.map { binding in
        var layout = VkDescriptorSetLayoutBinding()
        layout.binding = binding.number
        layout.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
        layout.descriptorCount = 1
        layout.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT.rawValue
        return layout
      })
    var set: VkDescriptorSetLayout?
    try call("vkCreateDescriptorSetLayout") { calls.createDescriptorSetLayout(handle, &setInfo, nil, &set) }
    guard let set else { throw VulkanError("vkCreateDescriptorSetLayout returned nothing") }
    var range = VkPushConstantRange()
    range.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT.rawValue
    range.size = UInt32(MemoryLayout<zmin_slice>.size)
    var info = VkPipelineLayoutCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO
    info.setLayoutCount = 1
    info.pSetLayouts = structs.one(set)
    info.pushConstantRangeCount = 1
    info.pPushConstantRanges = structs.one(range)
    var pipeline: VkPipelineLayout?
    do throws(VulkanError) {
      try call("vkCreatePipelineLayout") { calls.createPipelineLayout(handle, &info, nil, &pipeline) }
      guard let pipeline else { throw VulkanError("vkCreatePipelineLayout returned nothing") }
      return Layout(set: set, pipeline: pipeline)
    } catch {
      calls.destroyDescriptorSetLayout(handle, set, nil)
      throw error
    }
  }
}

extension SliceLayouts.Layout {
  fileprivate func destroy(_ calls: DeviceCalls, _ device: VkDevice) {
    calls.destroyPipelineLayout(device, pipeline, nil)
    calls.destroyDescriptorSetLayout(device, set, nil)
  }
}

/// Pipelines of all stages for one kind of input.
///
/// `@unchecked Sendable` because the handles are constant.
struct SlicePrograms: @unchecked Sendable {
  private let pipelines: [VkPipeline]

  subscript(stage: SliceStage) -> VkPipeline { pipelines[stage.rawValue] }

  /// Largest shared memory of a workgroup, in bytes. `compact` or `summarise` needs it.
  static func sharedBytes(forThreads threads: Int) -> Int {
    let segments = 16
    let scan = (threads + 2 * segments + 1) * 4
    let assembled = (threads * Int(ZMIN_THREAD_BYTES) / 4 + 2) * 4
    let counts = (threads + segments) * Int(ZMIN_STATE_COUNT) * 4
    return scan + max(assembled, counts)
  }

  /// - Throws: ``VulkanError``.
  init(_ kind: ProgramKind, _ layouts: SliceLayouts, for device: VulkanDevice) throws(VulkanError) {
    var made: [VkPipeline] = []
    do throws(VulkanError) {
      for stage in SliceStage.allCases { made.append(try Self.make(stage, kind, layouts[stage], for: device)) }
    } catch {
      for pipeline in made { device.calls.destroyPipeline(device.handle, pipeline, nil) }
      throw error
    }
    pipelines = made
  }

  func destroy(_ calls: DeviceCalls, _ device: VkDevice) {
    for pipeline in pipelines { calls.destroyPipeline(device, pipeline, nil) }
  }

  private static func make(
    _ stage: SliceStage, _ kind: ProgramKind, _ layout: SliceLayouts.Layout, for device: VulkanDevice
  ) throws(VulkanError) -> VkPipeline {
    let (calls, call, handle) = (device.calls, device.call, device.handle)
    var structs = CStructs()
    let code = device.shaders[stage.name] ?? stage.words
    var moduleInfo = VkShaderModuleCreateInfo()
    moduleInfo.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO
    moduleInfo.codeSize = code.count * 4
    moduleInfo.pCode = structs.array(code)
    var module: VkShaderModule?
    try call("vkCreateShaderModule") { calls.createShaderModule(handle, &moduleInfo, nil, &module) }
    defer { calls.destroyShaderModule(handle, module, nil) }

    var info = VkComputePipelineCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO
    info.layout = layout.pipeline
    info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO
    info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT
    info.stage.module = module
    info.stage.pName = structs.array(Array("main".utf8CString))
    info.stage.pSpecializationInfo = structs.one(
      specialisation(
        [
          (ZMIN_SPECIALISE_THREADS, UInt32(device.workgroupThreads)),
          (ZMIN_SPECIALISE_NDJSON, kind.isLines ? 1 : 0),
          (ZMIN_SPECIALISE_CHECKS, kind.checks ? 1 : 0),
        ], in: &structs))
    var pipeline: VkPipeline?
    try call("vkCreateComputePipelines") { calls.createComputePipelines(handle, nil, 1, &info, nil, &pipeline) }
    guard let pipeline else { throw VulkanError("vkCreateComputePipelines returned nothing") }
    return pipeline
  }

  private static func specialisation(
    _ constants: [(id: Int32, value: UInt32)], in structs: inout CStructs
  ) -> VkSpecializationInfo {
    var info = VkSpecializationInfo()
    info.mapEntryCount = UInt32(constants.count)
    info.pMapEntries = structs.array(
      constants.enumerated().map { index, constant in
        VkSpecializationMapEntry(constantID: UInt32(constant.id), offset: UInt32(index * 4), size: 4)
      })
    info.dataSize = constants.count * 4
    info.pData = UnsafeRawPointer(structs.array(constants.map(\.value)))
    return info
  }
}
