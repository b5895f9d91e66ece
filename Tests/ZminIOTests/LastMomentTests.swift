import Glibc
import Synchronization
import SystemPackage
import Testing
import ZminTestSupport

@testable import ZminIO

/// Another program saves a file while it is replaced in place, before each system call in turn.
@Suite("Late saves") struct LastMomentTests {
  /// The way in which an editor saves.
  enum Save: CaseIterable, Sendable {
    /// A new file is renamed over the old one.
    case rename
    /// The file is written through a descriptor that was open before.
    case descriptor
    /// The file is opened by its name and truncated.
    case truncate

    func make(_ text: String, in directory: TemporaryDirectory, _ open: FileDescriptor) {
      switch self {
      case .rename:
        _ = try? directory.make("editor", text)
        Glibc.rename(directory.path("editor").string, directory.path("in.json").string)
      case .descriptor: _ = try? open.writeAll(toAbsoluteOffset: 0, text.utf8)
      case .truncate: _ = try? directory.make("in.json", text)
      }
    }
  }

  /// The end of an output.
  enum Ending: CaseIterable, Sendable { case alone, inBatch }

  /// The files after a run.
  private struct Left {
    let directory: TemporaryDirectory
    let error: FileError?
    let log: [FaultyCalls.Kind]

    var text: String? { directory.content(of: "in.json") }
    /// The contents of kept files.
    var kept: [String?] {
      directory.names.filter { $0.hasSuffix(".kept") }.map { directory.content(of: $0) }
    }
  }

  /// Replaces a file, with `meanwhile` called before each call of the commit.
  ///
  /// - Parameter meanwhile: Called with the call, the earlier calls of the commit, and the actions of others.
  private static func replace(
    _ ending: Ending, _ plan: FaultyCalls.Plan = .init(),
    meanwhile: @escaping @Sendable (FaultyCalls.Kind, [FaultyCalls.Kind], Scene) -> Void
  ) throws -> Left {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "[ 1, 2 ]")
    // A write from now on gets another time.
    let times = [timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0)]
    #expect(utimensat(AT_FDCWD, path.string, times, 0) == 0)
    let descriptor = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
    defer { try? descriptor.close() }
    let scene = Scene(directory: directory, descriptor: descriptor)
    var plan = plan
    let isCommit = Atomic(false)
    plan.before = { kind in
      guard isCommit.load(ordering: .relaxed) else { return }
      // Noted before, as the actions of others may make calls as well.
      let before = scene.log.withLock { log in
        defer { log.append(kind) }
        return log
      }
      meanwhile(kind, before, scene)
    }
    let access = FileAccess(calls: FaultyCalls(plan))
    scene.access.withLock { $0 = access }
    // The access holds the scene, through the plan of its calls.
    defer { scene.access.withLock { $0 = nil } }
    let error = try Self.run(path, access, ending) { isCommit.store(true, ordering: .relaxed) }
    return Left(directory: directory, error: error, log: scene.log.withLock { $0 })
  }

  private static func run(
    _ path: FilePath, _ access: FileAccess, _ ending: Ending, willCommit: () -> Void
  ) throws -> FileError? {
    var input = try FileReader(path, using: access)
    var output = try OutputFile(replacing: input.file)
    _ = try input.readText()
    try output.write(text: "[1,2]")
    try input.checkUnchanged()
    willCommit()
    do throws(FileError) {
      switch ending {
      case .alone: try output.commit()
      case .inBatch:
        guard let pending = try output.prepare() else { return nil }
        for result in PendingOutput.commit([pending]) { try result.get() }
      }
      return nil
    } catch {
      return error
    }
  }

  /// The actions of others while a file is replaced.
  final class Scene: Sendable {
    let directory: TemporaryDirectory
    let descriptor: FileDescriptor
    let log = Mutex<[FaultyCalls.Kind]>([])
    let access = Mutex<FileAccess?>(nil)

    init(directory: TemporaryDirectory, descriptor: FileDescriptor) {
      self.directory = directory
      self.descriptor = descriptor
    }
  }

  /// Calls `body` with the number of each call of a commit, and stops after the last.
  private static func forEachCall(_ body: (Int) throws -> Left) throws {
    for index in 0..<200 where try body(index).log.count <= index {
      #expect(index > 8)
      return
    }
    Issue.record("there is always one call more")
  }

  @Test("A late save keeps its name", arguments: Save.allCases, Ending.allCases)
  func exchange(_ save: Save, _ ending: Ending) throws {
    var changed = 0
    try Self.forEachCall { index in
      let left = try Self.replace(ending) { _, before, scene in
        if before.count == index { save.make("[ \"a save\" ]", in: scene.directory, scene.descriptor) }
      }
      guard left.log.count > index else { return left }
      let what = "before call \(index), \(left.log[index]): \(left.text ?? ""), \(String(describing: left.error))"
      // A writer that keeps the file open, and writes after the check of the file that came out, is not detected.
      let isTooLate = save == .descriptor && left.log[..<index].contains(.exchange) && left.log[index] != .statusOfPath
      #expect(left.text == (isTooLate ? "[1,2]" : "[ \"a save\" ]"), "\(what)")
      #expect(left.directory.names == ["in.json"], "\(what)")
      if case .inputChanged = left.error { changed += 1 } else { #expect(left.error == nil, "\(what)") }
      return left
    }
    #expect(changed > 4)
  }

  @Test(
    "If names cannot be exchanged, a save is lost only right before the rename", arguments: Save.allCases,
    Ending.allCases)
  func noExchange(_ save: Save, _ ending: Ending) throws {
    try Self.forEachCall { index in
      let left = try Self.replace(ending, .init(canExchange: false)) { _, before, scene in
        if before.count == index { save.make("[ \"a save\" ]", in: scene.directory, scene.descriptor) }
      }
      guard left.log.count > index else { return left }
      let before = left.log[..<index]
      let isRenamed = before.last { $0 == .rename || $0 == .exchange } == .rename && before.contains(.exchange)
      let isTooLate = left.log[index] == .rename && before.contains(.exchange) || save == .descriptor && isRenamed
      #expect(left.text == (isTooLate ? "[1,2]" : "[ \"a save\" ]"), "before call \(index), \(left.log[index])")
      #expect(left.directory.names == ["in.json"])
      return left
    }
  }

  @Test(
    "Of two late saves the second keeps the name, and the first is kept beside it", arguments: [Save.rename, .truncate])
  func twoSaves(_ second: Save) throws {
    var kept = 0
    try Self.forEachCall { index in
      let left = try Self.replace(.alone) { kind, before, scene in
        if kind == .exchange && !before.contains(.exchange) {
          Save.rename.make("[ \"first\" ]", in: scene.directory, scene.descriptor)
        }
        if before.count == index && before.contains(.exchange) {
          second.make("[ \"second\" ]", in: scene.directory, scene.descriptor)
        }
      }
      guard left.log.count > index else { return left }
      let isFirstAlone = !left.log[..<index].contains(.exchange)
      #expect(left.text == (isFirstAlone ? "[ \"first\" ]" : "[ \"second\" ]"), "call \(index), \(left.log[index])")
      if case .saveKept(_, let name) = left.error {
        kept += 1
        #expect(left.directory.content(of: name.string) == "[ \"first\" ]")
      } else {
        #expect(left.directory.names == ["in.json"])
        #expect(left.error.map { if case .inputChanged = $0 { true } else { false } } == true)
      }
      return left
    }
    #expect(kept > 0)
  }

  @Test(
    "A save survives the failure of each call that follows it",
    arguments: [FaultyCalls.Kind.exchange, .statusOfPath, .status, .unlink, .rename, .close], [true, false])
  func failingCalls(_ kind: FaultyCalls.Kind, isLasting: Bool) throws {
    var saved = 0
    for index in 0..<12 {
      let plan = FaultyCalls.Plan(failingIndex: index, kind: kind, isLasting: isLasting)
      let left: Left
      do {
        left = try Self.replace(.alone, plan) { kind, before, scene in
          if kind == .exchange && !before.contains(.exchange) {
            Save.rename.make("[ \"a save\" ]", in: scene.directory, scene.descriptor)
          }
        }
      } catch is FileError {
        // The run failed before the commit.
        continue
      }
      guard left.log.contains(.exchange) else { continue }
      saved += 1
      #expect(left.text == "[ \"a save\" ]" || left.kept == ["[ \"a save\" ]"], "\(kind) \(index): \(left)")
      #expect(left.error != nil)
    }
    #expect(saved > 0)
  }

  @Test("Leaving at once removes no save") func removeAll() throws {
    try Self.forEachCall { index in
      let left = try Self.replace(.alone) { kind, before, scene in
        if kind == .exchange && !before.contains(.exchange) {
          Save.rename.make("[ \"a save\" ]", in: scene.directory, scene.descriptor)
        }
        if before.count == index { scene.access.withLock { $0 }?.temporaries.removeAll() }
      }
      guard left.log.count > index else { return left }
      let hasSave = left.log.contains(.exchange)
      #expect(left.text == (hasSave ? "[ \"a save\" ]" : "[ 1, 2 ]"), "call \(index)")
      #expect(left.directory.names == ["in.json"])
      return left
    }
  }

  @Test("A process that is killed at any step leaves a save", arguments: 0..<16) func kill(_ index: Int) async throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "[ 1, 2 ]")
    await #expect(processExitsWith: .failure) { [text = path.string as String, index] in
      let path = FilePath(text)
      let count = Atomic(-1)
      let calls = FaultyCalls(
        .init(before: { kind in
          if count.load(ordering: .relaxed) < 0 {
            guard kind == .exchange else { return }
            let save = path.removingLastComponent().appending("editor")
            if let descriptor = try? FileDescriptor.open(
              save, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
            {
              _ = try? descriptor.closeAfter { try descriptor.writeAll("[ \"a save\" ]".utf8) }
            }
            Glibc.rename(save.string, text)
          }
          if count.add(1, ordering: .relaxed).newValue == index { Glibc.kill(getpid(), SIGKILL) }
        }))
      _ = try LastMomentTests.run(path, FileAccess(calls: calls), .alone) {}
      exit(7)
    }
    let kept = directory.names.filter { $0.hasSuffix(".kept") }.map { directory.content(of: $0) }
    let text = directory.content(of: "in.json")
    #expect(text == "[ \"a save\" ]" || text == "[1,2]" && kept == ["[ \"a save\" ]"], "\(index): \(text ?? "")")
    // The next run reads the file of that name, and removes no kept file.
    let access = FileAccess()
    #expect(try Self.run(path, access, .alone) {} == nil)
    #expect(directory.names.filter { $0.hasSuffix(".kept") }.count == kept.count)
    #expect(access.keptFiles.take().count == kept.count)
  }

  @Test("After one unsupported exchange of names no other is tried") func triedOnce() throws {
    let directory = try TemporaryDirectory()
    let calls = FaultyCalls(.init(canExchange: false))
    let access = FileAccess(calls: calls)
    for name in ["a.json", "b.json"] {
      #expect(try Self.run(try directory.make(name, "[ 1, 2 ]"), access, .alone) {} == nil)
      #expect(directory.content(of: name) == "[1,2]")
    }
    #expect(calls.log.count { $0 == .exchange } == 1)
    #expect(directory.names == ["a.json", "b.json"])
  }

  @Test("A sandbox that does not permit the exchange of names does not stop a replacement") func notPermitted() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "[ 1, 2 ]")
    let access = FileAccess(calls: FaultyCalls(.init(failingIndex: 0, kind: .exchange, errno: .notPermitted)))
    #expect(try Self.run(path, access, .alone) {} == nil)
    #expect(directory.content(of: "in.json") == "[1,2]")
    #expect(directory.names == ["in.json"])
  }

  @Test("A file with several names is not exchanged on overlayfs", arguments: [(1, 1), (2, 0)])
  func overlay(_ linkCount: Int, _ exchanges: Int) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "[ 1, 2 ]")
    if linkCount > 1 { #expect(link(path.string, directory.path("other.json").string) == 0) }
    let calls = FaultyCalls(.init(fileSystemType: 0x794c_7630))
    var rules = InPlaceRules()
    rules.splitsHardLinks = true
    var input = try FileReader(path, using: FileAccess(calls: calls))
    var output = try OutputFile(replacing: input.file, under: rules)
    _ = try input.readText()
    try output.write(text: "[1,2]")
    try output.commit()
    #expect(directory.content(of: "in.json") == "[1,2]")
    #expect(calls.log.count { $0 == .exchange } == exchanges)
  }

  @Test("An old version that cannot be removed is noted") func unremoved() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "[ 1, 2 ]")
    let access = FileAccess(calls: FaultyCalls(.init(failingIndex: 0, kind: .unlink, errno: .ioError)))
    #expect(try Self.run(path, access, .alone) {} == nil)
    #expect(directory.content(of: "in.json") == "[1,2]")
    let noted = try #require(access.keptFiles.take().first)
    #expect(noted.file == .path(path) && noted.origin == .replacedFile)
    #expect(directory.content(of: noted.name.string) == "[ 1, 2 ]")
  }
}
