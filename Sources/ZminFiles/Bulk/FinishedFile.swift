package import ZminIO

/// The output of a finished file, as its journal records it.
package struct FinishedFile: BitwiseCopyable, Sendable, Equatable {
  /// The size of its output on the disk.
  package let storedOutputBytes: Int64
  /// The modification time of its output in nanoseconds since 1970; nil if an equal time would prove nothing.
  package let outputNanoseconds: Int64?
  /// The hash of its output, nil if there was no output.
  package let outputHash: UInt64?
}

extension DirectoryCursor {
  /// Returns true if a file's output or, in place, the file is as the journal records it. The time decides or, if the
  /// journal has no time that proves it, as in lines of earlier versions, the contents.
  ///
  /// - Throws: ``FileError/interrupted(_:)``.
  package mutating func isAsLeft(_ entry: FileEntry, _ finished: FinishedFile) throws(FileError) -> Bool {
    // The file was only checked.
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
      // A file that cannot be read is minified again, and reports its error then.
      return false
    }
  }
}
