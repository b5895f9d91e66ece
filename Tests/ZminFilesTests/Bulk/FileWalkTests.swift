import Foundation
import Glibc
import Synchronization
import SystemPackage
import Testing
import ZminFiles
import ZminIO
import ZminMemory
import ZminTestSupport

@Suite("Walking")
struct FileWalkTests {
  @Test("Files come by the bytes of their names, then directories, and only included ones")
  func order() throws {
    let tree = try FileTree([
      "b.json": "", "a.jsonl": "", "B.json": "", "a.txt": "", "d/z.json": "", "c/y.ndjson": "", "c/e/x.json": "",
      "c/.hidden.json": "", "c/.zmin-0123456789abcdef-x.json.tmp": "", "f.jsonlines/g.json": "", ".json": "",
    ])
    #expect(
      try tree.names(tree.walk()) == [
        "B.json", "a.jsonl", "b.json", "c/y.ndjson", "c/e/x.json", "d/z.json", "f.jsonlines/g.json",
      ])
  }

  @Test("Hidden files and directories are skipped and counted, unless they are named or asked for")
  func hidden() throws {
    let tree = try FileTree([
      "a.json": "", ".b.json": "", ".git/c.json": "", "d/.e/f.json": "", ".g.txt": "", ".h.json.gz": "",
      "x/.i/j.txt": "",
    ])
    let list = FileList(ledger: MemoryLedger())
    let walk = FileWalk(.everywhere, files: FileAccess(), into: list) { _ in }
    try walk.add(tree.root)
    #expect(tree.names(list) == ["a.json"])
    // .h.json.gz needs two options, and .g.txt would stay out.
    #expect(walk.skipped.hidden == 4)
    #expect(walk.skipped.unmatched == 0 && walk.skipped.compressed == 0)
    #expect(try tree.names(tree.walk([".git", "d/.e", ".b.json"])) == [".git/c.json", "d/.e/f.json", ".b.json"])
    var rules = WalkRules.everywhere
    rules.takesHidden = true
    #expect(try tree.names(tree.walk([""], rules)) == [".b.json", "a.json", ".git/c.json", "d/.e/f.json"])
    rules.takesHidden = false
    rules.exclude = [GlobPattern(".git")]
    let excluding = FileWalk(rules, files: FileAccess(), into: FileList(ledger: MemoryLedger())) { _ in }
    try excluding.add(tree.root)
    #expect(excluding.skipped.hidden == 3)
  }

  @Test("Names match without regard to case, and files that do not match are counted")
  func cases() throws {
    let tree = try FileTree(["A.JSON": "", "b.NdJson": "", "c.TXT": "", "d/E.JSONL": "", "f.JSON.GZ": "", "g": ""])
    let list = FileList(ledger: MemoryLedger())
    let walk = FileWalk(.everywhere, files: FileAccess(), into: list) { _ in }
    try walk.add(tree.root)
    #expect(tree.names(list) == ["A.JSON", "b.NdJson", "d/E.JSONL"])
    #expect(walk.skipped.unmatched == 2 && walk.skipped.compressed == 1 && walk.skipped.hidden == 0)
    #expect(walk.hasFoundFile)
  }

  @Test("The parts of a sharded walk count each skipped entry once, and know that files were found")
  func skippedInShards() throws {
    var files = ["a.json": ""]
    for number in 0..<20 { (files["\(number).txt"], files[".\(number)/x"], files["\(number).json.gz"]) = ("", "", "") }
    let tree = try FileTree(files)
    var (hidden, unmatched, compressed) = (0, 0, 0)
    for index in 0..<3 {
      var rules = WalkRules.everywhere
      rules.shard = Shard(index: index, count: 3)
      let walk = FileWalk(rules, files: FileAccess(), into: FileList(ledger: MemoryLedger())) { _ in }
      try walk.add(tree.root)
      hidden += walk.skipped.hidden
      unmatched += walk.skipped.unmatched
      compressed += walk.skipped.compressed
      #expect(walk.hasFoundFile)
    }
    #expect((hidden, unmatched, compressed) == (20, 20, 20))
  }

  @Test("Patterns include and exclude by name and by path")
  func globs() throws {
    let tree = try FileTree([
      "a.json": "", "old/a.json": "", "x/old/b.json": "", "x/c.js": "", "x/y/d.json": "", "x/y/e.json": "",
    ])
    var rules = WalkRules.everywhere
    rules.exclude = [GlobPattern("old")]
    #expect(try tree.names(tree.walk([""], rules)) == ["a.json", "x/y/d.json", "x/y/e.json"])
    rules.exclude = [GlobPattern("x/old"), GlobPattern("x/**/d.*")]
    #expect(try tree.names(tree.walk([""], rules)) == ["a.json", "old/a.json", "x/y/e.json"])
    rules.include = [GlobPattern("*.js")]
    #expect(try tree.names(tree.walk([""], rules)) == ["x/c.js"])
    // An argument is listed whatever its name is.
    #expect(try tree.names(tree.walk(["a.json"], rules)) == ["a.json"])
  }

  @Test(
    "A pattern matches the names that it should, and no others",
    arguments: [
      ("*.json", "a.json", true), ("*.json", "d/a.json", true), ("*.json", "a.jsonl", false),
      ("a?.json", "ab.json", true),
      ("[ab].json", "b.json", true), ("[!ab].json", "b.json", false), ("d/*.json", "d/a.json", true),
      ("d/*.json", "d/e/a.json", false), ("d/*.json", "c/d/a.json", false), ("**/d/*.json", "c/b/d/a.json", true),
      ("**/d/*.json", "d/a.json", true), ("d/**", "d/e/f.json", true), ("d/**/f.json", "d/f.json", true),
      ("**/a/**/b", "a/x/a/y/b", true), ("**/a/**/b", "a/x/y", false), ("/a.json", "a.json", true),
      ("/a.json", "d/a.json", false), ("", "a", false), ("*", "a", true),
      ("*.json", "A.JSON", true), ("D/[A-C].json", "d/b.Json", true),
    ])
  func patterns(_ pattern: String, _ path: String, _ isMatch: Bool) {
    let names = path.split(separator: "/").map { Array($0.utf8) }
    #expect(GlobPattern(pattern).matches(name: names[names.count - 1]) { names } == isMatch)
  }

  @Test(
    "A pattern that cannot mean what it seems to is known",
    arguments: [
      ("x[", true), ("[!]", true), ("[]", true), ("a[b/c]", true), ("[[:alpha:]", true), ("x\\", true), ("", true),
      ("/", true), ("[[]", false), ("[]]", false), ("[!]]", false), ("[[:alpha:]]", false), ("\\[", false),
      ("[a\\]b]", false), ("*.json", false), ("**/[a-c]?", false), ("]", false),
    ])
  func flaws(_ pattern: String, _ isFlawed: Bool) {
    #expect((GlobPattern.flaw(of: Array(pattern.utf8)) != nil) == isFlawed)
  }

  @Test("Links are listed and not followed, or followed once, so that loops end")
  func links() throws {
    let tree = try FileTree(["d/a.json": "[1]"])
    try tree.link("d/loop", to: "..")
    try tree.link("link.json", to: "d/a.json")
    try tree.link("gone.json", to: "nowhere")
    let list = try tree.walk()
    #expect(tree.names(list) == ["gone.json", "link.json", "d/a.json"])
    #expect((0..<3).map { list[$0].access } == [.unfollowedLink, .unfollowedLink, .entry])
    var rules = WalkRules.everywhere
    rules.followsSymbolicLinks = true
    let followed = try tree.walk([""], rules)
    #expect(tree.names(followed) == ["link.json", "d/a.json"])
    #expect((0..<2).map { followed[$0].access } == [.path, .entry])
    // A link that is an argument counts as its target.
    let named = try tree.walk(["link.json", "d/loop"])
    #expect(named[0].access == .path && named[0].storedBytes == 3)
    #expect(named.count > 1)
  }

  @Test("A directory is opened once, however deep it lies, and few are open at once", arguments: [false, true])
  func depth(_ hasSiblings: Bool) throws {
    let depth = 500
    let tree = try FileTree()
    // The path would be too long for one call.
    var directory = open(tree.root.string, O_RDONLY | O_DIRECTORY)
    for _ in 0..<depth {
      for name in hasSiblings ? ["dddd", "e"] : ["dddd"] { try #require(mkdirat(directory, name, 0o755) == 0) }
      for name in ["a.json"] + (hasSiblings ? ["e/b.json"] : []) {
        close(openat(directory, name, O_CREAT | O_WRONLY, 0o644))
      }
      let next = openat(directory, "dddd", O_RDONLY | O_DIRECTORY)
      close(directory)
      directory = next
    }
    close(directory)
    let calls = FaultyCalls(FaultyCalls.Plan())
    let files = FileAccess(calls: calls)
    let list = try tree.walk([""], files: files)
    let directories = hasSiblings ? 2 * depth : depth
    #expect(list.count == directories)
    // Beside the way down there is the way up, some directories at a time.
    let opened = calls.log.count { $0 == .open }
    #expect(opened <= directories + 10 + (hasSiblings ? depth * depth / 64 : 0))
    #expect(calls.openDescriptors <= 70)
    var cursor = DirectoryCursor(list, files: files, mirror: nil)
    for number in 0..<list.count { _ = try cursor.source(of: list[number]) }
    let openedAgain = calls.log.count { $0 == .open } - opened
    #expect(openedAgain <= directories + 10 + (hasSiblings ? depth * depth / 8 : 0))
  }

  @Test("No file is listed twice, by whatever path")
  func duplicates() throws {
    let tree = try FileTree(["d/a.json": "", "d/e/b.json": "", "c.txt": ""])
    try tree.link("same", to: "d")
    #expect(
      try tree.names(tree.walk(["d/a.json", "d", "same", "d/e", "d/a.json", "c.txt", "same/a.json"])) == [
        "d/a.json", "d/e/b.json", "c.txt",
      ])
    #expect(try tree.names(tree.walk(["d/e", "d"])) == ["d/e/b.json", "d/a.json"])
  }

  @Test("The directory of the outputs is not walked")
  func outputDirectory() throws {
    let tree = try FileTree(["a.json": "", "out/a.json": "", "out/d/b.json": ""])
    var rules = WalkRules.everywhere
    rules.outputDirectory = try FileAccess().openDirectory(tree.path("out"))
    #expect(try tree.names(tree.walk([""], rules)) == ["a.json"])
  }

  @Test("A directory that gets the device and inode of one that was removed during the walk is walked")
  func reusedIdentity() throws {
    let tree = try FileTree(["a/1.json": "", "b/1.json": "", "b/2.json": ""])
    let identities = try ["a", "b"].map { try FileAccess().openDirectory(tree.path($0)).identity }
    let listings = Atomic(0)
    let path = tree.path("a")
    let calls = FaultyCalls(
      .init(
        changingStatus: { status in
          var status = status
          // After `a` is removed, `b` has its inode.
          if listings.load(ordering: .relaxed) > 2, status.st_ino == identities[1].inode {
            status.st_ino = ino_t(identities[0].inode)
          }
          return status
        },
        before: { kind in
          // Before the root is listed, then before `a` is, and then before `b` is opened.
          if kind == .list { listings.add(1, ordering: .relaxed) }
          if kind == .open, listings.load(ordering: .relaxed) == 2 {
            listings.add(1, ordering: .relaxed)
            try? FileManager.default.removeItem(atPath: path.string)
          }
        }))
    let list = try tree.walk([""], files: FileAccess(calls: calls)) { Issue.record("\($0)") }
    #expect(!FileManager.default.fileExists(atPath: path.string))
    #expect(tree.names(list) == ["a/1.json", "b/1.json", "b/2.json"])
  }

  @Test("A directory that was created after the output directory was removed is walked")
  func removedOutputDirectory() throws {
    let tree = try FileTree(["in/a.json": "", "out/x": ""])
    var rules = WalkRules.everywhere
    rules.outputDirectory = try FileAccess().openDirectory(tree.path("out"))
    try FileManager.default.removeItem(atPath: tree.path("out").string)
    for number in 0..<50 { try tree.write("", to: "in/\(number)/b.json") }
    #expect(try tree.walk(["in"], rules).count == 51)
  }

  @Test("Names of any bytes, and missing files, are listed")
  func oddNames() throws {
    let tree = try FileTree()
    for name: [UInt8] in [[0x61, 0x0A, 0x62], [0xFF, 0xFE], [0x25]] {
      let path = FilePath(bytes: tree.root.bytes + [0x2F] + name + Array(".json".utf8))
      try FileDescriptor.open(path, .writeOnly, options: .create, permissions: .ownerReadWrite).close()
    }
    let list = try tree.walk()
    #expect(
      (0..<3).map { list.nameBytes(list[$0]) }
        == [[0x25], [0x61, 0x0A, 0x62], [0xFF, 0xFE]].map { $0 + Array(".json".utf8) })
    let missing = try tree.walk(["missing.json", "no/way.json"])
    #expect(tree.names(missing) == ["missing.json", "no/way.json"])
    #expect(missing[1].access == .path)
  }

  @Test("After any failed call the walk continues and reports the error")
  func faults() throws {
    let tree = try FileTree(["a.json": "", "d/b.json": "", "e/c.json": ""])
    let whole = try tree.names(tree.walk())
    var index = 0
    while true {
      let calls = FaultyCalls(FaultyCalls.Plan(failingIndex: index))
      var failures: [FileError] = []
      let names = try tree.names(tree.walk([""], files: FileAccess(calls: calls)) { failures.append($0) })
      guard calls.failed != nil else { break }
      // An entry without a status is listed as a file, and fails when it is minified.
      let isLeftForLater = names == [""]
      #expect(isLeftForLater || Set(names).isSubset(of: whole))
      #expect(failures.count == (names == whole || isLeftForLater ? 0 : 1), "\(index): \(names)")
      index += 1
    }
    #expect(index > 10)
  }

  @Test("A list takes less than 100 bytes for a file beyond its name")
  func memory() throws {
    let tree = try FileTree()
    let count = 20_000
    let directory = try FileDescriptor.open(tree.root, .readOnly)
    defer { try? directory.close() }
    for number in 0..<count {
      let descriptor = openat(directory.rawValue, "\(number).json", O_CREAT | O_WRONLY, 0o600)
      #expect(descriptor >= 0)
      close(descriptor)
    }
    let list = try tree.walk()
    #expect(list.count == count)
    let nameBytes = (0..<count).reduce(0) { $0 + list.nameBytes(list[$1]).count }
    #expect(MemoryLayout<FileEntry>.stride == 32)
    // A chunk of each kind may be nearly empty.
    #expect(list.byteCount - nameBytes - 3 * (256 << 10) < 48 * count)
  }
}
