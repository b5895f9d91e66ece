import Testing
import ZminVulkan
import ZminVulkanEngine

@Suite struct DeviceSelectorTests {
  private static let devices = [
    DeviceSelector.Candidate(
      index: 0, name: "Intel(R) UHD Graphics", kind: .integrated, uuid: "8680469a0c00000000020000000000aa",
      localBytes: 8 << 30),
    DeviceSelector.Candidate(
      index: 1, name: "NVIDIA T4", kind: .discrete, uuid: "11111111222233334444555566667777", localBytes: 16 << 30),
    DeviceSelector.Candidate(
      index: 2, name: "NVIDIA H100", kind: .discrete, uuid: "aaaaaaaabbbbccccddddeeeeffff0000", localBytes: 80 << 30),
    DeviceSelector.Candidate(
      index: 3, name: "llvmpipe (LLVM 15)", kind: .software, uuid: "6d657361", localBytes: 64 << 30),
    DeviceSelector.Candidate(
      index: 4, name: "Old Card", kind: .discrete, uuid: "01d", localBytes: 128 << 30,
      unsupportedReason: "no compute queue"),
  ]

  @Test("The best device is the discrete one with the most memory")
  func bestIsTheCardWithMostMemory() throws {
    #expect(try DeviceSelector.best.choose(from: Self.devices).index == 2)
    #expect(try DeviceSelector.best.choose(from: Self.devices.filter { $0.kind == .integrated }).index == 0)
    #expect(try DeviceSelector.best.choose(from: [Self.devices[0], Self.devices[1]]).index == 1)
  }

  @Test("Software and unsupported devices are never the best")
  func softwareAndUnsupportedAreNeverTheBest() {
    let software = Self.devices.filter { $0.kind == .software }
    #expect { try DeviceSelector.best.choose(from: software) } throws: { "\($0)".contains("used only if it is named") }
    let unsupported = [Self.devices[4]]
    #expect { try DeviceSelector.best.choose(from: unsupported) } throws: { "\($0)" == "Old Card: no compute queue" }
    #expect { try DeviceSelector.best.choose(from: []) } throws: { "\($0)".contains("no Vulkan device found") }
  }

  @Test(
    "A device is chosen by index, UUID or part of its name",
    arguments: [
      ("0", 0), ("3", 3), ("h100", 2), ("NVIDIA", 1), ("LLVM", 3), ("11111111-2222-3333-4444-555566667777", 1),
      ("GPU-aaaaaaaa-bbbb-cccc-dddd-eeeeffff0000", 2), ("AAAAAAAABBBBCCCCDDDDEEEEFFFF0000", 2),
    ])
  func named(_ name: String, _ index: Int) throws {
    #expect(try DeviceSelector.named(name).choose(from: Self.devices).index == index)
  }

  @Test(
    "An unknown or unsupported device is an error that helps",
    arguments: [("5", "no device '5'"), ("-1", "no device"), ("radeon", "2 NVIDIA H100"), ("4", "no compute queue")])
  func namedInVain(_ name: String, _ part: String) {
    #expect { try DeviceSelector.named(name).choose(from: Self.devices) } throws: { "\($0)".contains(part) }
  }
}
