import ZminEngine

extension AsyncSequence where Element: Collection<UInt8> {
  /// Minifies the chunks of this sequence as one input.
  ///
  /// - Parameters:
  ///   - options: The format, checks and limits.
  ///   - ledger: The ledger for the working memory, held from the first chunk requested to the end of the iteration.
  /// - Returns: A sequence of output chunks.
  /// - Complexity: O(1). An iteration is O(*n*) for *n* bytes. It holds the memory of a ``MinifierStream`` and one
  ///   chunk.
  public func minified(
    options: MinifierOptions = MinifierOptions(), ledger: MemoryLedger = MemoryLedger()
  ) -> AsyncMinifiedSequence<Self> {
    AsyncMinifiedSequence(base: self, options: options, ledger: ledger)
  }
}

/// An asynchronous sequence of minified chunks, returned by `minified(options:ledger:)`.
///
/// ```swift
/// for try await chunk in body.minified() { try await send(chunk) }
/// ```
///
/// The sequence never reads ahead. The iterator requests an input chunk when it is asked for output, and returns all
/// output of that chunk before it requests the next. The work runs on the caller's executor in windows of 64 KiB. It
/// does not block and starts no thread.
///
/// An iteration that ends with nil has read a whole, valid input. Otherwise it throws a ``ZminError`` for invalid
/// input, a `CancellationError` if its task is cancelled, or the error of the base sequence. Output before an error is
/// returned before the error is thrown. A cancelled task still receives the output of the last chunk read from the
/// base. Output chunks are never empty and at most a few windows long.
public struct AsyncMinifiedSequence<Base: AsyncSequence>: AsyncSequence where Base.Element: Collection<UInt8> {
  /// A chunk of output.
  public typealias Element = [UInt8]
  /// ``ZminError``, `CancellationError`, or the error type of the base.
  public typealias Failure = any Error

  let base: Base
  let options: MinifierOptions
  let ledger: MemoryLedger

  /// Returns an iterator over the output, which starts to read the base.
  public func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), options: options, ledger: ledger)
  }

  /// An iterator over the output. Use it from one task only.
  public struct Iterator: AsyncIteratorProtocol {
    private var base: Base.AsyncIterator
    private let options: MinifierOptions
    private let ledger: MemoryLedger
    private var rest: Base.Element.SubSequence?
    private var state = State.waiting

    /// A reference to the stream: iterators can be copied and streams cannot.
    private final class Box {
      var stream: MinifierStream

      init(_ stream: consuming MinifierStream) { self.stream = stream }
    }

    private enum State {
      case waiting
      case running(Box)
      /// The error to throw after the output before it.
      case failed(any Error)
      case over
    }

    init(base: Base.AsyncIterator, options: MinifierOptions, ledger: MemoryLedger) {
      self.base = base
      self.options = options
      self.ledger = ledger
    }

    /// Returns the next chunk of output, nil after the last.
    ///
    /// - Throws: A ``ZminError``, a `CancellationError`, or the error of the base sequence. Later calls return nil.
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

    /// Minifies one window of the current chunk or, if none is left, requests the next chunk.
    ///
    /// - Returns: The output, nil if the step produced none.
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
      // Cancellation is checked here only, where no chunk read from the base can be lost.
      try Task.checkCancellation()
      if let chunk = try await base.next(isolation: actor) {
        rest = chunk[...]
        return nil
      }
      // Some sequences end when their task is cancelled. That is not the end of the input.
      try Task.checkCancellation()
      try box.stream.finish { output.append($0) }
      end()
      return output.isEmpty ? nil : output
    }

    /// Ends the iteration and frees its memory.
    private mutating func end() {
      state = .over
      rest = nil
    }
  }
}

extension AsyncMinifiedSequence: Sendable where Base: Sendable {}

@available(*, unavailable)
extension AsyncMinifiedSequence.Iterator: Sendable {}
