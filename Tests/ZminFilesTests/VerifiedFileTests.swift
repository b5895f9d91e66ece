import Foundation
import SystemPackage
import Testing
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory
import ZminTestSupport

/// Runs with verification from file to file.
@Suite struct VerifiedFileTests {
  private static let text =
    "[" + String(repeating: "{\"name\" : \"some text\",\n \"n\" : [ 1.5, 2 ] },\n", count: 1_000) + "0]"

  /// After a difference the file stays as it was, and no output of it appears.
  @Test(arguments: [true, false]) func anOutputThatDiffersGetsNoFinalName(_ isInPlace: Bool) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "zmin-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = FilePath(directory.appending(path: "in.json").path)
    try Data(Self.text.utf8).write(to: directory.appending(path: "in.json"))
    var options = MinifierOptions()
    options.verification = .whole
    let device = try TestDevice(sliceBytesMax: 3_000, sliceBytesMin: 1_000) { $0 == 4 ? .changeByte : .work }
    var minifier = try FileMinifier(
      options,
      memory: .slices(SlicePlan(workers: 2, slots: 6, sliceBytes: 700, smallestSliceBytes: 100)), badLines: nil,
      sync: .never, files: FileAccess(), device: .alone(device.ready), ledger: MemoryLedger())
    var outcomes: [FileOutcome] = []
    let destination: FileDestination =
      isInPlace ? .inPlace(InPlaceRules(), nil) : .file(FilePath(directory.appending(path: "out.json").path))
    if isInPlace {
      // The first run ends at the first byte that changes. The second has all slices again.
      let error = #expect(throws: VerificationDifference.self) {
        try minifier.minify([.path(path)], to: destination, outcomes: &outcomes)
      }
      #expect(error != nil)
    } else {
      try minifier.minify([.path(path)], to: destination, outcomes: &outcomes)
      guard case .failed(let error) = outcomes[0].result else {
        Issue.record("\(outcomes[0].result)")
        return
      }
      #expect(error is VerificationDifference)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["in.json"])
    #expect(try Data(contentsOf: directory.appending(path: "in.json")) == Data(Self.text.utf8))
  }
}
