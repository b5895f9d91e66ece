import ZminCodec

/// Names of mirrored files. Where the compressed form changes, so does the suffix.
package struct OutputNames: Sendable, Equatable {
  /// Suffix of compressed outputs, empty for plain ones; nil if names are kept.
  private let suffix: [UInt8]?

  /// - Parameter form: Form of all outputs, nil for that of each input.
  package init(_ form: OutputCompression.Form? = nil) {
    suffix =
      switch form {
      case nil, .some(.same): nil
      case .some(.none): []
      case .some(.encoded(let form)): Array(form.suffix.utf8)
      }
  }

  /// Returns the name of the output of an input.
  package func output(of name: [UInt8]) -> [UInt8] {
    guard let suffix else { return name }
    guard let old = Codec.suffix(ofName: name) else { return name + suffix }
    // A name that is a suffix and nothing else has none to lose, and one that fits stays, whatever its case.
    if old.utf8.count == name.count || Array(old.utf8) == suffix { return name }
    return name.dropLast(old.utf8.count) + suffix
  }
}
