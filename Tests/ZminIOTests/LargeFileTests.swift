import Glibc
import SystemPackage
import Testing
import ZminTestSupport

@testable import ZminIO

/// The file system on which outputs reserve room.
let reservingFileSystemType = 0xEF53

@Suite struct LargeFileTests {
  private static let mebibyte: Int64 = 1 << 20
  private static let piece = [UInt8](repeating: 0x78, count: 3 << 20)

  /// What drops everything past `keptBytes`.
  private static func policy(keptBytes: Int) -> PageCachePolicy {
    PageCachePolicy(MachineLimits(processorCount: 1, memoryBytes: 4 * keptBytes, physicalMemoryBytes: .max))
  }

  /// Ranges of so many mebibytes each, one after another.
  private static func steps(_ sizes: Int64..., from start: Int64 = 0) -> [Range<Int64>] {
    var end = start
    return sizes.map { size in
      let begin = end
      end += size * mebibyte
      return begin..<end
    }
  }

  // MARK: Policy

  @Test func aQuarterOfTheMemoryIsKept() {
    let machine = PageCachePolicy(MachineLimits(processorCount: 1, memoryBytes: nil, physicalMemoryBytes: 4000))
    #expect(!machine.dropsBehind(sizeBytes: 1000, doneBytes: 0))
    #expect(machine.dropsBehind(sizeBytes: 1001, doneBytes: 0))
    // What nobody knows the size of is as large as it has got; what is larger than it should be, too.
    #expect(!machine.dropsBehind(sizeBytes: nil, doneBytes: 1000))
    #expect(machine.dropsBehind(sizeBytes: nil, doneBytes: 1001))
    #expect(machine.dropsBehind(sizeBytes: 10, doneBytes: 1001))
    let group = PageCachePolicy(MachineLimits(processorCount: 1, memoryBytes: 400, physicalMemoryBytes: 4000))
    #expect(!group.dropsBehind(sizeBytes: 100, doneBytes: 0))
    #expect(group.dropsBehind(sizeBytes: 101, doneBytes: 0))
    let unknown = PageCachePolicy(MachineLimits(processorCount: 1, memoryBytes: nil, physicalMemoryBytes: .max))
    for policy in [unknown, .keepsAll] { #expect(!policy.dropsBehind(sizeBytes: 1 << 60, doneBytes: 1 << 60)) }
  }

  // MARK: Reading

  @Test func largeInputIsDroppedBehindTheReading() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", String(repeating: "x", count: 20 << 20))
    let calls = FaultyCalls(.init())
    var input = try FileReader(path, using: FileAccess(calls: calls, pageCache: Self.policy(keptBytes: 1 << 20)))
    #expect(try input.readText(windowBytes: 3 << 20).utf8.count == 20 << 20)
    #expect(calls.ranges(.dropCache) == Self.steps(8, 8))
    input.rewind()
    #expect(try input.readText(windowBytes: 8 << 20).utf8.count == 20 << 20)
    #expect(calls.ranges(.dropCache).dropFirst(2) == Self.steps(8, 8)[...])
    // Whoever reads by places says how far it is done with.
    #expect(input.file.dropBehind(from: 0, to: 6 << 20) == 0)
    #expect(input.file.dropBehind(from: 8 << 20, to: 29 << 20) == 24 << 20)
    #expect(calls.ranges(.dropCache).dropFirst(4) == [(8 << 20)..<(24 << 20)])
    try input.checkUnchanged()
  }

  @Test func smallInputIsKept() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", String(repeating: "x", count: 20 << 20))
    let calls = FaultyCalls(.init())
    var input = try FileReader(path, using: FileAccess(calls: calls, pageCache: Self.policy(keptBytes: 20 << 20)))
    #expect(try input.readText(windowBytes: 3 << 20).utf8.count == 20 << 20)
    #expect(calls.ranges(.dropCache) == [])
  }

  // MARK: Writing

  /// Writes so many mebibytes, and says what calls that took.
  @discardableResult
  private static func write(
    mebibytes: Int, expected: Int64?, keptBytes: Int = 1 << 40, _ plan: FaultyCalls.Plan,
    to path: FilePath
  ) throws(FileError) -> FaultyCalls {
    let calls = FaultyCalls(plan)
    var output = try OutputFile(at: path, using: FileAccess(calls: calls, pageCache: policy(keptBytes: keptBytes)))
    if let expected { output.expect(byteCount: expected * mebibyte) }
    for _ in 0..<mebibytes / 3 { try output.write(bytes: piece) }
    try output.commit()
    return calls
  }

  @Test func roomIsReservedInStepsAndGivenBack() throws {
    let directory = try TemporaryDirectory()
    let calls = try Self.write(
      mebibytes: 66, expected: 100, .init(fileSystemType: reservingFileSystemType), to: directory.path("out.json"))
    #expect(calls.ranges(.reserve) == Self.steps(64, 36))
    let status = directory.status("out.json")
    #expect(status.st_size == 66 << 20)
    // As much as a file system needs beside the contents is far less than what was not written.
    #expect(status.st_blocks * 512 < 70 << 20)
  }

  @Test func roomForOneOutputOfSeveralInputsIsNeverMoreThanExpected() throws {
    let directory = try TemporaryDirectory()
    let calls = FaultyCalls(.init(fileSystemType: reservingFileSystemType))
    var output = try OutputFile(at: directory.path("out.json"), using: FileAccess(calls: calls))
    output.expect(byteCount: 10 << 20)
    try output.write(bytes: Self.piece)
    output.expect(byteCount: 9 << 20)
    for _ in 0..<4 { try output.write(bytes: Self.piece) }
    try output.commit()
    #expect(calls.ranges(.reserve) == Self.steps(10, 2))
    #expect(!calls.log.contains(.truncate))
    #expect(directory.status("out.json").st_size == 15 << 20)
  }

  @Test(
    arguments: [(nil, reservingFileSystemType), (7, reservingFileSystemType), (100, 0x9123_683E), (100, nil)]
      as [(Int64?, Int?)])
  func nothingIsReserved(expected: Int64?, fileSystemType: Int?) throws {
    let directory = try TemporaryDirectory()
    var plan = FaultyCalls.Plan(fileSystemType: fileSystemType)
    if fileSystemType == nil { (plan.failingIndex, plan.kind) = (0, .fileSystemType) }
    let calls = try Self.write(mebibytes: 6, expected: expected, plan, to: directory.path("out.json"))
    #expect(calls.ranges(.reserve) == [])
    #expect(!calls.log.contains(.truncate))
  }

  @Test(arguments: [Errno.noSpace, .diskQuotaExceeded, .notSupported, .noFunction, .fileTooLarge])
  func failedReservationIsTheLast(errno: Errno) throws {
    let directory = try TemporaryDirectory()
    let plan = FaultyCalls.Plan(
      failingIndex: 0, kind: .reserve, errno: errno, fileSystemType: reservingFileSystemType)
    let calls = try Self.write(mebibytes: 66, expected: 100, plan, to: directory.path("out.json"))
    #expect(calls.ranges(.reserve) == Self.steps(64))
    #expect(directory.status("out.json").st_size == 66 << 20)
  }

  @Test func failureToGiveBackIsNone() throws {
    let directory = try TemporaryDirectory()
    let plan = FaultyCalls.Plan(failingIndex: 0, kind: .truncate, fileSystemType: reservingFileSystemType)
    #expect(try Self.write(mebibytes: 6, expected: 10, plan, to: directory.path("out.json")).failed == .truncate)
    #expect(directory.status("out.json").st_size == 6 << 20)
  }

  @Test(arguments: [(nil, 1), (30, 1), (nil, 20), (30, 20)] as [(Int64?, Int)])
  func largeOutputIsDroppedBehindTheWriting(expected: Int64?, keptMebibytes: Int) throws {
    let directory = try TemporaryDirectory()
    let calls = try Self.write(
      mebibytes: 30, expected: expected, keptBytes: keptMebibytes << 20, .init(), to: directory.path("out.json"))
    #expect(calls.ranges(.startWriteBack) == Self.steps(8, 8, 8))
    #expect(calls.ranges(.finishWriteBack) == Self.steps(8, 8))
    #expect(calls.ranges(.dropCache) == Self.steps(8, 8))
    // A step waits for the one before it, once it is on its way itself.
    let kinds: [FaultyCalls.Kind] = [.startWriteBack, .finishWriteBack, .dropCache]
    #expect(
      calls.log.filter(kinds.contains) == [.startWriteBack] + [.startWriteBack, .finishWriteBack, .dropCache]
        + [.startWriteBack, .finishWriteBack, .dropCache])
  }

  @Test func smallOutputIsKept() throws {
    let directory = try TemporaryDirectory()
    let calls = try Self.write(
      mebibytes: 30, expected: 30, keptBytes: 30 << 20, .init(), to: directory.path("out.json"))
    #expect(calls.ranges(.startWriteBack) == [] && calls.ranges(.dropCache) == [])
  }

  @Test(arguments: [FaultyCalls.Kind.startWriteBack, .finishWriteBack], [Errno.ioError, .noSpace, .diskQuotaExceeded])
  func writeThatFailedIsTold(_ kind: FaultyCalls.Kind, errno: Errno) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("out.json")
    let error = fileError { () throws(FileError) in
      try Self.write(
        mebibytes: 30, expected: 30, keptBytes: 1, .init(failingIndex: 1, kind: kind, errno: errno), to: path)
    }
    #expect(error == .system(SystemError(action: .write, file: .path(path), errno: errno)))
    #expect(directory.names == [])
  }

  @Test(
    arguments: [FaultyCalls.Kind.startWriteBack, .finishWriteBack, .dropCache],
    [Errno.invalidArgument, .noFunction, .notSupported, .illegalSeek, .interrupted])
  func adviceThatIsNotTakenIsNoError(_ kind: FaultyCalls.Kind, errno: Errno) throws {
    let directory = try TemporaryDirectory()
    let plan = FaultyCalls.Plan(failingIndex: 0, kind: kind, errno: errno)
    try Self.write(mebibytes: 30, expected: 30, keptBytes: 1, plan, to: directory.path("out.json"))
    #expect(directory.status("out.json").st_size == 30 << 20)
  }

  @Test(arguments: [true, false])
  func whatIsOpenIsDroppedFromWhereItsWritingBegan(appends: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("out.json", "12345")
    let descriptor = try FileDescriptor.open(
      path, .writeOnly, options: appends ? [.append, .closeOnExec] : .closeOnExec)
    if !appends { try descriptor.seek(offset: 3, from: .start) }
    let calls = FaultyCalls(.init())
    let access = FileAccess(calls: calls, pageCache: Self.policy(keptBytes: 1))
    var output = try OutputFile(
      Descriptor(number: descriptor.rawValue, calls: calls), .standardOutput, sync: .never, using: access)
    output.expect(byteCount: 100 << 20)
    for _ in 0..<6 { try output.write(bytes: Self.piece) }
    try output.commit()
    let start: Int64 = appends ? 5 : 3
    #expect(calls.ranges(.startWriteBack) == Self.steps(8, 8, from: start))
    #expect(calls.ranges(.dropCache) == Self.steps(8, from: start))
    #expect(calls.ranges(.reserve) == [])
    #expect(directory.status("out.json").st_size == 18 << 20 + start)
  }
}
