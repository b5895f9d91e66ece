import Glibc
import SystemPackage
import Testing
import ZminTestSupport

@testable import ZminIO

@Suite(.timeLimit(.minutes(1))) struct PipeTests {
  private static let delay: UInt32 = 50_000
  /// More bytes than any pipe or socket holds.
  private static let much = [UInt8](repeating: 0x78, count: 1 << 22)

  /// Waits for the first bytes, and then for as long as a writer may need to fill the pipe.
  private static func waitUntilFull(_ reader: FileDescriptor) {
    var polled = pollfd(fd: reader.rawValue, events: Int16(POLLIN), revents: 0)
    #expect(poll(&polled, 1, 10_000) == 1)
    usleep(delay)
  }

  @Test(arguments: [true, false])
  func fifoIsReadOnceItsWriterComes(isInterruptible: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = directory.fifo("in")
    let interruption = isInterruptible ? try Interruption() : nil
    let reader = BackgroundThread { () -> String? in
      guard var input = try? FileReader(path, using: FileAccess(interruption: interruption)) else { return nil }
      return try? input.readText()
    }
    usleep(Self.delay)
    let writer = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
    for piece in ["[1,", "2]"] {
      try writer.writeAll(piece.utf8)
      usleep(Self.delay / 5)
    }
    try writer.close()
    #expect(reader.join() == "[1,2]")
  }

  @Test func readOfAPipeReturnsTheBytesThatAreThere() throws {
    let directory = try TemporaryDirectory()
    let path = directory.fifo("in")
    let writer = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
    try writer.writeAll("abc".utf8)
    var input = try FileReader(path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 10, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try input.read(into: buffer) == 3)
    try writer.writeAll("0123456789+".utf8)
    #expect(try input.read(into: buffer) == 10)
    try writer.close()
    #expect(try input.read(into: buffer) == 1)
    #expect(try input.read(into: buffer) == 0)
    try input.checkUnchanged()
  }

  @Test func readAvailableFillsTheBufferFromAPipe() throws {
    let (reading, writing) = try Self.ends(of: .pipe)
    // One read returns only so many, as if the others came during the read.
    let access = FileAccess(calls: FaultyCalls(.init(pieceBytesMax: 10_000)))
    let file = try OpenedFile(
      Descriptor(number: reading.rawValue, calls: access.calls), .standardInput, isNonBlocking: false, using: access)
    var input = FileReader(file)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 40_000, alignment: 1)
    defer { buffer.deallocate() }
    // A record of a slow writer.
    try writing.writeAll("abc".utf8)
    #expect(try input.readAvailable(into: buffer) == 3)
    try writing.writeAll(Self.much[..<55_000])
    #expect(try input.read(into: buffer) == 10_000)
    #expect(try input.readAvailable(into: buffer) == 40_000)
    #expect(try input.readAvailable(into: buffer) == 5_000)
    try writing.writeAll("d".utf8)
    try writing.close()
    #expect(try input.readAvailable(into: buffer) == 1)
    #expect(try input.readAvailable(into: buffer) == 0)
    #expect(input.extent.storedBytes == 55_004)
  }

  @Test func endIsReadOnce() throws {
    let directory = try TemporaryDirectory()
    let path = directory.fifo("in")
    var input = try FileReader(path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 10, alignment: 1)
    defer { buffer.deallocate() }
    let writer = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
    try writer.writeAll("abc".utf8)
    try writer.close()
    #expect(try input.readAvailable(into: buffer) == 3)
    // The bytes of a later writer are not part of this input.
    let other = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
    try other.writeAll("def".utf8)
    #expect(try input.readAvailable(into: buffer) == 0)
    try other.close()
  }

  @Test func fillingIsInterrupted() throws {
    let directory = try TemporaryDirectory()
    let path = directory.fifo("in")
    let writer = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
    try writer.writeAll("abc".utf8)
    let interruption = try Interruption()
    // After the first read.
    let calls = FaultyCalls(.init(before: { if $0 == .read { interruption.request(.terminate) } }))
    var input = try FileReader(path, using: FileAccess(calls: calls, interruption: interruption))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 10, alignment: 1)
    defer { buffer.deallocate() }
    // A pipe does not return them again.
    #expect(try input.readAvailable(into: buffer) == 3)
    #expect(throws: FileError.interrupted(.terminate)) { try input.readAvailable(into: buffer) }
    try writer.close()
  }

  @Test("The notice of a request to stop ends an idle input, and not one that has bytes")
  func noticeEndsAnIdleInput() throws {
    let directory = try TemporaryDirectory()
    let path = directory.fifo("in")
    let writer = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
    try writer.writeAll("abc".utf8)
    let interruption = try Interruption()
    interruption.giveNotice(.terminate)
    var input = try FileReader(path, using: FileAccess(interruption: interruption))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 10, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try input.isReady(withinMilliseconds: 0))
    #expect(try input.readAvailable(into: buffer) == 3)
    try writer.writeAll("de".utf8)
    #expect(try input.read(into: buffer) == 2)
    #expect(throws: FileError.interrupted(.terminate)) { try input.isReady(withinMilliseconds: 0) }
    #expect(throws: FileError.interrupted(.terminate)) { try input.read(into: buffer) }
    try writer.close()
  }

  @Test("The notice of a request to stop ends a wait for bytes", arguments: [true, false])
  func noticeEndsAWait(hasWriter: Bool) throws {
    let error = try errorOfBlockedRead(hasWriter) { $0.giveNotice(.terminate) }
    #expect(error == .interrupted(.terminate))
  }

  @Test("After a request to stop a pipe still gets the bytes that it takes without a wait")
  func writingAfterARequest() throws {
    let (reading, writing) = try Self.ends(of: .pipe)
    let interruption = try Interruption()
    let access = FileAccess(interruption: interruption)
    var output = try OutputFile(
      Descriptor(number: writing.rawValue, calls: access.calls, isLent: true), .standardOutput, sync: .never,
      using: access)
    interruption.request(.interrupt)
    try output.write(bytes: Array("{}\n".utf8))
    #expect(throws: FileError.interrupted(.interrupt)) { try output.write(bytes: Self.much) }
    var first: [UInt8] = [0, 0, 0]
    #expect(try first.withUnsafeMutableBytes { bytes in try reading.read(into: bytes) } == 3)
    #expect(first == Array("{}\n".utf8))
    try reading.close()
    try writing.close()
  }

  @Test func capacityOfAPipeIsRaisedAndNeverLowered() throws {
    let calls = LinuxSystemCalls()
    for (before, after) in [(4096, 262_144), (65_536, 262_144), (1 << 20, 1 << 20)] as [(Int32, Int32)] {
      let (reading, writing) = try Self.ends(of: .pipe)
      try calls.setPipeCapacity(of: reading.rawValue, to: before)
      do {
        let file = try OpenedFile(
          Descriptor(number: reading.rawValue, calls: calls, isLent: true), .standardInput, isNonBlocking: false,
          using: FileAccess())
        _ = FileReader(file)
      }
      #expect(try calls.pipeCapacity(of: writing.rawValue) == after)
      try calls.setPipeCapacity(of: reading.rawValue, to: before)
      do {
        _ = try OutputFile(
          Descriptor(number: writing.rawValue, calls: calls, isLent: true), .standardOutput, sync: .never,
          using: FileAccess())
      }
      #expect(try calls.pipeCapacity(of: writing.rawValue) == after)
      try reading.close()
      try writing.close()
    }
  }

  @Test(arguments: [true, false])
  func blockedReadIsInterrupted(hasWriter: Bool) throws {
    let error = try errorOfBlockedRead(hasWriter) {
      $0.request(.terminate)
      $0.request(.interrupt)
    }
    #expect(error == .interrupted(.terminate))
    #expect(error?.category == .interruption)
  }

  /// The error of a read that waits on an empty FIFO while `interrupt` runs.
  private func errorOfBlockedRead(_ hasWriter: Bool, _ interrupt: (Interruption) -> Void) throws -> FileError? {
    let directory = try TemporaryDirectory()
    let path = directory.fifo("in")
    let writer = hasWriter ? try FileDescriptor.open(path, .readWrite, options: .closeOnExec) : nil
    let interruption = try Interruption()
    let reader = BackgroundThread {
      fileError { () throws(FileError) in
        var input = try FileReader(path, using: FileAccess(interruption: interruption))
        _ = try input.readText()
      }
    }
    usleep(Self.delay)
    interrupt(interruption)
    let error = reader.join() ?? nil
    try writer?.close()
    return error
  }

  @Test func blockedWriteToFifoIsInterrupted() throws {
    let directory = try TemporaryDirectory()
    let path = directory.fifo("out")
    let reader = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
    let interruption = try Interruption()
    let writer = BackgroundThread {
      fileError { () throws(FileError) in
        var output = try OutputFile(at: path, using: FileAccess(interruption: interruption))
        try output.write(bytes: Self.much)
      }
    }
    Self.waitUntilFull(reader)
    interruption.request(.interrupt)
    #expect(writer.join() == .some(.interrupted(.interrupt)))
    try reader.close()
  }

  @Test func openingFifoWithoutReaderIsInterrupted() throws {
    let directory = try TemporaryDirectory()
    let path = directory.fifo("out")
    let interruption = try Interruption()
    let writer = BackgroundThread {
      fileError { () throws(FileError) in try write("1", to: path, using: FileAccess(interruption: interruption)) }
    }
    usleep(Self.delay)
    interruption.request(.interrupt)
    #expect(writer.join() == .some(.interrupted(.interrupt)))
    #expect(directory.names == ["out"])
  }

  @Test(arguments: [true, false])
  func fifoTakesAllOnceItsReaderComes(isInterruptible: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = directory.fifo("out")
    let interruption = isInterruptible ? try Interruption() : nil
    let text = String(repeating: "0123456789", count: 100_000)
    let writer = BackgroundThread {
      fileError { () throws(FileError) in try write(text, to: path, using: FileAccess(interruption: interruption)) }
    }
    usleep(Self.delay)
    let reader = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    #expect(reader.text == text)
    #expect(writer.join() == .some(nil))
    try reader.close()
    #expect(directory.names == ["out"])
  }

  enum Channel: CaseIterable, Sendable {
    case pipe, socket
  }

  /// Both ends of a channel that is open already, as standard output is, and whose mode must not change.
  private static func ends(of channel: Channel) throws -> (reading: FileDescriptor, writing: FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    let result = channel == .pipe ? pipe(&ends) : socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
    if result != 0 { throw Errno(rawValue: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
  }

  @Test(arguments: Channel.allCases)
  func blockedWriteToAnOpenDescriptorIsInterrupted(_ channel: Channel) throws {
    let (reading, writing) = try Self.ends(of: channel)
    let interruption = try Interruption()
    let writer = BackgroundThread {
      fileError { () throws(FileError) in
        let access = FileAccess(interruption: interruption)
        var output = try OutputFile(
          Descriptor(number: writing.rawValue, calls: LinuxSystemCalls()), .standardOutput, sync: .never, using: access)
        try output.write(bytes: Self.much)
      }
    }
    Self.waitUntilFull(reading)
    interruption.request(.interrupt)
    #expect(writer.join() == .some(.interrupted(.interrupt)))
    try reading.close()
  }

  @Test(arguments: Channel.allCases, [true, false])
  func openDescriptorTakesAllBytes(_ channel: Channel, isInterruptible: Bool) throws {
    let (reading, writing) = try Self.ends(of: channel)
    let interruption = isInterruptible ? try Interruption() : nil
    let text = String(repeating: "0123456789", count: 100_000)
    let writer = BackgroundThread {
      fileError { () throws(FileError) in
        let access = FileAccess(interruption: interruption)
        var output = try OutputFile(
          Descriptor(number: writing.rawValue, calls: LinuxSystemCalls()), .standardOutput, sync: .never, using: access)
        try output.write(text: text)
        try output.commit()
      }
    }
    #expect(reading.text == text)
    #expect(writer.join() == .some(nil))
    #expect(fcntl(reading.rawValue, F_GETFL) & O_NONBLOCK == 0)
    try reading.close()
  }

  @Test func nonBlockingStandardOutputIsWaitedFor() throws {
    let (reading, writing) = try Self.ends(of: .pipe)
    #expect(fcntl(writing.rawValue, F_SETFL, O_NONBLOCK) == 0)
    let text = String(repeating: "0123456789", count: 100_000)
    let writer = BackgroundThread {
      fileError { () throws(FileError) in
        var output = try OutputFile(
          Descriptor(number: writing.rawValue, calls: LinuxSystemCalls()), .standardOutput, sync: .never,
          using: FileAccess())
        try output.write(text: text)
      }
    }
    #expect(reading.text == text)
    #expect(writer.join() == .some(nil))
    try reading.close()
  }

  @Test func readerThatWentAwayIsABrokenPipe() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_IGN)
      let (reading, writing) = try PipeTests.ends(of: .pipe)
      try reading.close()
      #expect(dup2(writing.rawValue, STDOUT_FILENO) == STDOUT_FILENO)
      let error = fileError { () throws(FileError) in
        var output = try OutputFile.standardOutput()
        try output.write(text: "1")
      }
      #expect(error == .brokenPipe(.standardOutput))
      #expect(error?.category == .brokenPipe)
    }
  }

  @Test func requestStopsRegularFiles() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "[1]")
    let interruption = try Interruption()
    let access = FileAccess(interruption: interruption)
    #expect(throws: Never.self) { try interruption.check() }
    var input = try FileReader(path, using: access)
    interruption.request(.hangUp)
    #expect(throws: FileError.interrupted(.hangUp)) { try input.readText() }
    #expect(throws: FileError.interrupted(.hangUp)) { try write("1", to: directory.path("out.json"), using: access) }
    #expect(directory.names == ["in.json"])
  }
}
