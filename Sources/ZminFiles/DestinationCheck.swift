package import SystemPackage
package import ZminIO

/// Refuses outputs that would destroy an input or one another, before anything is opened for writing.
package struct DestinationCheck: Sendable {
  private let badLines: FilePath?
  private let files: FileAccess

  /// - Parameters:
  ///   - badLines: Where bad lines go, nil if they are put nowhere.
  ///   - files: What files are looked at with.
  package init(badLines: FilePath?, files: FileAccess) {
    self.badLines = badLines
    self.files = files
  }

  /// Checks what comes from `sources` and goes to `destination`.
  ///
  /// - Throws: ``FileError/refused(_:_:)`` with ``Refusal/isInput`` or ``Refusal/isFile(ofOption:)``; ``FileError/system(_:)`` if
  ///   it cannot be found out, or a source is not there and without it there is no output.
  package func check(_ sources: [FileSource], to destination: FileDestination) throws(FileError) {
    switch destination {
    case .nowhere where badLines == nil, .inPlace where badLines == nil, .entry where badLines == nil: return
    default: break
    }
    var inputs: [FileStatus] = []
    for source in sources {
      do throws(FileError) {
        inputs.append(try status(of: source))
      } catch {
        // What is not there is said when its turn comes, and harms no other.
        guard case .standardOutput = destination else { throw error }
      }
    }
    try checkBadLines(beside: destination, among: inputs)
    switch destination {
    case .standardOutput: try refuse(files.statusOfStandardOutput(), .standardOutput, among: inputs)
    case .file(let path): try refuse(files.statusIfPresent(of: path), .path(path), among: inputs)
    case .entry(let entry): try refuse(files.statusIfPresent(of: entry), .path(entry.path), among: inputs)
    case .nowhere, .inPlace: break
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
      case .nowhere, .inPlace: false
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

  /// The permissions of a new file of bad lines: what all of `sources` allow. Its owner may append to it.
  package func badLinesMode(for sources: [FileSource]) -> OutputMode {
    var mode = OutputMode(ownerPermissions: 0o600)
    for source in sources where source != .standardInput {
      if let status = try? statusForMode(of: source) { mode.limit(to: status) }
    }
    return mode
  }

  /// The status with all that the mode depends on. A file that cannot be opened counts as one with an access list.
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
