import SystemPackage
import ZminIO

/// Files that must be none of the inputs, and which of them are.
struct WatchedFiles {
  /// Where they are, nil for what can be no input.
  private let files: [ResolvedLocation?]
  /// The numbers of those that are inputs.
  private(set) var found: Set<Int> = []

  init(_ files: [ResolvedLocation?]) { self.files = files }

  /// Notes the name of an input, whether or not it is looked at.
  mutating func note(_ name: FilePath.Component, in directory: OpenDirectory) {
    let entry = ResolvedLocation.Entry(directory: directory.identity, name: name)
    note { $0.entry == entry }
  }

  /// Notes what an input is, by whatever name.
  mutating func note(_ status: FileStatus?) {
    guard let identity = status?.identity else { return }
    note { $0.identity == identity }
  }

  /// Notes the path of an input that is not looked at: it is, if it has the name of one that is watched.
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
