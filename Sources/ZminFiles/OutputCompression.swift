import SystemPackage
package import ZminCodec
import ZminIO

/// Compressed form that outputs are to have.
package struct OutputCompression: Sendable, Equatable {
  package enum Form: Sendable, Equatable {
    case none
    /// The form of the input.
    case same
    case encoded(Encoding.Form)
  }

  /// Nil to decide by the destination.
  package var form: Form?
  /// Nil for the default of the form.
  package var level: Int?
  /// Nil for the layout of the input or, where the form is another, a single member or frame.
  package var layout: Encoding.Layout?

  package init(form: Form? = nil, level: Int? = nil, layout: Encoding.Layout? = nil) {
    self.form = form
    self.level = level
    self.layout = layout
  }

  /// Returns the encoding of an output, nil for plain bytes.
  ///
  /// - Parameters:
  ///   - input: Form of the input, nil if it is plain.
  ///   - inputLayout: Layout of a compressed input.
  /// - Throws: ``CompressionRefusal``.
  func encoding(
    of input: Codec?, to destination: FileDestination, inputLayout: (Codec) throws -> Encoding.Layout
  ) throws -> Encoding? {
    switch form ?? Self.usualForm(of: destination) {
    case .none: return nil
    case .encoded(let form): return try encoding(form, Self.usualLayout(of: destination, form))
    case .same:
      guard let input else { return nil }
      guard let form = Encoding.Form(rawValue: input.rawValue) else { throw CompressionRefusal.readOnly(input) }
      return try encoding(form, layout ?? inputLayout(input))
    }
  }

  /// Returns an encoding with this level and layout.
  ///
  /// - Parameter usualLayout: Layout without a choice.
  /// - Throws: ``CompressionRefusal`` if the form has no such level or layout.
  package func encoding(
    _ form: Encoding.Form, _ usualLayout: Encoding.Layout = .single
  ) throws(CompressionRefusal) -> Encoding {
    if let level, !form.levels.contains(level) { throw .level(level, form) }
    let layout = layout ?? usualLayout
    if !form.layouts.contains(layout) { throw .layout(layout, form) }
    return Encoding(form, level: level, layout: layout)
  }

  /// The layout that a destination has where nothing else is asked for: readers of `.bgz` expect BGZF.
  private static func usualLayout(of destination: FileDestination, _ form: Encoding.Form) -> Encoding.Layout {
    guard case .file(let path) = destination, let named = Encoding(ofName: path.bytes), named.form == form else {
      return .single
    }
    return named.layout
  }

  /// The form that a destination has where nothing else is asked for.
  package static func usualForm(of destination: FileDestination) -> Form {
    switch destination {
    case .nowhere, .standardOutput: .none
    case .file(let path): Encoding(ofName: path.bytes).map { .encoded($0.form) } ?? .none
    case .entry, .inPlace: .same
    case .rehearsal(let destination): usualForm(of: destination)
    }
  }
}

/// Reason why an output cannot have the compressed form asked for.
package enum CompressionRefusal: Error, Sendable, Equatable {
  /// Inputs of this form can be read only.
  case readOnly(Codec)
  case level(Int, Encoding.Form)
  case layout(Encoding.Layout, Encoding.Form)
}

/// A compressed output would be larger than its input.
package struct LargerOutput: Error, Sendable, Equatable {
  package let storedInputBytes: Int64
}

/// The disk returns other bytes than were written.
package struct StoredDifference: Error, Sendable, Equatable {}

extension FileReader {
  /// The layout of a compressed input. What only the end of an input tells is not known of a pipe.
  ///
  /// - Throws: As ``FileReader/read(into:)``.
  mutating func layout(of codec: Codec) throws(FileError) -> Encoding.Layout {
    guard isSeekable else {
      let head = try peek(Encoding.Layout.headBytes) { head, isWhole in isWhole ? Array(head) : nil }
      return .recognize(codec, head: head ?? [], tail: [])
    }
    let head = try bytes(at: 0, Encoding.Layout.headBytes)
    let tailBytes = Encoding.Layout.tailBytes
    let tail = try bytes(at: max(0, file.status.size - Int64(tailBytes)), tailBytes)
    return .recognize(codec, head: head, tail: tail)
  }
}
