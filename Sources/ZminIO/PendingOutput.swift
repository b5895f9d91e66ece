/// An output that is written whole and has not got its name yet.
///
/// One that ends without ``commit(_:)`` leaves nothing behind.
///
/// `@unchecked Sendable` because it has one holder at a time.
package final class PendingOutput: @unchecked Sendable {
  private var replacement: Replacement
  private let isSynced: Bool

  init(_ replacement: consuming Replacement, _ policy: SyncPolicy, _ mode: OutputMode) throws(FileError) {
    try replacement.setAttributes(mode)
    try replacement.flush()
    isSynced = replacement.isSynced(policy)
    self.replacement = replacement
  }

  /// Brings outputs to the disk, gives them their names, and then brings the directories to the disk, each once.
  ///
  /// The first sync of many takes what was written before it to the disk as well, so that those after it are cheap.
  ///
  /// - Returns: For each output why it is not in its place, if it is not. Where it is only the directory that could not
  ///   be synced, the file is in its place all the same.
  package static func commit(_ outputs: [PendingOutput]) -> [Result<Void, FileError>] {
    var results = outputs.map { output in
      Result { () throws(FileError) in try output.sync() }.flatMap {
        Result { () throws(FileError) in try output.rename() }
      }
    }
    var directories: [FileIdentity: Result<Void, FileError>] = [:]
    for (index, output) in outputs.enumerated() where output.isSynced {
      guard case .success = results[index] else { continue }
      let directory = output.replacement.destination.directory.identity
      let synced =
        directories[directory] ?? Result { () throws(FileError) in try output.replacement.syncDirectory() }
      directories[directory] = synced
      if case .failure(let error) = synced { results[index] = .failure(error) }
    }
    return results
  }

  private func sync() throws(FileError) {
    if isSynced { try replacement.sync() }
  }

  private func rename() throws(FileError) { try replacement.rename() }

  /// What the system says of the file.
  package func status() throws(FileError) -> FileStatus {
    try replacement.access.status(of: replacement.temporary.descriptor, replacement.file)
  }
}
