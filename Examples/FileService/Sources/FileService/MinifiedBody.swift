import FlyingFox
import FlyingSocks
import Synchronization
import Zmin

/// A minified request as the body of a response: read once, as it is sent.
struct MinifiedBody: AsyncBufferedSequence {
  typealias Element = UInt8

  /// Bytes of the output, a few at a time.
  struct Iterator: AsyncBufferedIteratorProtocol {
    private var minified: AsyncMinifiedSequence<HTTPBodySequence>.Iterator?
    private var waiting: ArraySlice<UInt8> = []

    /// Begins, and waits for the first chunk.
    init(_ sequence: AsyncMinifiedSequence<HTTPBodySequence>) async throws {
      var minified = sequence.makeAsyncIterator()
      waiting = try await minified.next()?[...] ?? []
      self.minified = minified
    }

    /// Nothing.
    init() {}

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      if waiting.isEmpty {
        guard let chunk = try await minified?.next() else { return nil }
        waiting = chunk[...]
      }
      defer { waiting = waiting.dropFirst(count) }
      return waiting.prefix(count)
    }

    mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }
  }

  /// The iterator, until it is asked for.
  private final class Source: Sendable {
    let iterator: Mutex<Iterator?>

    init(_ iterator: sending Iterator) { self.iterator = Mutex(iterator) }
  }

  private let source: Source

  /// - Throws: The error of the input, if it is in the first chunk.
  init(_ sequence: AsyncMinifiedSequence<HTTPBodySequence>) async throws {
    source = Source(try await Iterator(sequence))
  }

  func makeAsyncIterator() -> Iterator {
    source.iterator.withLock { iterator in
      defer { iterator = nil }
      return iterator
    } ?? Iterator()
  }
}
