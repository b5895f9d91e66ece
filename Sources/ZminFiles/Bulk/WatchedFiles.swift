import SystemPackage
import ZminIO

/// Files that must not be inputs, and those of them that a walk has found to be inputs.
struct WatchedFiles {
  /// Their locations, nil for a file that cannot be an input.
  private let files: [ResolvedLocation?]
  /// The numbers of the files that are inputs.
  private(set) var found: Set<Int> = []

  init(_ files: [ResolvedLocation?]) { self.files = files }

  /// Compares the name of an input, of any shard.
  mutating func note(_ name: FilePath.Component, in directory: OpenDirectory) {
    let entry = ResolvedLocation.Entry(directory: directory.identity, name: name)
    note { $0.entry == entry }
  }

  /// Compares the identity of an input, by whatever name.
  mutating func note(_ status: FileStatus?) {
    guard let identity = status?.identity else { return }
    note { $0.identity == identity }
  }

  /// Compares the path of an input of another shard. It is looked up only if its name is that of one of the files.
  mutating func note(_ path: FilePath, using access: FileAccess) {
    guard files.contains(where: { $0?.entry?.name == path.lastComponent }),
      let resolvedLocation = access.resolvedLocation(of: .path(path))
    else { return }
    note { $0.isOneFile(with: resolvedLocation) }
  }

  private mutating func note(_ isInput: (ResolvedLocation) -> Bool) {
    for (number, file) in files.enumerated() {
      if let file, isInput(file) { found.insert(number) }
    }
  }
}
