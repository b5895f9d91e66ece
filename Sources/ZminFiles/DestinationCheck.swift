package import SystemPackage
package import ZminIO

/// Refuses outputs and files of bad lines that would overwrite an input or each other, before a file is opened for
/// writing.
package struct DestinationCheck: Sendable {
  private let badLines: FilePath?
  private let files: FileAccess

  /// - Parameters:
  ///   - badLines: The file of bad lines, nil if there is none.
  ///   - files: The access to files.
  package init(badLines: FilePath?, files: FileAccess) {
    self.badLines = badLines
    self.files = files
  }

  /// Checks a run from `sources` to `destination`.
  ///
  /// - Throws: ``FileError/refused(_:_:)`` with ``Refusal/isInput`` or ``Refusal/isFile(ofOption:)``.
  ///   ``FileError/system(_:)`` if a status cannot be read, or a source is missing, unless the output is standard
  ///   output.
  package func check(_ sources: [FileSource], to destination: FileDestination) throws(FileError) {
    switch destination {
    case .rehearsal: return
    case .nowhere where badLines == nil, .inPlace where badLines == nil, .entry where badLines == nil: return
    default: break
    }
    var inputs: [FileStatus] = []
    for source in sources {
      do throws(FileError) {
        inputs.append(try status(of: source))
      } catch {
        // A missing source fails when it is opened, and the other sources are minified all the same.
        guard case .standardOutput = destination else { throw error }
      }
    }
    try checkBadLines(beside: destination, among: inputs)
    switch destination {
    case .standardOutput: try refuse(files.statusOfStandardOutput(), .standardOutput, among: inputs)
    case .file(let path): try refuse(files.statusIfPresent(of: path), .path(path), among: inputs)
    case .entry(let entry): try refuse(files.statusIfPresent(of: entry), .path(entry.path), among: inputs)
    case .nowhere, .inPlace, .rehearsal: break
    }
  }

  private func checkBadLines(
    beside destination: FileDestination, among inputs: [FileStatus]
  ) throws(FileError) {
    guard let badLines else { return }
    let status = try files.statusIfPresent(of: badLines)
    try refuse(status, .path(badLines), among: inputs)
    let isOutput =
      switch destination {
      case .file(let path): try files.isOneOutput(path, badLines)
      case .standardOutput: try files.statusOfStandardOutput().isOverwritten(through: status)
      case .entry(let entry): try files.statusIfPresent(of: entry)?.isOverwritten(through: status) == true
      case .nowhere, .inPlace, .rehearsal: false
      }
    if isOutput { throw .refused(.path(badLines), .isFile(ofOption: "--bad-lines")) }
  }

  private func refuse(_ output: FileStatus?, _ name: FileName, among inputs: [FileStatus]) throws(FileError) {
    if inputs.contains(where: { $0.isOverwritten(through: output) }) { throw .refused(name, .isInput) }
  }

  private func status(of source: FileSource) throws(FileError) -> FileStatus {
    switch source {
    case .standardInput: return try files.status(ofInput: nil)
    case .path(let path): return try files.status(ofInput: path)
    case .entry(let entry):
      guard let status = try files.statusIfPresent(of: entry) else { throw .inputChanged(.path(entry.path)) }
      return status
    }
  }

  /// The permissions of a new file of bad lines: those that all of `sources` have. Its owner may append to it.
  package func badLinesMode(for sources: [FileSource]) -> OutputMode {
    var mode = OutputMode(ownerPermissions: 0o600)
    for source in sources where source != .standardInput {
      if let status = try? statusForMode(of: source) { mode.limit(to: status) }
    }
    return mode
  }

  /// The status with the access control list that the mode depends on. A file that cannot be opened counts as one with
  /// a list.
  private func statusForMode(of source: FileSource) throws(FileError) -> FileStatus {
    var status = try status(of: source)
    guard status.kind == .regular, status.mode & 0o070 != 0 else { return status }
    let opened =
      switch source {
      case .standardInput: nil as FileStatus?
      case .path(let path): try? OpenedFile(path, using: files).statusForMode
      case .entry(let entry): try? OpenedFile(entry, using: files).statusForMode
      }
    status.hasAccessControlList = opened?.hasAccessControlList ?? true
    return opened ?? status
  }
}
