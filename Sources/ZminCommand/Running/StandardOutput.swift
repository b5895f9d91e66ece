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
  func write(_ text: String) throws(FileError) { try OutputFile.standardOutput(using: files).commit(text) }
}

extension OutputFile {
  /// Writes a text, which is all of the output, and ends it.
  ///
  /// - Throws: ``FileError``.
  consuming func commit(_ text: String) throws(FileError) {
    var failure: FileError?
    let bytes = Array(text.utf8)
    bytes.withUnsafeBytes { buffer in
      do throws(FileError) {
        try write(buffer)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    try commit()
  }
}
