import SystemPackage
import ZminIO

/// The directories of a list on the path to one of them. The deepest are held open.
///
///     argument ─ a ─ b ─ c ─ d        b, c and d are held open
///
/// A walk, and files in the order of a list, come from directory to directory, most of them below or beside the last
/// one. So each directory is a step or two from one that is held open, however deep it lies. To come to each from the
/// argument would cost the square of the depth.
struct DirectoryChain {
  /// A directory that is held open.
  struct Level {
    /// Its number in the list.
    let number: Int32
    let directory: OpenDirectory
    /// Its path in messages.
    let path: PathPrefix
  }

  private let levelsMax: Int
  /// Each is the parent of the next.
  private var levels: [Level] = []

  /// - Parameter levelsMax: The number of directories that are held open, at least 1.
  init(levelsMax: Int) { self.levelsMax = max(1, levelsMax) }

  /// Opens a directory step by step from the nearest one above it that is held open.
  ///
  /// - Parameters:
  ///   - number: The number of the directory.
  ///   - list: The list that has it.
  ///   - root: Opens an argument of the list, or what stands for it.
  ///   - step: Opens a directory of the list by its entry in the one above it.
  /// - Throws: ``FileError`` of `root` or `step`.
  mutating func level(
    of number: Int32, in list: FileList, root: (Int32) throws(FileError) -> (directory: OpenDirectory, path: FilePath),
    step: (Int32, DirectoryEntryReference) throws(FileError) -> OpenDirectory
  ) throws(FileError) -> Level {
    var steps: [Int32] = []
    var nearest: Int?
    var current: Int32? = number
    while let wanted = current {
      nearest = levels.lastIndex { $0.number == wanted }
      if nearest != nil { break }
      steps.append(wanted)
      current = list.directory(wanted).parent
    }
    levels.removeSubrange((nearest.map { $0 + 1 } ?? 0)...)
    while let next = steps.popLast() {
      guard let above = levels.last else {
        let (directory, path) = try root(next)
        push(directory, PathPrefix(path), number: next)
        continue
      }
      let name = list.name(list.directory(next))
      let path = above.path.path(of: name)
      guard let component = FilePath.Component(bytes: name) else {
        throw .system(SystemError(action: .openDirectory, file: .path(path), errno: .invalidArgument))
      }
      push(
        try step(next, DirectoryEntryReference(component, in: above.directory, path: path)), PathPrefix(path),
        number: next)
    }
    return levels[levels.count - 1]
  }

  /// Holds a directory open that was opened in the last one of the chain.
  @discardableResult
  mutating func push(_ directory: OpenDirectory, _ path: PathPrefix, number: Int32) -> Level {
    let level = Level(number: number, directory: directory, path: path)
    levels.append(level)
    if levels.count > levelsMax { levels.removeFirst() }
    return level
  }
}

extension DirectoryChain {
  /// Opens a directory of inputs. No step follows a symbolic link, unless it was one when it was listed and links are
  /// followed.
  ///
  /// - Throws: ``FileError/system(_:)``.
  mutating func input(_ number: Int32, in list: FileList, using files: FileAccess) throws(FileError) -> Level {
    try level(of: number, in: list) { number throws(FileError) in
      let path = FilePath(bytes: list.name(list.directory(number)))
      return (try files.openDirectory(path), path)
    } step: { number, entry throws(FileError) in
      try files.openDirectory(at: entry, followsLink: list.directory(number).followsLink)
    }
  }
}
