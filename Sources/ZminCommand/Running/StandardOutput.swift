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
  func write(_ text: String) throws(FileError) { try write([text]) }

  /// Writes all pieces of a text.
  ///
  /// - Throws: ``FileError``.
  func write(_ pieces: [String]) throws(FileError) { try OutputFile.standardOutput(using: files).commit(pieces) }
}

extension OutputFile {
  /// Writes all pieces of a text and commits the output.
  ///
  /// - Throws: ``FileError``.
  consuming func commit(_ pieces: [String]) throws(FileError) {
    var failure: FileError?
    for var piece in pieces where failure == nil {
      piece.withUTF8 { bytes in
        do throws(FileError) {
          try write(UnsafeRawBufferPointer(bytes))
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    try commit()
  }
}
