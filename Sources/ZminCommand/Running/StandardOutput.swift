import ZminIO

/// Text for standard output.
struct StandardOutput {
  private let files: FileAccess

  init(_ files: FileAccess) {
    self.files = files
  }

  /// Writes all of a text.
  ///
  /// - Throws: ``FileError``.
  func write(_ text: String) throws(FileError) {
    var output = try OutputFile.standardOutput(using: files)
    var bytes = Array(text.utf8)
    try write(&bytes, to: &output)
    try output.commit()
  }

  private func write(_ bytes: inout [UInt8], to output: inout OutputFile) throws(FileError) {
    var failure: FileError?
    bytes.withUnsafeBytes { buffer in
      do throws(FileError) {
        try output.write(buffer)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
