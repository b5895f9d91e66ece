package import ZminIO

/// What a journal says that a file which is done has left.
package struct FinishedFile: BitwiseCopyable, Sendable, Equatable {
  /// The size of its output on the disk.
  package let storedOutputBytes: Int64
  /// When its output was last changed, in nanoseconds since 1970; nil where an equal time would prove nothing.
  package let outputNanoseconds: Int64?
  /// The hash of its output, nil if there was none.
  package let outputHash: UInt64?
}

extension DirectoryCursor {
  /// Whether a file's output, or in place the file, is what the journal says: by its time, and where that proves
  /// nothing, as a line of an earlier version does not tell it, by its contents.
  ///
  /// - Throws: ``FileError/interrupted(_:)``.
  package mutating func isAsLeft(_ entry: FileEntry, _ finished: FinishedFile) throws(FileError) -> Bool {
    // There was no output.
    if !hasMirror, finished.outputHash == nil { return true }
    guard let output = output(of: entry), output.status.kind == .regular,
      output.status.size == finished.storedOutputBytes
    else { return false }
    if output.status.modificationTime.sinceEpochNanoseconds == finished.outputNanoseconds { return true }
    guard let hash = finished.outputHash else { return false }
    do throws(FileError) {
      return try contentHash(of: output.reference) == hash
    } catch {
      if case .interrupted = error { throw error }
      // What cannot be read is done again, and says then what is wrong.
      return false
    }
  }
}
