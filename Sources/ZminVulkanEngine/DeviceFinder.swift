import Glibc
package import SystemPackage
package import ZminIO
import ZminMemory
import ZminVulkan

/// Chooses a device and tests it in a child process, because drivers hang and crash.
package struct DeviceFinder: Sendable {
  /// Result of a search.
  package enum Verdict: Sendable, Equatable {
    /// A working device, by index and UUID.
    case found(index: Int, uuid: String)
    /// No working device, with the reason.
    case none(String)

    /// Verdict as the line of text that the child process prints.
    package var line: String {
      switch self {
      case .found(let index, let uuid): "found \(index) \(uuid)"
      case .none(let reason): "none \(reason)"
      }
    }

    /// Parses a line. Returns nil if it is no verdict.
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

  /// Default timeout of the child process.
  package static let timeoutMilliseconds: Int32 = 15_000

  package let selector: DeviceSelector
  private let program: FilePath
  private let timeoutMilliseconds: Int32

  /// - Parameters:
  ///   - selector: Device to look for.
  ///   - program: Program to run with ``arguments(for:)``.
  package init(
    _ selector: DeviceSelector, program: FilePath = "/proc/self/exe",
    timeoutMilliseconds: Int32 = Self.timeoutMilliseconds
  ) {
    self.selector = selector
    self.program = program
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Arguments that make the program call ``findHere()`` and print its verdict.
  package static func arguments(for selector: DeviceSelector) -> [String] {
    let base = ["devices", "--find"]
    guard case .named(let name) = selector else { return base }
    return base + ["--device", name]
  }

  /// Searches in a child process.
  ///
  /// - Parameter observer: Told about the process.
  /// - Returns: Nil if the search was interrupted.
  package func find(orUntil interruption: Interruption, observer: (any HelperObserver)? = nil) -> Verdict? {
    do throws(Errno) {
      var child = try ChildProcess(program, ["zmin"] + Self.arguments(for: selector), observer: observer)
      switch try child.wait(milliseconds: timeoutMilliseconds, orUntil: interruption) {
      case .interrupted: return nil
      case .timedOut: return .none("the Vulkan drivers did not respond within \(timeoutMilliseconds / 1000) seconds")
      case .ended(let status, let output):
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        // Drivers and layers print lines too.
        if let verdict = lines.reversed().lazy.compactMap({ Verdict(line: String($0)) }).first { return verdict }
        let signal = status & 0x7F
        return .none(signal == 0 ? "a Vulkan driver ended the search" : "a Vulkan driver crashed (signal \(signal))")
      }
    } catch {
      return .none("cannot start the device search: \(error)")
    }
  }

  /// Searches in this process, which a driver may crash or hang.
  package func findHere() -> Verdict {
    // SIGALRM ends a process that hangs after its parent has gone.
    alarm(UInt32(timeoutMilliseconds / 1000) + 5)
    do {
      let instance = try VulkanInstance()
      let devices = try instance.devices()
      let chosen = try selector.choose(from: devices.map(DeviceSelector.Candidate.init))
      guard let physical = devices.first(where: { $0.index == chosen.index }) else {
        return .none("\(chosen.name) is gone")
      }
      let device = try VulkanDevice(physical, of: instance, ledger: MemoryLedger())
      if let difference = try DeviceSelfTest.firstDifference(on: device, extent: .short) {
        return .none("\(physical.name) failed its self-test: \(difference)")
      }
      return .found(index: chosen.index, uuid: chosen.uuid)
    } catch let error as DeviceSelector.NoChoice {
      return .none(error.reason)
    } catch {
      return .none("\(error)")
    }
  }
}
