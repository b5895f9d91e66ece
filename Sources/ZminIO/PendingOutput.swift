/// An output that is written in full and does not have its final name yet.
///
/// The last steps of an output have one order, for a single one and for a batch:
///
///     bad lines      appended to their record, and synced, while the output is written
///     mode           limited to what the inputs allow
///     attributes     set on the temporary, while nobody else can open it
///     close errors   reported
///     sync           of the file
///     name           renamed, exchanged with the input, or linked if the name must be free
///     sync           of the directory, once for a batch
///     journal        one line for each output of the batch
///
/// Whatever fails before the name leaves the destination as it was. An output that ends without its name leaves nothing.
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

  /// Syncs outputs, gives them their names, and then syncs their directories, each once.
  ///
  /// The first sync of many also writes what was written before it, so that the later ones are cheap.
  ///
  /// - Returns: A result for each output. After an error of syncing the directory the output has its name all the same.
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

  /// Syncs the output whatever the policy, and gives it its name unless another file has it.
  ///
  /// - Returns: False if another file has it.
  func publish() throws(FileError) -> Bool {
    try replacement.sync()
    guard try replacement.link() else { return false }
    try replacement.syncDirectory()
    return true
  }

  private func sync() throws(FileError) {
    if isSynced { try replacement.sync() }
  }

  private func rename() throws(FileError) { try replacement.rename() }

  /// The status of the file.
  package func status() throws(FileError) -> FileStatus {
    try replacement.access.status(of: replacement.temporary.descriptor, replacement.file)
  }
}
