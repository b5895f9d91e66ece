import ZminMemory

/// Encoder of one output, piece by piece.
protocol Encoder: AnyObject {
  /// Encodes the next bytes, and gives what is encoded and proved by then.
  ///
  /// - Parameter write: Called with encoded bytes, in order.
  /// - Throws: ``EncodingError``, and what `write` throws.
  func encode(_ plain: UnsafeRawBufferPointer, write: (UnsafeRawBufferPointer) throws -> Void) throws

  /// Encodes what is held back, and the end.
  ///
  /// - Throws: As ``encode(_:write:)``.
  func finish(write: (UnsafeRawBufferPointer) throws -> Void) throws
}

/// Compressed form and level of an output.
package struct Encoding: Sendable, Equatable {
  package enum Form: String, Sendable, CaseIterable {
    case gzip, zstd

    /// Levels of the form's library.
    package var levels: ClosedRange<Int> {
      switch self {
      case .gzip: DeflateStretchEncoder.levels
      case .zstd: 1...22
      }
    }

    package var defaultLevel: Int {
      switch self {
      case .gzip: DeflateStretchEncoder.defaultLevel
      case .zstd: 3
      }
    }
  }

  package let form: Form
  package let level: Int

  /// - Parameter level: One of the form's levels; nil for its default.
  package init(_ form: Form, level: Int? = nil) {
    precondition(level.map(form.levels.contains) != false, "\(form.rawValue) has no such level")
    self.form = form
    self.level = level ?? form.defaultLevel
  }

  /// The encoding that the suffix of a name asks for, at its default level; nil if it asks for none.
  package init?(ofName name: some Collection<UInt8>) {
    if name.suffix(3).elementsEqual(".gz".utf8) {
      self.init(.gzip)
    } else if name.suffix(4).elementsEqual(".zst".utf8) {
      self.init(.zstd)
    } else {
      return nil
    }
  }

  func makeEncoder(ledger: MemoryLedger) throws(OutOfMemory) -> any Encoder {
    switch form {
    case .gzip: try GzipEncoder(level: level, ledger: ledger)
    case .zstd: try ZstdEncoder(level: level, ledger: ledger)
    }
  }
}
