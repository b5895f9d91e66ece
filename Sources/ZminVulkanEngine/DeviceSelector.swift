package import ZminVulkan

/// Rule for choosing a device.
package enum DeviceSelector: Sendable, Equatable {
  /// The best hardware device.
  case best
  /// A device by its index, UUID or part of its name. It may be a software device.
  case named(String)

  /// Properties of a device that decide the choice.
  package struct Candidate: Sendable, Equatable {
    package var index: Int
    package var name: String
    package var kind: PhysicalDevice.Kind
    package var uuid: String
    package var localBytes: Int
    /// Reason why zmin cannot use the device, nil if it can.
    package var unsupportedReason: String?

    package init(
      index: Int, name: String, kind: PhysicalDevice.Kind, uuid: String, localBytes: Int,
      unsupportedReason: String? = nil
    ) {
      self.index = index
      self.name = name
      self.kind = kind
      self.uuid = uuid
      self.localBytes = localBytes
      self.unsupportedReason = unsupportedReason
    }
  }

  /// Error for a choice without a usable device.
  package struct NoChoice: Error, Sendable, Equatable, CustomStringConvertible {
    package let reason: String

    package var description: String { reason }

    /// Thrown if no driver reports a device.
    package static let noDevice = NoChoice(reason: "no Vulkan device found")
    /// Thrown if all devices are software devices, and none is named.
    package static let noHardware = NoChoice(
      reason: "no hardware device found, and a software device is used only if it is named")
  }

  /// Chooses a device.
  ///
  /// - Throws: ``NoChoice``.
  package func choose(from candidates: [Candidate]) throws(NoChoice) -> Candidate {
    if candidates.isEmpty { throw .noDevice }
    switch self {
    case .best:
      let hardware = candidates.filter { $0.kind != .software }
      guard !hardware.isEmpty else {
        throw .noHardware
      }
      let usable = hardware.filter { $0.unsupportedReason == nil }
      guard let best = usable.min(by: { $0.isBetter(than: $1) }) else {
        throw NoChoice(reason: hardware.map { "\($0.name): \($0.unsupportedReason ?? "")" }.joined(separator: "; "))
      }
      return best
    case .named(let wanted):
      guard let found = match(wanted, candidates) else {
        let names = candidates.map { "\($0.index) \($0.name)" }.joined(separator: ", ")
        throw NoChoice(reason: "no device '\(wanted)'; choose one of: \(names)")
      }
      if let unsupportedReason = found.unsupportedReason {
        throw NoChoice(reason: "\(found.name): \(unsupportedReason)")
      }
      return found
    }
  }

  private func match(_ wanted: String, _ candidates: [Candidate]) -> Candidate? {
    if let index = Int(wanted) { return candidates.first { $0.index == index } }
    // NVIDIA's tools write a UUID as GPU-12345678-…
    let digits = wanted.lowercased().replacing("gpu-", with: "").replacing("-", with: "")
    return candidates.first { $0.uuid == digits }
      ?? candidates.first { $0.name.lowercased().contains(wanted.lowercased()) }
  }
}

extension DeviceSelector.Candidate {
  package init(_ device: PhysicalDevice) {
    self.init(
      index: device.index, name: device.name, kind: device.kind, uuid: device.uuid,
      localBytes: device.heaps.filter(\.isDeviceLocal).map(\.byteCount).max() ?? 0,
      unsupportedReason: device.unsupportedReason)
  }

  /// Orders candidates: discrete before virtual before integrated devices, then more memory, then the lower index.
  fileprivate func isBetter(than other: Self) -> Bool {
    if kind.rank != other.kind.rank { return kind.rank < other.kind.rank }
    return localBytes == other.localBytes ? index < other.index : localBytes > other.localBytes
  }
}

extension PhysicalDevice.Kind {
  fileprivate var rank: Int {
    switch self {
    case .discrete: 0
    case .virtual: 1
    case .integrated: 2
    case .other: 3
    case .software: 4
    }
  }
}
