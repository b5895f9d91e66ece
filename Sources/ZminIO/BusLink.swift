package import SystemPackage

/// How a device on the PCI bus is connected.
package enum BusLink {
  /// Its address, and what its link carries at most and now (idle devices slow it down), as far as the system tells: it
  /// does not always in virtual machines.
  ///
  /// - Parameters:
  ///   - address: As in `0000:01:00.0`.
  ///   - access: What the system is asked through.
  ///   - root: What stands before the paths of `/sys`.
  package static func description(
    ofDeviceAt address: String, using access: FileAccess = FileAccess(), root: FilePath = "/"
  ) -> String {
    let files = SystemFiles(access: access, root: root)
    let value = { (name: String) -> String? in
      guard let line = files.lines(of: FilePath("/sys/bus/pci/devices/\(address)/\(name)")).first else { return nil }
      let text = String(decoding: line, as: UTF8.self)
      return text.isEmpty || text.lowercased().contains("unknown") ? nil : text
    }
    let link = { (kind: String) -> String? in
      guard let speed = value("\(kind)_link_speed"), let width = value("\(kind)_link_width") else { return nil }
      return "\(speed) x\(width)"
    }
    let links = [link("max").map { "\($0) at most" }, link("current").map { "\($0) now" }].compactMap { $0 }
    return (["PCI \(address)"] + links).joined(separator: ", ")
  }
}
