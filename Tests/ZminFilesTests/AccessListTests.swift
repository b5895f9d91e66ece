import Glibc
import SystemPackage
import Testing
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory

/// Sets an access list of which the mask, and so the group's bits of the mode, allow more than the group has: owner
/// rwx, user 4343 r-x, group ---, mask r-x, others ---.
private func setAccessList(of path: FilePath) throws {
  let entries: [(tag: UInt8, permissions: UInt8, id: UInt32)] = [
    (0x01, 7, .max), (0x02, 5, 4343), (0x04, 0, .max), (0x10, 5, .max), (0x20, 0, .max),
  ]
  let list: [UInt8] =
    [2, 0, 0, 0]
    + entries.flatMap { entry in
      [entry.tag, 0, entry.permissions, 0] + (0..<4).map { UInt8(truncatingIfNeeded: entry.id >> (8 * $0)) }
    }
  let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
  try descriptor.closeAfter {
    try list.withUnsafeBytes {
      try LinuxSystemCalls().setAttribute("system.posix_acl_access", of: descriptor.rawValue, to: $0)
    }
  }
}

private let canUseAccessLists: Bool = {
  guard let tree = try? FileTree(["probe": ""]) else { return false }
  return (try? setAccessList(of: tree.path("probe"))) != nil
}()

@Suite("Inputs with access lists", .enabled(if: canUseAccessLists, "needs access lists"))
struct AccessListTests {
  private func mode(_ path: FilePath) -> mode_t {
    var status = stat()
    #expect(stat(path.string, &status) == 0)
    return status.st_mode & 0o777
  }

  private func minify(_ input: FilePath, to output: FilePath, badLines: BadLines? = nil) throws {
    var minifier = try FileMinifier(
      MinifierOptions(format: badLines == nil ? .json : .ndjson), memory: .window(byteCount: 64), badLines: badLines,
      sync: .never, files: FileAccess(), ledger: MemoryLedger())
    var outcomes: [FileOutcome] = []
    try minifier.minify([.path(input)], to: .file(output), outcomes: &outcomes)
  }

  @Test("A new output and a new record of bad lines are their owner's alone") func files() throws {
    let tree = try FileTree(["in": "1\n[\n2\n"])
    try setAccessList(of: tree.path("in"))
    #expect(mode(tree.path("in")) == 0o750)
    try minify(tree.path("in"), to: tree.path("out"), badLines: BadLines(path: tree.path("bad"), limit: .all))
    #expect(mode(tree.path("out")) == 0o700)
    #expect(mode(tree.path("bad")) & 0o077 == 0)
  }

  @Test("A mirrored directory is its owner's alone") func directory() throws {
    let tree = try FileTree(["in/d/a.json": "1"])
    for name in ["in", "in/d"] { try setAccessList(of: tree.path(name)) }
    let (list, files) = (try tree.walk(["in"]), FileAccess())
    let mirror = MirrorDirectory(tree.path("out"), root: try files.makeDirectory(tree.path("out")))
    var cursor = DirectoryCursor(list, files: files, mirror: mirror)
    _ = try cursor.outputEntry(of: list[0])
    mirror.finish(list, using: files) { Issue.record("\($0)") }
    #expect(mode(tree.path("out")) == 0o700)
    #expect(mode(tree.path("out/d")) == 0o700)
  }
}
