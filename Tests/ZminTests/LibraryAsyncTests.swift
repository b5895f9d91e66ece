import Synchronization
import Testing
import Zmin
import ZminEngine
import ZminTestSupport

/// The asynchronous sequence, and concurrent use.
@Suite struct LibraryAsyncTests {
  /// Chunks with a count of requests, which end with an error if there is one.
  struct Chunks: AsyncSequence, Sendable {
    let chunks: [[UInt8]]
    var error: Broken?
    let requests = Counter()

    struct Broken: Error, Equatable {}

    final class Counter: Sendable {
      let count = Atomic(0)
    }

    struct Iterator: AsyncIteratorProtocol {
      let sequence: Chunks
      var index = 0

      mutating func next() async throws -> [UInt8]? {
        await Task.yield()
        sequence.requests.count.add(1, ordering: .relaxed)
        guard index < sequence.chunks.count else {
          if let error = sequence.error { throw error }
          return nil
        }
        defer { index += 1 }
        return sequence.chunks[index]
      }
    }

    func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }
  }

  private func collected(
    _ sequence: some AsyncSequence<[UInt8], any Error>
  ) async throws -> LibraryOutcome {
    var outcome = LibraryOutcome()
    do {
      for try await chunk in sequence {
        #expect(!chunk.isEmpty)
        outcome.output += chunk
      }
    } catch let error as ZminError {
      outcome.error = error
    }
    return outcome
  }

  @Test("Output and error agree with the oracle for chunks of several sizes", arguments: Format.allCases)
  func agreesWithTheOracle(_ format: Format) async throws {
    let ledger = MemoryLedger()
    for (round, test) in try LibraryCase.random(format, seed: 51, count: 30).enumerated() {
      for byteCount in [1, 3 + round, 10_000] {
        let cut = chunks(of: test.input, byteCount: byteCount)
        let outcome = try await collected(Chunks(chunks: cut).minified(options: test.options, ledger: ledger))
        #expect(
          outcome.withoutPartialOutput == test.expected(pushedIn: cut),
          "\(readable(test.input)) in chunks of \(byteCount)")
      }
    }
    #expect(ledger.snapshot().total.currentBytes == 0)
  }

  @Test("A large chunk is returned window by window")
  func largeChunksComeWindowByWindow() async throws {
    let input = paddedDocument(byteCount: 500_000)
    var chunkCount = 0
    var output: [UInt8] = []
    for try await chunk in Chunks(chunks: [input]).minified() {
      chunkCount += 1
      output += chunk
      #expect(chunk.count <= 64 * 1024)
    }
    #expect(output == Oracle(input, .json).output)
    #expect(chunkCount == 8)
  }

  @Test("Nothing is read ahead")
  func nothingIsReadAhead() async throws {
    let base = Chunks(chunks: Array(repeating: Array("[1, 2]\n".utf8), count: 10))
    var iterator = base.minified(options: MinifierOptions(format: .ndjson)).makeAsyncIterator()
    #expect(base.requests.count.load(ordering: .relaxed) == 0)
    for count in 1...10 {
      #expect(try await iterator.next() == Array("[1,2]\n".utf8))
      #expect(base.requests.count.load(ordering: .relaxed) == count)
    }
    #expect(try await iterator.next() == nil)
    #expect(try await iterator.next() == nil)
    #expect(base.requests.count.load(ordering: .relaxed) == 11)
  }

  @Test("A value of concat is returned before the next chunk is requested")
  func valuesComeBeforeTheNextChunk() async throws {
    let values = ["{\"a\": 1}", "[1, 2]", "\"a b\"", "12 ", "true\n"]
    let base = Chunks(chunks: values.map { Array($0.utf8) })
    var iterator = base.minified(options: MinifierOptions(format: .concat)).makeAsyncIterator()
    for (index, value) in ["{\"a\":1}", "[1,2]", "\"a b\"", "12", "true"].enumerated() {
      #expect(try await iterator.next() == Array("\(value)\n".utf8))
      #expect(base.requests.count.load(ordering: .relaxed) == index + 1)
    }
    #expect(try await iterator.next() == nil)
  }

  @Test("Values before an error are returned before the error is thrown", arguments: [Format.ndjson, .concat])
  func valuesBeforeAnError(_ format: Format) async throws {
    let base = Chunks(chunks: [Array("{\"a\": 1}\n[2, x]\n[3]\n".utf8)])
    var iterator = base.minified(options: MinifierOptions(format: format)).makeAsyncIterator()
    #expect(try await iterator.next() == Array("{\"a\":1}\n".utf8))
    await #expect(throws: ZminError.self) { _ = try await iterator.next() }
    #expect(try await iterator.next() == nil)
    let outcome = try await collected(base.minified(options: MinifierOptions(format: format)))
    #expect(outcome.output == Array("{\"a\":1}\n".utf8))
    #expect(outcome.error?.description == "2:5: value expected, found 'x' (byte 13)")
  }

  @Test("Cancellation loses no value of a chunk already read", arguments: [Format.ndjson, .concat])
  func cancellationLosesNoValue(_ format: Format) async throws {
    let record = "{\"text\":\"\(String(repeating: "x", count: 1000))\"}\n"
    let base = Chunks(chunks: [Array(String(repeating: record, count: 300).utf8), Array(record.utf8)])
    let task = Task {
      var output: [UInt8] = []
      do {
        for try await chunk in base.minified(options: MinifierOptions(format: format)) {
          output += chunk
          withUnsafeCurrentTask { $0?.cancel() }
        }
        Issue.record("a cancelled sequence ended as if it were complete")
      } catch is CancellationError {}
      return output
    }
    #expect(try await task.value == Array(String(repeating: record, count: 300).utf8))
    #expect(base.requests.count.load(ordering: .relaxed) == 1)
  }

  @Test("An error of the base is thrown, and memory is freed at once")
  func errorsOfTheBaseAreThrown() async throws {
    let ledger = MemoryLedger()
    let base = Chunks(chunks: [Array("[1,".utf8)], error: Chunks.Broken())
    var iterator = base.minified(ledger: ledger).makeAsyncIterator()
    #expect(try await iterator.next() == Array("[1,".utf8))
    #expect(ledger.snapshot().total.currentBytes > 0)
    await #expect(throws: Chunks.Broken()) { _ = try await iterator.next() }
    // The iterator still exists.
    #expect(ledger.snapshot().total.currentBytes == 0)
    #expect(try await iterator.next() == nil)
  }

  @Test("The size limit stops reading")
  func sizeLimit() async throws {
    let base = Chunks(chunks: chunks(of: Array("[1, 2, 3]".utf8), byteCount: 2))
    let outcome = try await collected(base.minified(options: MinifierOptions(inputBytesMax: 5)))
    #expect(outcome.error == .inputTooLarge(limit: 5))
    #expect(base.requests.count.load(ordering: .relaxed) == 3)
  }

  @Test("Cancellation throws CancellationError and frees all memory")
  func cancellationThrows() async throws {
    let ledger = MemoryLedger()
    let (input, continuation) = AsyncStream<[UInt8]>.makeStream()
    continuation.yield(Array("[1, ".utf8))
    let (seen, sawOutput) = AsyncStream<Void>.makeStream()
    let task = Task {
      for try await _ in input.minified(ledger: ledger) { sawOutput.yield() }
    }
    for await _ in seen { break }
    #expect(ledger.snapshot().total.currentBytes > 0)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(ledger.snapshot().total.currentBytes == 0)
  }

  @Test("Many tasks share one ledger, and all results agree with the oracle")
  func manyTasksWithOneLedger() async throws {
    let ledger = MemoryLedger()
    let cases = try Format.allCases.flatMap { try LibraryCase.random($0, seed: 61, count: 6) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<64 {
        group.addTask {
          for round in 0..<12 {
            let test = cases[(index + round) % cases.count]
            let (input, options) = (test.input, test.options)
            let cut = chunks(of: input, byteCount: 1 + index)
            let expected = test.expected(pushedIn: cut)
            let streamed = try await self.collected(
              Chunks(chunks: cut).minified(options: options, ledger: ledger))
            #expect(streamed.withoutPartialOutput == expected)
            var stream = try MinifierStream(options, ledger: ledger)
            #expect(pushed(cut, through: &stream).withoutPartialOutput == expected)
            var bytes = input
            let inPlace = Result { () throws(ZminError) in
              try minifyInPlace(&bytes, options: options, ledger: ledger)
              return bytes
            }
            switch inPlace {
            case .success(let output): #expect(output == test.expected.output)
            case .failure(let error): #expect(error == .noRoomInPlace || error == test.expected.error)
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let total = ledger.snapshot().total
    #expect(total.currentBytes == 0 && total.allocations == total.frees)
  }

  @Test("A stream may pass from one task to another")
  func aStreamMayChangeTasks() async throws {
    final class Shared: Sendable {
      let stream: Mutex<MinifierStream>
      let output = Mutex<[UInt8]>([])

      init() throws(ZminError) { stream = Mutex(try MinifierStream()) }

      func push(_ text: String) throws {
        try stream.withLock { stream in
          try stream.push(text.utf8) { bytes in bytes.withUnsafeBytes { chunk in output.withLock { $0 += chunk } } }
        }
      }
    }
    let shared = try Shared()
    for piece in ["[1,", " 2, ", "3 ]"] {
      try await Task.detached { try shared.push(piece) }.value
    }
    try shared.stream.withLock { try $0.finish { _ in } }
    #expect(shared.output.withLock { $0 } == Array("[1,2,3]".utf8))
  }
}
