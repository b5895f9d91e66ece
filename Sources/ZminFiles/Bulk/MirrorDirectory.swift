import Synchronization
package import SystemPackage
package import ZminIO

/// Where outputs go that mirror the tree of the inputs.
///
/// A directory that is made for outputs is nobody else's until the run is over and it gets the mode of the directory
/// that it mirrors: one of mode 0755 would show half a tree otherwise. Until
/// then its own mode says so (``OpenDirectory/isUnfinished``), so that the next run finishes what a killed one has made.
package struct MirrorDirectory: Sendable {
  /// The way there, as messages name it.
  package let path: FilePath
  /// The directory itself.
  package let root: OpenDirectory
  /// The directories below it that have to get their mode.
  let unfinished = DirectoryNumbers()

  /// - Parameters:
  ///   - path: The way there, as messages name it.
  ///   - root: The directory itself.
  package init(_ path: FilePath, root: OpenDirectory) {
    self.path = path
    self.root = root
  }

  /// The owner keeps all rights to a mirrored directory: with the mode of one that is read-only, the next run or another
  /// shard could not write to it.
  private static let newMode = OutputMode(ownerPermissions: 0o700)

  /// Gives each directory that was made the mode of the one that it mirrors, less the umask, and all rights to its owner.
  /// Where several input directories became one, it gets what they have in common.
  ///
  /// - Parameter onFailure: Called with the error of each directory that does not get its mode.
  package func finish(_ list: FileList, using files: FileAccess, onFailure: (FileError) -> Void) {
    // From the bottom up: a directory that shows is complete.
    for number in unfinished.descending {
      attempt(onFailure) { () throws(FileError) in
        var mode = Self.newMode
        mode.limit(to: files.statusForMode(of: try list.open(number, using: files)))
        let (directory, path) = try open(number, of: list) { reference throws(FileError) in
          try files.openDirectory(at: reference)
        }
        try files.finishDirectory(directory, mode, path)
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

  /// Opens the directory that mirrors one of the list, step by step, none of them a symbolic link.
  ///
  /// - Parameters:
  ///   - number: The number of the directory in the list; nil for this one.
  ///   - step: Opens the directory of an entry.
  func open(
    _ number: Int32?, of list: FileList, step: (DirectoryEntryReference) throws(FileError) -> OpenDirectory
  ) throws(FileError) -> (directory: OpenDirectory, path: FilePath) {
    var (directory, path) = (root, path)
    for number in number.map({ list.ancestors(of: $0).dropFirst() }) ?? [] {
      guard let component = FilePath.Component(bytes: list.name(list.directory(number))) else { continue }
      path.append(component)
      // A list may lead up: that was found before anything was written, and is yet not done here.
      guard component.kind == .regular else {
        throw .system(SystemError(action: .create, file: .path(path), errno: .invalidArgument))
      }
      directory = try step(DirectoryEntryReference(component, in: directory, path: path))
      if directory.isUnfinished { unfinished.insert(number) }
    }
    return (directory, path)
  }
}

/// A set of directories of a list, in a bit for each. Many threads may add to it.
final class DirectoryNumbers: Sendable {
  private let words = Mutex<[UInt64]>([])

  func insert(_ number: Int32) {
    let index = Int(number) / UInt64.bitWidth
    words.withLock { words in
      while words.count <= index { words.append(0) }
      words[index] |= 1 << (UInt64(number) % UInt64(UInt64.bitWidth))
    }
  }

  /// All of them, the last of the list first.
  var descending: some Sequence<Int32> {
    let words = words.withLock { $0 }
    return (0..<Int32(words.count * UInt64.bitWidth)).reversed().lazy.filter { number in
      words[Int(number) / UInt64.bitWidth] >> (UInt64(number) % UInt64(UInt64.bitWidth)) & 1 == 1
    }
  }
}
