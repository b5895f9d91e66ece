package import SystemPackage

/// The connection of a device on the PCI bus.
package enum BusLink {
  /// Describes a device by its address, and by the largest and the current speed and width of its link if the system
  /// reports them. Idle devices slow the link down. Virtual machines often report nothing.
  ///
  /// - Parameters:
  ///   - address: The address, as in `0000:01:00.0`.
  ///   - access: The access to the files of the system.
  ///   - root: A prefix of the paths below `/sys`.
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
