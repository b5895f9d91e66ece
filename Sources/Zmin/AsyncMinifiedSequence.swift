import ZminEngine

extension AsyncSequence where Element: Collection<UInt8> {
  /// The chunks of this sequence minified: one input, cut anywhere.
  ///
  /// - Parameters:
  ///   - options: What to do with the input.
  ///   - ledger: The book that the memory is entered in, from the first chunk asked for to the end of the sequence.
  /// - Complexity: O(1). An iteration is O(*n*) for *n* bytes and holds the memory of a ``MinifierStream`` and one chunk.
  public func minified(
    options: MinifierOptions = MinifierOptions(), ledger: MemoryLedger = MemoryLedger()
  ) -> AsyncMinifiedSequence<Self> {
    AsyncMinifiedSequence(base: self, options: options, ledger: ledger)
  }
}

/// The minified chunks of an asynchronous sequence of chunks, made by `minified(options:ledger:)`.
///
/// Nothing is read ahead: a chunk is asked for when output is, and all that it completes is given before the next one is
/// asked for. Work is done on the caller's executor, a window of 64 KiB at a time; nothing blocks and no thread is made.
///
/// An iteration ends with nil if the whole input was valid, else it throws: a ``ZminError``, a `CancellationError`, so
/// that what was cut short cannot pass for a whole, or what the base throws. Output that comes before an error is given
/// before the error is thrown. A task that is cancelled still gets the output of the chunk that was taken last, since
/// nobody could give that again. Chunks of the output are never empty and at most a few windows long.
public struct AsyncMinifiedSequence<Base: AsyncSequence>: AsyncSequence where Base.Element: Collection<UInt8> {
  /// The next bytes of the output.
  public typealias Element = [UInt8]
  /// ``ZminError``, `CancellationError`, or what the base throws.
  public typealias Failure = any Error

  let base: Base
  let options: MinifierOptions
  let ledger: MemoryLedger

  /// Begins to read the base.
  public func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), options: options, ledger: ledger)
  }

  /// Gives one chunk after another. It belongs to one task.
  public struct Iterator: AsyncIteratorProtocol {
    private var base: Base.AsyncIterator
    private let options: MinifierOptions
    private let ledger: MemoryLedger
    private var rest: Base.Element.SubSequence?
    private var state = State.waiting

    /// An iterator can be copied and a stream cannot, so that the iterator refers to it.
    private final class Box {
      var stream: MinifierStream

      init(_ stream: consuming MinifierStream) { self.stream = stream }
    }

    private enum State {
      case waiting
      case running(Box)
      /// To be thrown once the output before it is given.
      case failed(any Error)
      case over
    }

    init(base: Base.AsyncIterator, options: MinifierOptions, ledger: MemoryLedger) {
      self.base = base
      self.options = options
      self.ledger = ledger
    }

    /// The next bytes of the output, nil after the last.
    ///
    /// - Throws: As the sequence says. Afterwards there is nil.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
      do {
        while true {
          let box: Box
          switch state {
          case .over: return nil
          case .failed(let error): throw error
          case .running(let running): box = running
          case .waiting:
            box = Box(try MinifierStream(options, ledger: ledger))
            state = .running(box)
          }
          if let output = try await step(box, isolation: actor) { return output }
        }
      } catch {
        end()
        throw error
      }
    }

    /// Takes a window of what is there, or asks for more.
    ///
    /// - Returns: Output, if any came of it.
    private mutating func step(_ box: Box, isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
      var output: [UInt8] = []
      if let rest, !rest.isEmpty {
        self.rest = rest.dropFirst(MinifierStream.windowBytes)
        do {
          try box.stream.push(rest.prefix(MinifierStream.windowBytes)) { output.append($0) }
        } catch {
          if output.isEmpty { throw error }
          end()
          state = .failed(error)
        }
        return output.isEmpty ? nil : output
      }
      // Only here, where nothing that was taken from the base would be lost.
      try Task.checkCancellation()
      if let chunk = try await base.next(isolation: actor) {
        rest = chunk[...]
        return nil
      }
      // Some sequences end when their task is cancelled, as if the input had.
      try Task.checkCancellation()
      try box.stream.finish { output.append($0) }
      end()
      return output.isEmpty ? nil : output
    }

    /// Gives the memory back.
    private mutating func end() {
      state = .over
      rest = nil
    }
  }
}

extension AsyncMinifiedSequence: Sendable where Base: Sendable {}

@available(*, unavailable)
extension AsyncMinifiedSequence.Iterator: Sendable {}
