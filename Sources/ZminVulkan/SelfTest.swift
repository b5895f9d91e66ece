internal import CZminVulkan

/// Proves a device correct before it is trusted: hard slices go through its stages, and what each stage leaves is
/// compared with its reference.
package enum DeviceSelfTest {
  /// How much is tried.
  package enum Extent: Sendable {
    /// What takes little time, before a device is used.
    case short
    /// What takes seconds on a software device.
    case full
  }

  /// The first difference by the order of cases and stages, nil if there is none.
  ///
  /// - Parameter kinds: The kinds of input that the device is to be used for.
  /// - Throws: ``VulkanError``.
  package static func firstDifference(
    on device: VulkanDevice, extent: Extent, kinds: [ProgramKind] = ProgramKind.allCases
  ) throws(VulkanError) -> StageDifference? {
    let tileBytes = device.workgroupThreads * Int(ZMIN_THREAD_BYTES)
    var comparison = try StageComparison(sliceBytes: 3 * tileBytes, on: device)
    for kind in kinds {
      let cases = SelfTestCases(threads: device.workgroupThreads, isLines: kind.isLines)
      for (index, testCase) in cases.all(extent, checks: kind.checks).enumerated() {
        for startsInString in [false, true] where extent == .full || startsInString == (index % 4 == 3) {
          let request = VulkanLane.Request(
            kind: kind, byteCount: testCase.slice.count, startsInString: startsInString,
            historyHasElement: index % 2 == 1)
          let difference = try comparison.firstDifference(
            in: testCase.slice, request, behind: testCase.slice.first ?? 0,
            caseName: "\(kind)\(startsInString ? ", from within a string" : ""): \(testCase.name)")
          if let difference { return difference }
        }
      }
    }
    return nil
  }
}

extension ProgramKind: CaseIterable, CustomStringConvertible {
  package static let allCases = [
    ProgramKind(isLines: false, checks: true), ProgramKind(isLines: true, checks: true),
    ProgramKind(isLines: false, checks: false), ProgramKind(isLines: true, checks: false),
  ]

  package var description: String { (isLines ? "ndjson" : "json") + (checks ? "" : " unchecked") }
}
