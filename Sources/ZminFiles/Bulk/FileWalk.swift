package import SystemPackage
package import ZminIO
import ZminMemory

/// Fills a list with files: arguments, and files of directories.
///
/// The files of a directory come in the order of their names' bytes, and then its directories in the same way. No
/// directory is walked twice, by whatever path, so that loops end.
///
/// `@unchecked Sendable` because one thread walks, and then many only look files up.
package final class FileWalk: @unchecked Sendable {
  /// The depth from which directories are an error.
  private static let depthMax: Int32 = 2048

  private let rules: WalkRules
  private let files: FileAccess
  private let list: FileList
  private let onFailure: (FileError) -> Void
  /// Directories that were found, by whatever path.
  private var known = KnownDirectories()
  private var walkedDirectories: Set<Int32> = []
  /// The directories of arguments and planned files by path, the directories below them, and the last one opened.
  private var roots: [FilePath: Int32] = [:]
  private var children: [ChildKey: Int32] = [:]
  private var lastOpened: (path: FilePath, directory: OpenDirectory)?

  /// The directories on the path of the walk.
  private var chain = DirectoryChain(levelsMax: 64)

  /// The numbers of files that are followed symbolic links.
  private var linkNumbers: [Int] = []
  /// Entries of directories that were skipped, and that an option would include.
  package private(set) var skipped = SkippedEntries.none
  /// True if a file was found, in this shard or another.
  package private(set) var hasFoundFile = false

  private var watched: WatchedFiles

  /// The numbers of the watched files that are inputs.
  package var watchedInputs: Set<Int> { watched.found }

  private struct ChildKey: Hashable {
    let parent: Int32
    let name: FilePath.Component
  }

  /// - Parameters:
  ///   - rules: The rules of the walk.
  ///   - files: The access to files.
  ///   - list: The list to fill.
  ///   - onFailure: Called with each error. The walk continues.
  package init(
    _ rules: WalkRules, files: FileAccess, into list: FileList, onFailure: @escaping (FileError) -> Void
  ) {
    self.rules = rules
    watched = WatchedFiles(rules.watched)
    self.files = files
    self.list = list
    self.onFailure = onFailure
  }

  /// Returns true if the list has the file of an entry, by this name or one that the file system takes for the same.
  /// The list must have had an index since its first file.
  ///
  /// - Throws: ``FileError/system(_:)`` if it is unknown.
  package func hasInput(at entry: DirectoryEntryReference) throws(FileError) -> Bool {
    guard let id = try known.id(of: entry.directory, in: list, using: files) else { return false }
    if list.contains(entry.name.bytes, inDirectory: id) { return true }
    return try files.listedName(at: entry).map { list.contains($0.bytes, inDirectory: id) } ?? false
  }

  /// Skips links to files of the list, and all but one of the links to any other file, so that each file is replaced
  /// once. Needs the index of the list.
  package func skipLinksToTakenFiles() {
    var targets: [FileIdentity: FilePath] = [:]
    func identity(behind path: FilePath) -> FileIdentity? { try? files.statusIfPresent(of: path)?.identity }
    for number in linkNumbers where number < list.count {
      let path = list.path(of: list[number])
      guard let entry = try? files.entry(behind: path), let target = identity(behind: path) else { continue }
      // The files are not held open: both links are checked once more before they count as links to one file.
      let other = targets[target].map { identity(behind: $0) == target && identity(behind: path) == target }
      if (try? hasInput(at: entry)) == true || other == true { list.skip(number) } else { targets[target] = path }
    }
  }

  /// Notes a file of another shard.
  package func note(_ path: FilePath) {
    hasFoundFile = true
    watched.note(path, using: files)
  }

  // MARK: Named files

  /// Adds an argument: a file, whose path below the argument is its name, or a directory, which is walked.
  ///
  /// - Throws: ``OutOfMemory``, ``FileError/interrupted(_:)``.
  package func add(_ path: FilePath) throws {
    guard let name = path.lastComponent, name.kind == .regular else { return try walk(path) }
    let parent = path.removingLastComponent()
    guard let directory = try opened(parent), let number = try root(parent) else {
      return try append(unreachable: path)
    }
    try add(name, path, in: number, directory) { try walk(path) }
  }

  /// Adds a path of a list: a file, or a directory, which is walked. The whole path counts as the path below the
  /// argument.
  ///
  /// - Throws: ``OutOfMemory``, ``FileError/interrupted(_:)``.
  package func add(listed path: FilePath) throws {
    // Components "." have no effect.
    let names = path.components.filter { $0.kind != .currentDirectory }
    try add(FilePath.ComponentView(names), below: FilePath(root: path.root, []))
  }

  /// Adds a path that lies below an argument.
  ///
  /// - Throws: ``OutOfMemory``, ``FileError/interrupted(_:)``.
  package func add(_ components: FilePath.ComponentView, below root: FilePath) throws {
    let path = root.appending(components)
    guard let name = components.last, name.kind == .regular else { return try append(unreachable: path) }
    guard let directory = try opened(path.removingLastComponent()),
      let number = try number(of: components.dropLast(), below: root)
    else { return try append(unreachable: path) }
    try add(name, path, in: number, directory, takesSpecial: false) {
      guard rules.isRecursive else { return onFailure(Self.isDirectory(path)) }
      guard let child = try append(name.bytes, in: number, followsLink: true) else { return }
      try walk(from: child)
    }
  }

  /// Adds a file of a directory.
  ///
  /// - Parameter takesSpecial: True if a file that is not regular is read, as the user has named it. A FIFO in a shard
  ///   plan could wait for ever.
  private func add(
    _ name: FilePath.Component, _ path: FilePath, in number: Int32, _ directory: OpenDirectory,
    takesSpecial: Bool = true, orWalk walk: () throws -> Void
  ) throws {
    watched.note(name, in: directory)
    guard rules.shard?.contains(list.hash(of: name.bytes, in: number)) != false || rules.isRecursive else { return }
    let entry = DirectoryEntryReference(name, in: directory, path: path)
    var status = try? files.statusIfPresent(of: entry)
    let isLink = status?.kind == .symbolicLink
    if isLink { status = try? files.statusIfPresent(of: entry, followingLink: true) }
    if status?.kind == .directory { return try walk() }
    hasFoundFile = true
    guard rules.shard?.contains(list.hash(of: name.bytes, in: number)) != false else { return }
    watched.note(status)
    if isLink { linkNumbers.append(list.count) }
    let isPlain = status?.kind == .regular && !isLink
    let isSkipped = !takesSpecial && status != nil && status?.kind != .regular
    try append(name.bytes, in: number, status, isSkipped ? .special : isPlain ? .entry : .path)
  }

  /// Opens a directory of arguments; nil if it cannot be opened.
  private func opened(_ path: FilePath) throws -> OpenDirectory? {
    try files.checkInterruption()
    if let lastOpened, lastOpened.path == path { return lastOpened.directory }
    guard let directory = try? files.openDirectory(path) else { return nil }
    lastOpened = (path, directory)
    return directory
  }

  /// The number of a root directory; nil if it cannot be opened.
  private func root(_ path: FilePath) throws -> Int32? {
    if let number = roots[path] { return number }
    guard let directory = try? files.openDirectory(path) else { return nil }
    let number = try append(named: path, directory)
    roots[path] = number
    return number
  }

  /// The number of a directory below a root. Its ancestors get numbers, too. Nil if it cannot be opened.
  private func number(of components: FilePath.ComponentView.SubSequence, below root: FilePath) throws -> Int32? {
    guard var number = try self.root(root) else { return nil }
    for component in components {
      let key = ChildKey(parent: number, name: component)
      guard let child = try children[key] ?? append(component.bytes, in: number, followsLink: true)?.number else {
        return nil
      }
      children[key] = child
      number = child
    }
    return number
  }

  // MARK: Directories

  private func walk(_ path: FilePath) throws {
    guard rules.isRecursive else { return onFailure(Self.isDirectory(path)) }
    do {
      let directory = try files.openDirectory(path)
      if directory.identity == rules.outputDirectory?.identity { return onFailure(.refused(.path(path), .isInput)) }
      let number = try append(named: path, directory)
      try walk(from: DirectoryChain.Level(number: number, directory: directory, path: PathPrefix(path)))
    } catch let error as FileError {
      try report(error)
    }
  }

  private static func isDirectory(_ path: FilePath) -> FileError {
    .system(SystemError(action: .read, file: .path(path), errno: .isDirectory))
  }

  /// A directory that was found and is not listed yet.
  private struct Pending {
    let parent: Int32
    let name: [UInt8]
    let followsLink: Bool
  }

  private func walk(from start: DirectoryChain.Level) throws {
    var pending: [Pending] = []
    try look(into: start, &pending)
    while let next = pending.popLast() {
      try files.checkInterruption()
      guard let level = try append(next.name, in: next.parent, followsLink: next.followsLink) else { continue }
      try look(into: level, &pending)
    }
  }

  /// Adds the files of a directory, and pushes its directories on the stack, the first on top.
  private func look(into level: DirectoryChain.Level, _ pending: inout [Pending]) throws {
    let (number, directory) = (level.number, level.directory)
    let id = list.directory(number).id
    guard directory.identity != rules.outputDirectory?.identity, walkedDirectories.insert(id).inserted else { return }
    var listing = DirectoryListing()
    do throws(FileError) {
      try files.forEachEntry(of: directory, level.path.directory) { name, kind in
        if !isTemporaryName(name) { listing.append(name.bytes, kind) }
      }
    } catch {
      try report(error)
    }
    listing.sort()
    var directories: [Pending] = []
    for name in listing.names {
      try take(listing[name], name.kind, in: number, directory, level.path, &directories)
    }
    pending += directories.reversed()
  }

  private func take(
    _ name: [UInt8], _ kind: FileKind, in number: Int32, _ directory: OpenDirectory, _ path: PathPrefix,
    _ directories: inout [Pending]
  ) throws {
    guard let component = FilePath.Component(bytes: name), !isExcluded(name, in: number) else { return }
    let isHidden = rules.hides(name)
    if kind == .directory, !isHidden {
      directories.append(Pending(parent: number, name: name, followsLink: false))
      return
    }
    let isInPart = isInPart(name, in: number)
    let verdict = rules.verdict(on: name) { list.namesBelow(ofDirectory: number) + [name] }
    if isHidden {
      if isInPart { skipped.addHidden(kind, verdict) }
      return
    }
    // An entry without a kind may be a directory.
    let mayBeDirectory = kind == .unknown || (kind == .symbolicLink && rules.followsSymbolicLinks)
    if verdict == .take {
      hasFoundFile = true
      watched.note(component, in: directory)
    } else if isInPart, kind == .regular {
      skipped.add(verdict)
    }
    let isTaken = verdict == .take && isInPart
    guard isTaken || mayBeDirectory else { return }
    let file = DirectoryEntryReference(component, in: directory, path: path.path(of: name))
    do {
      guard var status = try files.statusIfPresent(of: file) else { return }
      let isLink = status.kind == .symbolicLink
      if isLink, rules.followsSymbolicLinks {
        guard let target = try files.statusIfPresent(of: file, followingLink: true) else { return }
        status = target
      }
      switch status.kind {
      case .directory: directories.append(Pending(parent: number, name: name, followsLink: isLink))
      case .regular where !isTaken: if isInPart, kind == .unknown { skipped.add(verdict) }
      case _ where !isTaken: break
      case .regular:
        watched.note(status)
        if isLink { linkNumbers.append(list.count) }
        try append(name, in: number, status, isLink ? .path : .entry)
      case .symbolicLink: try append(name, in: number, status, .unfollowedLink)
      default: try append(name, in: number, status, .special)
      }
    } catch let error as FileError {
      try report(error)
    }
  }

  private func isExcluded(_ name: [UInt8], in number: Int32) -> Bool {
    rules.exclude.contains { $0.matches(name: name) { list.namesBelow(ofDirectory: number) + [name] } }
  }

  /// Returns true if a file of that name is in the shard.
  private func isInPart(_ name: [UInt8], in number: Int32) -> Bool {
    rules.shard?.contains(list.hash(of: name, in: number)) != false
  }

  // MARK: Records

  private func append(named path: FilePath, _ directory: OpenDirectory) throws -> Int32 {
    let bytes = path.bytes
    return try append(
      FileList.Directory(
        parent: nil, id: try id(of: directory), depth: 0, nameBytes: Int32(bytes.count),
        nameOffset: try list.append(name: bytes), hash: PathHash(), followsLink: true), directory)
  }

  private func append(_ record: FileList.Directory, _ directory: OpenDirectory) throws -> Int32 {
    let number = try list.append(record)
    known.note(directory, record.id, at: number)
    return number
  }

  /// Opens and appends a directory in another one; nil after a reported error.
  private func append(_ name: [UInt8], in parent: Int32, followsLink: Bool) throws -> DirectoryChain.Level? {
    let above = list.directory(parent)
    var hash = list.hash(of: name, in: parent)
    hash.appendSlash()
    do {
      let opened = try chain.input(parent, in: list, using: files)
      let path = opened.path.path(of: name)
      guard above.depth < Self.depthMax, let component = FilePath.Component(bytes: name) else {
        throw FileError.system(SystemError(action: .openDirectory, file: .path(path), errno: .fileNameTooLong))
      }
      let directory = try files.openDirectory(
        at: DirectoryEntryReference(component, in: opened.directory, path: path),
        followsLink: followsLink)
      let number = try append(
        FileList.Directory(
          parent: parent, id: try id(of: directory), depth: above.depth + 1, nameBytes: Int32(name.count),
          nameOffset: try list.append(name: name), hash: hash, followsLink: followsLink), directory)
      return chain.push(directory, PathPrefix(path), number: number)
    } catch let error as FileError {
      try report(error)
      return nil
    }
  }

  private func append(
    _ name: [UInt8], in number: Int32, _ status: FileStatus?, _ access: FileEntry.Access
  ) throws(OutOfMemory) {
    try list.append(
      FileEntry(
        nameOffset: try list.append(name: name), nameBytes: name.count, directory: number, status: status,
        access: access))
  }

  /// Appends a file whose directory cannot be opened. Its error is reported when it is minified.
  private func append(unreachable path: FilePath) throws(OutOfMemory) {
    let bytes = path.bytes
    guard bytes.count <= FileEntry.nameBytesMax else {
      return onFailure(.system(SystemError(action: .open, file: .path(path), errno: .fileNameTooLong)))
    }
    try list.append(
      FileEntry(
        nameOffset: try list.append(name: bytes), nameBytes: bytes.count, directory: nil, status: nil, access: .path))
  }

  private func id(of directory: OpenDirectory) throws(FileError) -> Int32 {
    try known.id(of: directory, in: list, using: files) ?? known.makeID()
  }

  /// Reports an error. A request to stop is thrown on.
  private func report(_ error: FileError) throws(FileError) {
    if case .interrupted = error { throw error }
    onFailure(error)
  }
}
