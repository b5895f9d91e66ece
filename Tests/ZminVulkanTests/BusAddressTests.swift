import Testing

@testable import ZminVulkan

@Suite struct BusAddressTests {
  @Test("A PCI address is written as Linux writes it")
  func isWrittenAsLinuxWritesIt() {
    #expect(PhysicalDevice.busAddress(0, 1, 0, 0) == "0000:01:00.0")
    #expect(PhysicalDevice.busAddress(0x10000, 0xAF, 0x1F, 7) == "10000:af:1f.7")
  }
}
