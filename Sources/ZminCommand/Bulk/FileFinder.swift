import SystemPackage
import Zmin
import ZminIO

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

  /// - Parameters:
  ///   - plan: What is to be found.
  ///   - files: What directories are opened with.
  ///   - list: Where the files go.
  ///   - onFailure: Hears of what cannot be looked at.
  init(_ plan: BulkPlan, files: FileAccess, into list: FileList, onFailure: @escaping (FileError) -> Void) {
    self.plan = plan
    self.files = files
    self.list = list
    var rules = plan.walk
    rules.outputDirectory = plan.mirrorPath.flatMap { try? files.statusIfPresent(of: $0)?.identity }
    walk = FileWalk(rules, files: files, into: list, onFailure: onFailure)
  }

  /// Fills the list.
  ///
  /// - Throws: ``BulkRun/Refused``, ``FileError`` of the list of names, ``OutOfMemory``.
  func find() throws {
    // In one directory nothing comes twice.
    if plan.paths.count > 1 || plan.list != nil || plan.mirrorPath != nil { list.keepIndex() }
    for path in plan.paths { try walk.add(path) }
    if let names = plan.list { try readNames(names) }
  }

  private func readNames(_ names: BulkPlan.List) throws {
    var input =
      try names.path.map { path throws(FileError) in try InputFile(path, using: files) } ?? .standardInput(using: files)
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
            throw BulkRun.Refused(message: "\(input.file): a name of more than \(Self.pathBytesMax) bytes")
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
