package import Foundation

/// Documents from outside the repository.
package enum Corpora {
  /// True if `ZMIN_LONG_TESTS=1` asks for the long form of the tests.
  package static let testsAreLong = ProcessInfo.processInfo.environment["ZMIN_LONG_TESTS"] == "1"

  /// The folder that `ZMIN_CORPORA` names, by default `../shared/corpora` beside the package. Nil if it does not exist.
  package static let directory: URL? = {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let directory =
      ProcessInfo.processInfo.environment["ZMIN_CORPORA"].map { URL(filePath: $0) }
      ?? package.deletingLastPathComponent().appending(path: "shared/corpora")
    return FileManager.default.fileExists(atPath: directory.path) ? directory : nil
  }()

  /// The cases of JSONTestSuite. Empty without the corpora.
  package static let testSuite = files(in: "JSONTestSuite/test_parsing")

  /// Real documents. Empty without the corpora.
  package static let realDocuments = files(in: "real")

  private static func files(in folder: String) -> [URL] {
    guard let directory else { return [] }
    let files = try? FileManager.default.contentsOfDirectory(
      at: directory.appending(path: folder), includingPropertiesForKeys: nil)
    return (files ?? []).sorted { $0.path < $1.path }
  }
}
