import SystemPackage
import ZminFiles
import ZminIO
import ZminMemory

/// Finds the files of a run over many.
struct FileFinder {
  /// As long as a path may be that the system takes.
  private static let pathBytesMax = 4095
  private static let pieceBytes = 64 << 10

  /// What the files were found by.
  let walk: FileWalk
  private let plan: BulkPlan
  private let files: FileAccess
  private let list: FileList
  private let ledger: MemoryLedger
  private let rules: WalkRules
  private let onFailure: (FileError) -> Void

  /// - Parameters:
  ///   - plan: What is to be found.
  ///   - files: What directories are opened with.
  ///   - list: Where the files go.
  ///   - ledger: The book that the memory of other lists is entered in.
  ///   - onFailure: Hears of what cannot be looked at.
  init(
    _ plan: BulkPlan, files: FileAccess, into list: FileList, ledger: MemoryLedger,
    onFailure: @escaping (FileError) -> Void
  ) {
    self.plan = plan
    self.ledger = ledger
    self.onFailure = onFailure
    self.files = files
    self.list = list
    var rules = plan.walk
    rules.outputDirectory = plan.mirrorPath.flatMap { try? files.openDirectory($0) }
    rules.watched = plan.sideFilesApartFromInputs.map { files.resolvedLocation(of: $0.file) }
    self.rules = rules
    walk = FileWalk(rules, files: files, into: list, onFailure: onFailure)
  }

  /// Fills the list.
  ///
  /// - Throws: ``BulkRun/Refused``, ``FileError`` of the list of names, ``OutOfMemory``.
  func find() throws {
    // In one directory nothing comes twice.
    if plan.paths.count > 1 || plan.list != nil || plan.mirrorPath != nil || plan.walk.followsSymbolicLinks {
      list.keepIndex()
    }
    try findAll()
    if let number = walk.watchedInputs.min() {
      throw BulkRun.Refused(message: "\(plan.sideFilesApartFromInputs[number]) is one of the inputs: nothing is done")
    }
    switch plan.task {
    case .replace, .rehearse(.replace): walk.skipLinksToTakenFiles()
    default: break
    }
  }

  private func findAll() throws {
    if let path = plan.shardPlan, let shard = plan.shard { return try takePart(shard, of: path) }
    for path in plan.paths { try walk.add(path) }
    if let names = plan.list { try readNames(names) }
  }

  /// Takes what a shard plan gives to one part; makes the plan if there is none.
  private func takePart(_ shard: Shard, of path: FilePath) throws {
    if try files.statusIfPresent(of: path) == nil {
      let all = FileList(ledger: ledger)
      let walk = FileWalk(rules, files: files, into: all, onFailure: onFailure)
      all.keepIndex()
      for path in plan.paths { try walk.add(path) }
      // Where another task was first, its plan is the one that counts.
      _ = try ShardPlan(all, shards: shard.count).publish(at: path, roots: plan.paths, files: files)
    }
    try ShardPlan.forEachFile(
      of: shard, in: path, roots: plan.paths, files: files,
      others: { components, root in walk.note(root.appending(components)) },
      { components, root in try walk.add(components, below: root) })
  }

  private func readNames(_ names: BulkPlan.List) throws {
    var input = FileReader(
      try names.path.map { path throws(FileError) in try OpenedFile(path, using: files) }
        ?? .standardInput(using: files))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 1)
    defer { buffer.deallocate() }
    var name: [UInt8] = []
    while case let count = try input.read(into: buffer), count > 0 {
      for byte in buffer[..<count] {
        if byte == names.separator {
          try add(name)
          name.removeAll(keepingCapacity: true)
        } else {
          name.append(byte)
          if name.count > Self.pathBytesMax {
            throw BulkRun.Refused(message: "\(input.file.name): a name of more than \(Self.pathBytesMax) bytes")
          }
        }
      }
    }
    try add(name)
  }

  private func add(_ name: [UInt8]) throws {
    guard !name.isEmpty else { return }
    if name.contains(0) { throw BulkRun.Refused(message: "a listed name holds NUL: see --null") }
    let path = FilePath(bytes: name)
    if plan.mirrorPath != nil, path.components.contains(where: { $0.kind == .parentDirectory }) {
      throw BulkRun.Refused(message: "\(FileName.path(path)): a listed name with .. has no place below --output-dir")
    }
    try walk.add(listed: path)
  }
}
