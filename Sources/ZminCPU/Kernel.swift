import CZminSIMD
import ZminCore

/// One way of minifying and checking bytes on this machine's CPU.
///
/// All kernels give the same bytes and the same verdict on any input; they differ in speed and in what they need.
@safe package struct Kernel: Sendable {
  /// The name that forces it, as in `--kernel NAME`.
  package let name: String
  /// What it needs and does, in a few words.
  package let summary: String
  /// What this CPU lacks for it, nil if it can run.
  package let missingFeature: String?

  let check: zmin_check_function
  let unchecked: zmin_raw_function
  let nest: zmin_nest_function
  /// What it works in, in bytes.
  package let workspaceBytes: Int

  /// Whether this CPU can run it.
  package var isAvailable: Bool { missingFeature == nil }

  /// Every kernel built in, the fastest first, whether this CPU can run it or not.
  package static let all: [Kernel] = {
    var kernels: [Kernel] = []
    #if arch(x86_64)
      let features = zmin_detect_cpu()
      unsafe kernels.append(
        Kernel(
          name: "avx512", summary: "AVX-512 with VBMI2 and GFNI, 64 bytes at a time",
          missingFeature: !features.avx512 ? "AVX-512 VBMI2" : !features.gfni ? "GFNI" : nil,
          check: zmin_check_avx512, unchecked: zmin_raw_avx512, nest: zmin_nest_avx512,
          workspaceBytes: zmin_workspace_bytes_avx512()))
      unsafe kernels.append(
        Kernel(
          name: "avx2", summary: "AVX2 with BMI2 and PCLMULQDQ, 64 bytes at a time",
          missingFeature: features.avx2 ? nil : "AVX2",
          check: zmin_check_avx2, unchecked: zmin_raw_avx2, nest: zmin_nest_avx2,
          workspaceBytes: zmin_workspace_bytes_avx2()))
    #elseif arch(arm64)
      kernels.append(
        Kernel(
          name: "neon", summary: "NEON, 64 bytes at a time", missingFeature: nil,
          check: zmin_check_neon, unchecked: zmin_raw_neon, nest: zmin_nest_neon,
          workspaceBytes: zmin_workspace_bytes_neon()))
    #endif
    unsafe kernels.append(
      Kernel(
        name: "portable", summary: "C without vector instructions, up to 8 bytes at a time", missingFeature: nil,
        check: zmin_check_portable, unchecked: zmin_raw_portable, nest: zmin_nest_portable, workspaceBytes: 0))
    return kernels
  }()

  /// The kernels that this CPU can run, the fastest first; never empty.
  package static let available = all.filter(\.isAvailable)

  /// The fastest kernel that this CPU can run.
  package static let fastest = available[0]

  /// The kernel that runs everywhere.
  package static let portable = all[all.count - 1]

  /// Whether it is the kernel that runs everywhere.
  package var isPortable: Bool { name == Self.portable.name }

  /// The kernel of that name, nil if there is none.
  package static func named(_ name: String) -> Kernel? { all.first { $0.name == name } }
}

/// The number of line feeds in `bytes`.
package func countLineFeeds(_ bytes: UnsafeRawBufferPointer) -> Int {
  guard let start = bytes.baseAddress else { return 0 }
  return unsafe zmin_count_newlines(start.assumingMemoryBound(to: UInt8.self), bytes.count)
}

extension Kernel: CustomStringConvertible {
  /// The name.
  package var description: String { name }
}

extension Format {
  var forKernels: zmin_format {
    switch self {
    case .json: ZMIN_JSON
    case .ndjson: ZMIN_NDJSON
    case .concat: ZMIN_CONCAT
    }
  }
}
