import SystemPackage
import ZminIO

extension ReportPlan {
  /// Checks that the files of the reports can be written, before the work that they are about.
  ///
  /// - Parameters:
  ///   - outputDirectory: The directory that the run makes, nil if there is none. A report may be below it.
  ///   - files: Access to files.
  /// - Throws: ``FileError``.
  func checkFiles(besides outputDirectory: FilePath?, using files: FileAccess) throws(FileError) {
    for path in [metricsFile, memory?.file].compactMap(\.self) {
      let directory = outputDirectory?.lexicallyNormalized()
      if let directory, path.lexicallyNormalized().starts(with: directory) { continue }
      // A FIFO has no reader yet, and a device needs no check.
      guard try files.statusIfPresent(of: path)?.kind ?? .regular == .regular else { continue }
      try OutputFile(at: path, using: files, sync: .never).abandon()
    }
  }
}

extension MemoryReportPlan {
  /// The file of the report, nil if it goes to a stream.
  fileprivate var file: FilePath? {
    if case .file(let path) = destination { path } else { nil }
  }
}
