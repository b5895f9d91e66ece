internal import CZminVulkan

/// Tests a device before it is trusted. Runs hard slices through its shaders and compares the buffers that each stage
/// leaves with the stage's reference.
package enum DeviceSelfTest {
  /// Amount of testing.
  package enum Extent: Sendable {
    /// A quick test before each use of a device.
    case short
    /// All cases. Takes seconds on a software device.
    case full
  }

  /// Finds the first difference, in the order of cases and stages. Returns nil if all stages match their references.
  ///
  /// - Parameter kinds: Kinds of input to test.
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
