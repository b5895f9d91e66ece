import Foundation
import SystemPackage
import Testing
import ZminFiles
import ZminIO
import ZminMemory
import ZminTestSupport

@Suite("Shards")
struct ShardTests {
  private func hash(_ path: String) -> PathHash {
    var hash = PathHash()
    hash.append(path.utf8)
    return hash
  }

  @Test("The hash is FNV-1a for ever")
  func hashValues() {
    #expect(hash("").value == 0xCBF2_9CE4_8422_2325)
    #expect(hash("a").value == 0xAF63_DC4C_8601_EC8C)
    #expect(hash("foobar").value == 0x8594_4171_F739_67E8)
    var stepwise = hash("d")
    stepwise.appendSlash()
    stepwise.append("a.json".utf8)
    #expect(stepwise == hash("d/a.json"))
  }

  @Test("What part a file is in never changes")
  func fixedParts() throws {
    let parts = try ["a.json", "b.json", "2024/01/events.ndjson", "x"].map { path in
      try (0..<7).first { try #require(Shard(index: $0, count: 7)).contains(hash(path)) }
    }
    #expect(parts == [4, 5, 5, 0])
  }

  @Test("Every file is in one part, and parts are of about the same size", arguments: [1, 2, 7, 64])
  func balance(_ count: Int) throws {
    var sizes = [Int](repeating: 0, count: count)
    let shards = try (0..<count).map { try #require(Shard(index: $0, count: count)) }
    for number in 0..<count * 1000 {
      let holders = shards.indices.filter { shards[$0].contains(hash("d/file-\(number).json")) }
      #expect(holders.count == 1)
      sizes[holders[0]] += 1
    }
    #expect(sizes.allSatisfy { (800...1200).contains($0) })
  }

  @Test("Only parts that there are")
  func limits() {
    #expect(Shard(index: 7, count: 7) == nil)
    #expect(Shard(index: -1, count: 7) == nil)
    #expect(Shard(index: 0, count: 0) == nil)
  }

  @Test("A walk takes its part, and the parts are the whole")
  func walk() throws {
    let tree = try FileTree(Dictionary(uniqueKeysWithValues: (0..<60).map { ("d\($0 % 3)/\($0).json", "") }))
    let whole = try tree.names(tree.walk())
    let parts = try (0..<4).map { index in
      var rules = WalkRules.everywhere
      rules.shard = Shard(index: index, count: 4)
      return try tree.names(tree.walk([""], rules))
    }
    #expect(parts.joined().sorted() == whole.sorted())
    #expect(parts.allSatisfy { !$0.isEmpty })
  }
}

@Suite("Shard plans")
struct ShardPlanTests {
  private func tree() throws -> FileTree {
    var generator = SplitMix64(seed: 7)
    var files: [String: String] = ["single.json": "[1]"]
    for number in 0..<200 {
      files["in/d\(number % 5)/\(number)%\n.json"] = String(repeating: " ", count: Int(generator.next() % 20_000)) + "1"
    }
    return try FileTree(files)
  }

  @Test("Parts have about the same bytes, together they are the whole, and they stay so while files change")
  func balance() throws {
    let tree = try tree()
    let roots = ["in", "single.json"]
    let list = try tree.walk(roots)
    let path = tree.path("plan")
    let files = FileAccess()
    #expect(try ShardPlan(list, shards: 7).publish(at: path, roots: roots.map(tree.path), files: files))
    var seen: [String] = []
    var sizes: [Int] = []
    for index in 0..<7 {
      let part = FileList(ledger: MemoryLedger())
      part.keepIndex()
      let walk = FileWalk(.everywhere, files: files, into: part) { Issue.record("\($0)") }
      let shard = try #require(Shard(index: index, count: 7))
      try ShardPlan.forEachFile(of: shard, in: path, roots: roots.map(tree.path), files: files) {
        try walk.add($0, below: $1)
      }
      seen += tree.names(part)
      sizes.append((0..<part.count).reduce(0) { $0 + Int(part[$1].storedBytes) })
      for number in 0..<part.count {
        let names = part.namesBelow(of: part[number]).map { String(decoding: $0, as: UTF8.self) }
        #expect(names.count == (names == ["single.json"] ? 1 : 2))
      }
      for name in tree.names(part) { try tree.write("", to: name) }
    }
    #expect(seen.sorted() == tree.names(list).sorted())
    #expect(try #require(sizes.max()) * 10 <= #require(sizes.min()) * 11)
  }

  @Test("The first plan counts")
  func first() throws {
    let tree = try tree()
    let list = try tree.walk()
    let files = FileAccess()
    let path = tree.path("plan")
    #expect(try ShardPlan(list, shards: 2).publish(at: path, roots: [tree.root], files: files))
    let before = try String(contentsOfFile: path.string, encoding: .utf8)
    #expect(try !ShardPlan(list, shards: 3).publish(at: path, roots: [tree.root], files: files))
    #expect(try String(contentsOfFile: path.string, encoding: .utf8) == before)
    let names = try FileManager.default.contentsOfDirectory(atPath: tree.root.string)
    #expect(!names.contains { $0.hasPrefix(".zmin-") })
  }

  @Test("What is no plan for this run is refused")
  func unusable() throws {
    let tree = try tree()
    let files = FileAccess()
    let path = tree.path("plan")
    _ = try ShardPlan(tree.walk(), shards: 2).publish(at: path, roots: [tree.root], files: files)
    func read(_ count: Int, _ roots: [FilePath]) throws {
      let shard = try #require(Shard(index: 0, count: count))
      try ShardPlan.forEachFile(of: shard, in: path, roots: roots, files: files) { _, _ in }
    }
    try read(2, [tree.root])
    #expect(throws: ShardPlan.Unusable.self) { try read(3, [tree.root]) }
    #expect(throws: ShardPlan.Unusable.self) { try read(2, [tree.path("in")]) }
    let text = try String(contentsOfFile: path.string, encoding: .utf8)
    for cut in [text.count - 1, text.count / 2, 3, 0] {
      try Data(text.prefix(cut).utf8).write(to: URL(fileURLWithPath: path.string))
      #expect(throws: ShardPlan.Unusable.self, "\(cut)") { try read(2, [tree.root]) }
    }
  }

  @Test(
    "A plan ends once", arguments: ["end\t1\nend\t1\n", "end\t0\n", "end\t1\n0\t0\ta\n", "root\tin\nend\t1\n", ""])
  func end(_ rest: String) throws {
    let tree = try FileTree(["plan": "zmin-shards1\t1\nroot\tin\n0\t0\ta\n" + rest])
    let shard = try #require(Shard(index: 0, count: 1))
    #expect(throws: ShardPlan.Unusable.self) {
      try ShardPlan.forEachFile(of: shard, in: tree.path("plan"), roots: ["in"], files: FileAccess()) { _, _ in }
    }
  }

  @Test(
    "A plan that leads out of its arguments is refused",
    arguments: ["../a.json", "d/../../a.json", "/a.json", "./a", ""])
  func leadsOut(_ name: String) throws {
    let tree = try FileTree(["plan": "zmin-shards1\t1\nroot\tin\n0\t0\t\(name)\nend\t1\n"])
    let shard = try #require(Shard(index: 0, count: 1))
    #expect(throws: ShardPlan.Unusable.self) {
      try ShardPlan.forEachFile(of: shard, in: tree.path("plan"), roots: ["in"], files: FileAccess()) { names, _ in
        Issue.record("\(names)")
      }
    }
  }
}
