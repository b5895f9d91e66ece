package import Foundation

/// Documents that lie outside the repository.
package enum Corpora {
  /// Whether the long form of the tests is asked for, by `ZMIN_LONG_TESTS=1`.
  package static let testsAreLong = ProcessInfo.processInfo.environment["ZMIN_LONG_TESTS"] == "1"

  /// The folder that `ZMIN_CORPORA` names, else `../shared/corpora` beside the package; nil if there is none.
  package static let directory: URL? = {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let directory =
      ProcessInfo.processInfo.environment["ZMIN_CORPORA"].map { URL(filePath: $0) }
      ?? package.deletingLastPathComponent().appending(path: "shared/corpora")
    return FileManager.default.fileExists(atPath: directory.path) ? directory : nil
  }()

  /// The cases of JSONTestSuite, none if it is not there.
  package static let testSuite = files(in: "JSONTestSuite/test_parsing")

  /// Documents from the real world, none if they are not there.
  package static let realDocuments = files(in: "real")

  private static func files(in folder: String) -> [URL] {
    guard let directory else { return [] }
    let files = try? FileManager.default.contentsOfDirectory(
      at: directory.appending(path: folder), includingPropertiesForKeys: nil)
    return (files ?? []).sorted { $0.path < $1.path }
  }
}
