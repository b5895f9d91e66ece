package import ZminCPU

/// A way through zmin that a benchmark times.
package enum BenchPath: Sendable, Equatable {
  /// One kernel on one core, in one window.
  case kernel(Kernel)
  /// The fastest kernel on all cores, in slices.
  case cpu
  /// Slices on a device.
  case gpu
  /// Slices on the device and the cores, whichever is free.
  case hybrid

  /// The name in reports and for `--paths`.
  package var name: String {
    switch self {
    case .kernel(let kernel): kernel.name
    case .cpu: "cpu"
    case .gpu: "gpu"
    case .hybrid: "hybrid"
    }
  }

  /// True if it needs a device.
  package var usesDevice: Bool { self == .gpu || self == .hybrid }

  /// All paths, on any machine.
  package static var all: [BenchPath] { Kernel.all.map(BenchPath.kernel) + [.cpu, .gpu, .hybrid] }

  /// The paths that need no device.
  package static var ofProcessor: [BenchPath] { Kernel.available.map(BenchPath.kernel) + [.cpu] }

  /// The path of that name.
  package static func named(_ name: String) -> BenchPath? { all.first { $0.name == name } }

  package static func == (one: BenchPath, other: BenchPath) -> Bool { one.name == other.name }
}
