import SystemPackage
import Testing
import ZminIO

@Suite struct BusLinkTests {
  private static let address = "0000:01:00.0"

  private func description(_ files: [String: String]) throws -> String {
    let directory = try TemporaryDirectory()
    for (name, text) in files {
      let path = directory.path.appending("sys/bus/pci/devices/\(Self.address)/\(name)")
      directory.makeDirectories(above: path)
      try directory.make(path, text)
    }
    return BusLink.description(ofDeviceAt: Self.address, using: FileAccess(), root: directory.path)
  }

  @Test func linksAreDescribed() throws {
    let files = [
      "max_link_speed": "32.0 GT/s PCIe\n", "max_link_width": "16\n", "current_link_speed": "2.5 GT/s PCIe\n",
      "current_link_width": "8\n",
    ]
    #expect(
      try description(files) == "PCI 0000:01:00.0, 32.0 GT/s PCIe x16 at most, 2.5 GT/s PCIe x8 now")
  }

  @Test func unknownLinksAreLeftOut() throws {
    #expect(try description([:]) == "PCI 0000:01:00.0")
    #expect(try description(["max_link_speed": "Unknown\n", "max_link_width": "0\n"]) == "PCI 0000:01:00.0")
    #expect(try description(["max_link_speed": "8.0 GT/s PCIe\n"]) == "PCI 0000:01:00.0")
  }
}
