package import ZminCPU

/// A way through zmin that is timed.
package enum BenchPath: Sendable, Equatable {
  /// One kernel on one core, through one window.
  case kernel(Kernel)
  /// The fastest kernel in slices on all cores.
  case cpu
  /// Slices on a device.
  case gpu
  /// Slices on device and cores, whichever is free.
  case hybrid

  /// How reports and `--paths` call it.
  package var name: String {
    switch self {
    case .kernel(let kernel): kernel.name
    case .cpu: "cpu"
    case .gpu: "gpu"
    case .hybrid: "hybrid"
    }
  }

  /// Whether it needs a device.
  package var usesDevice: Bool { self == .gpu || self == .hybrid }

  /// Every path of any machine.
  package static var all: [BenchPath] { Kernel.all.map(BenchPath.kernel) + [.cpu, .gpu, .hybrid] }

  /// The paths that need no device.
  package static var ofProcessor: [BenchPath] { Kernel.available.map(BenchPath.kernel) + [.cpu] }

  /// The path of that name.
  package static func named(_ name: String) -> BenchPath? { all.first { $0.name == name } }

  package static func == (one: BenchPath, other: BenchPath) -> Bool { one.name == other.name }
}
