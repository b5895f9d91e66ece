import Foundation
import SystemPackage
import ZminFiles
import ZminIO
import ZminMemory

/// A tree of files for one test, removed with it.
final class FileTree {
  let root: FilePath
  private let url: URL

  init(_ files: [String: String] = [:]) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "zmin-\(UUID().uuidString)")
    root = FilePath(url.path)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in files { try write(text, to: name) }
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: url.appending(path: name).path, withDestinationPath: target)
  }

  func path(_ name: String) -> FilePath { FilePath(url.appending(path: name).path) }

  /// The paths of a list below this tree.
  func names(_ list: FileList) -> [String] {
    (0..<list.count).map { String(list.path(of: list[$0]).string.dropFirst(root.string.count + 1)) }
  }

  /// The files that a walk of these arguments finds.
  func walk(
    _ arguments: [String] = [""], _ rules: WalkRules = .everywhere, files: FileAccess = FileAccess(),
    onFailure: @escaping (FileError) -> Void = { _ in }
  ) throws -> FileList {
    let list = FileList(ledger: MemoryLedger())
    list.keepIndex()
    let walk = FileWalk(rules, files: files, into: list, onFailure: onFailure)
    for argument in arguments { try walk.add(argument.isEmpty ? root : path(argument)) }
    return list
  }
}

extension WalkRules {
  /// The rules of `--recursive`.
  static var everywhere: WalkRules {
    var rules = WalkRules()
    rules.isRecursive = true
    return rules
  }
}

extension GlobPattern {
  init(_ text: String) { self.init(Array(text.utf8)) }
}
