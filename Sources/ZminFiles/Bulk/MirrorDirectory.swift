import Synchronization
package import SystemPackage
package import ZminIO

/// The directory of outputs that mirror the tree of the inputs.
///
/// A directory that is created for outputs is private until the run ends and it gets the mode of the directory that it
/// mirrors. One of mode 0755 would show half a tree otherwise. Until then its mode marks it
/// (``OpenDirectory/isUnfinished``), so that the next run finishes the directories of a killed one.
package struct MirrorDirectory: Sendable {
  /// The path in messages.
  package let path: FilePath
  /// The directory itself.
  package let root: OpenDirectory
  /// The names of the outputs.
  let names: OutputNames
  /// The directories below it without their final mode.
  let unfinished = DirectoryNumbers()

  /// - Parameters:
  ///   - path: The path in messages.
  ///   - root: The directory itself.
  ///   - names: The names of the outputs.
  package init(_ path: FilePath, root: OpenDirectory, names: OutputNames = OutputNames()) {
    self.path = path
    self.root = root
    self.names = names
  }

  /// The number of directories that are held open at the end.
  private static let openDirectoriesMax = 64

  /// The owner has all permissions on a mirrored directory, so that the next run or another shard can write to the
  /// mirror of a read-only one.
  private static let newMode = OutputMode(ownerPermissions: 0o700)

  /// Gives each new directory the mode of the directory that it mirrors, less the umask, and all permissions to its
  /// owner. A mirror of several input directories gets the permissions that they have in common.
  ///
  /// - Parameter onFailure: Called with the error of each directory that does not get its mode.
  package func finish(_ list: FileList, using files: FileAccess, onFailure: (FileError) -> Void) {
    var inputs = DirectoryChain(levelsMax: Self.openDirectoriesMax)
    var outputs = DirectoryChain(levelsMax: Self.openDirectoriesMax)
    // From the bottom up, so that a visible directory is complete.
    for number in unfinished.descending {
      attempt(onFailure) { () throws(FileError) in
        var mode = Self.newMode
        mode.limit(to: files.statusForMode(of: try inputs.input(number, in: list, using: files).directory))
        let (directory, path) = try open(number, of: list, through: &outputs) { reference throws(FileError) in
          try files.openDirectory(at: reference)
        }
        try files.finishDirectory(directory, mode, path.directory)
      }
    }
    guard root.isUnfinished else { return }
    attempt(onFailure) { () throws(FileError) in
      var mode = Self.newMode
      for number in list.roots { mode.limit(to: files.statusForMode(of: try list.open(number, using: files))) }
      try files.finishDirectory(root, mode, path)
    }
  }

  private func attempt(_ onFailure: (FileError) -> Void, _ body: () throws(FileError) -> Void) {
    do throws(FileError) { try body() } catch { onFailure(error) }
  }

  /// Opens the mirror of a directory of the list, step by step. No step follows a symbolic link.
  ///
  /// - Parameters:
  ///   - number: The number of the directory in the list; nil for this one.
  ///   - list: The list of inputs.
  ///   - chain: The mirrored directories that are held open.
  ///   - step: Opens the directory of an entry.
  func open(
    _ number: Int32?, of list: FileList, through chain: inout DirectoryChain,
    step: (DirectoryEntryReference) throws(FileError) -> OpenDirectory
  ) throws(FileError) -> (directory: OpenDirectory, path: PathPrefix) {
    guard let number else { return (root, PathPrefix(path)) }
    let level = try chain.level(of: number, in: list) { _ throws(FileError) in
      (root, path)
    } step: { number, entry throws(FileError) in
      // Paths with ".." were refused before anything was written. They are not followed here either.
      guard entry.name.kind == .regular else {
        throw .system(SystemError(action: .create, file: .path(entry.path), errno: .invalidArgument))
      }
      let directory = try step(entry)
      if directory.isUnfinished { unfinished.insert(number) }
      return directory
    }
    return (level.directory, level.path)
  }
}

/// A set of directories of a list, one bit for each. Many threads may add to it.
final class DirectoryNumbers: Sendable {
  private let words = Mutex<[UInt64]>([])

  func insert(_ number: Int32) {
    let index = Int(number) / UInt64.bitWidth
    words.withLock { words in
      while words.count <= index { words.append(0) }
      words[index] |= 1 << (UInt64(number) % UInt64(UInt64.bitWidth))
    }
  }

  /// All directories of the set, the last of the list first.
  var descending: some Sequence<Int32> {
    let words = words.withLock { $0 }
    return (0..<Int32(words.count * UInt64.bitWidth)).reversed().lazy.filter { number in
      words[Int(number) / UInt64.bitWidth] >> (UInt64(number) % UInt64(UInt64.bitWidth)) & 1 == 1
    }
  }
}
