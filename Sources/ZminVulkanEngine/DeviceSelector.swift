package import ZminVulkan

/// Which device is to be used.
package enum DeviceSelector: Sendable, Equatable {
  /// The best hardware device.
  case best
  /// The one of that index, UUID or, in part, name; a software device too.
  case named(String)

  /// What a choice is made by.
  package struct Candidate: Sendable, Equatable {
    package var index: Int
    package var name: String
    package var kind: PhysicalDevice.Kind
    package var uuid: String
    package var localBytes: Int
    /// Why it cannot be used at all.
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

  /// Why there is no choice.
  package struct NoChoice: Error, Sendable, Equatable, CustomStringConvertible {
    package let reason: String

    package var description: String { reason }

    /// No driver has a device.
    package static let noDevice = NoChoice(reason: "there is no Vulkan device")
  }

  /// Chooses.
  ///
  /// - Throws: ``NoChoice``.
  package func choose(from candidates: [Candidate]) throws(NoChoice) -> Candidate {
    if candidates.isEmpty { throw .noDevice }
    switch self {
    case .best:
      let hardware = candidates.filter { $0.kind != .software }
      guard !hardware.isEmpty else {
        throw NoChoice(reason: "there is no hardware device, and a software one must be named by --device")
      }
      let usable = hardware.filter { $0.unsupportedReason == nil }
      guard let best = usable.min(by: { $0.isBetter(than: $1) }) else {
        throw NoChoice(reason: hardware.map { "\($0.name): \($0.unsupportedReason ?? "")" }.joined(separator: "; "))
      }
      return best
    case .named(let wanted):
      guard let found = match(wanted, candidates) else {
        let names = candidates.map { "\($0.index) \($0.name)" }.joined(separator: ", ")
        throw NoChoice(reason: "there is no device '\(wanted)': there are \(names)")
      }
      if let unsupportedReason = found.unsupportedReason {
        throw NoChoice(reason: "\(found.name): \(unsupportedReason)")
      }
      return found
    }
  }

  private func match(_ wanted: String, _ candidates: [Candidate]) -> Candidate? {
    if let index = Int(wanted) { return candidates.first { $0.index == index } }
    // NVIDIA writes it as GPU-12345678-…
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

  /// A card with memory of its own before what shares the host's, then the one with more memory, then the first.
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
