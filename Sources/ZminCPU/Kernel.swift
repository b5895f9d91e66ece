import CZminSIMD
import ZminCore

/// A CPU implementation of minifying and checking.
///
/// All kernels give the same bytes and the same verdict on any input. They differ in speed and in the CPU features that
/// they need.
@safe package struct Kernel: Sendable {
  /// The name, as in `--kernel NAME`.
  package let name: String
  /// A short description of instruction set and block size.
  package let summary: String
  /// The CPU feature that is missing, nil if the kernel can run.
  package let missingFeature: String?

  let check: zmin_check_function
  let unchecked: zmin_raw_function
  let nest: zmin_nest_function
  /// The size of the workspace in bytes, 0 if none is needed.
  package let workspaceBytes: Int

  /// True if this CPU can run the kernel.
  package var isAvailable: Bool { missingFeature == nil }

  /// All kernels built in, fastest first, including those that this CPU cannot run.
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

  /// The kernels that this CPU can run, fastest first. Never empty.
  package static let available = all.filter(\.isAvailable)

  /// The fastest kernel that this CPU can run.
  package static let fastest = available[0]

  /// The kernel without CPU requirements.
  package static let portable = all[all.count - 1]

  /// True for the kernel without CPU requirements.
  package var isPortable: Bool { name == Self.portable.name }

  /// Returns the kernel with this name, nil if unknown.
  package static func named(_ name: String) -> Kernel? { all.first { $0.name == name } }
}

/// Counts the line feeds in `bytes`.
package func countLineFeeds(_ bytes: UnsafeRawBufferPointer) -> Int {
  guard let start = bytes.baseAddress else { return 0 }
  return unsafe zmin_count_newlines(start.assumingMemoryBound(to: UInt8.self), bytes.count)
}

extension Kernel: CustomStringConvertible {
  /// The kernel's name.
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
