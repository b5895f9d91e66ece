import Glibc
package import SystemPackage
package import ZminIO
import ZminMemory
import ZminVulkan

/// Finds out which device is to be used and whether it works, in a process of its own: drivers hang and crash.
package struct DeviceFinder: Sendable {
  /// What was found out.
  package enum Verdict: Sendable, Equatable {
    /// A device that works: its index and UUID.
    case found(index: Int, uuid: String)
    /// There is none, for this reason.
    case none(String)

    /// As a line of text.
    package var line: String {
      switch self {
      case .found(let index, let uuid): "found \(index) \(uuid)"
      case .none(let reason): "none \(reason)"
      }
    }

    /// From its line, nil if that is none.
    package init?(line: String) {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      if parts[0] == "none" {
        self = .none(parts[1])
        return
      }
      let found = parts[1].split(separator: " ")
      guard parts[0] == "found", found.count == 2, let index = Int(found[0]) else { return nil }
      self = .found(index: index, uuid: String(found[1]))
    }
  }

  /// How long drivers have for it.
  package static let timeoutMilliseconds: Int32 = 15_000

  package let selector: DeviceSelector
  private let program: FilePath
  private let timeoutMilliseconds: Int32

  /// - Parameters:
  ///   - selector: Which device is wanted.
  ///   - program: What answers to ``arguments(for:)``.
  package init(
    _ selector: DeviceSelector, program: FilePath = "/proc/self/exe",
    timeoutMilliseconds: Int32 = Self.timeoutMilliseconds
  ) {
    self.selector = selector
    self.program = program
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// How the program is called to do it.
  package static func arguments(for selector: DeviceSelector) -> [String] {
    let base = ["devices", "--find"]
    guard case .named(let name) = selector else { return base }
    return base + ["--device", name]
  }

  /// Has another process find out.
  ///
  /// - Returns: Nil if it was interrupted.
  package func find(orUntil interruption: Interruption) -> Verdict? {
    do throws(Errno) {
      var child = try ChildProcess(program, ["zmin"] + Self.arguments(for: selector))
      switch try child.wait(milliseconds: timeoutMilliseconds, orUntil: interruption) {
      case .interrupted: return nil
      case .timedOut: return .none("the drivers did not answer within \(timeoutMilliseconds / 1000) seconds")
      case .ended(let status, let output):
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        // Drivers and layers say things too.
        if let verdict = lines.reversed().lazy.compactMap({ Verdict(line: String($0)) }).first { return verdict }
        let signal = status & 0x7F
        return .none(signal == 0 ? "a driver ended the process" : "a driver crashed (signal \(signal))")
      }
    } catch {
      return .none("no process to look for devices with: \(error)")
    }
  }

  /// Finds out in this process, which drivers may take down.
  package func findHere() -> Verdict {
    // Nobody is to find it still running.
    alarm(UInt32(timeoutMilliseconds / 1000) + 5)
    do {
      let instance = try VulkanInstance()
      let devices = try instance.devices()
      let chosen = try selector.choose(from: devices.map(DeviceSelector.Candidate.init))
      guard let physical = devices.first(where: { $0.index == chosen.index }) else { return .none("it is gone") }
      let device = try VulkanDevice(physical, of: instance, ledger: MemoryLedger())
      if let difference = try DeviceSelfTest.firstDifference(on: device, extent: .short) {
        return .none("\(physical.name) computes wrongly: \(difference)")
      }
      return .found(index: chosen.index, uuid: chosen.uuid)
    } catch let error as DeviceSelector.NoChoice {
      return .none(error.reason)
    } catch {
      return .none("\(error)")
    }
  }
}
