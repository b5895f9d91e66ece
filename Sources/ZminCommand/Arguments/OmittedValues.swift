extension [String] {
  /// The values that options have if theirs is omitted.
  static let omittedValues = ["--verify": "all", "--memory-report": "summary"]

  /// The arguments with the values that were left out, so that a value is taken only after `=`.
  ///
  /// The parser's own way would take the next argument for the value: `--verify input.json` would not read `input.json`.
  var withOmittedValues: [String] {
    let end = firstIndex(of: "--") ?? count
    return self[..<end].map { argument in
      Self.omittedValues[argument].map { "\(argument)=\($0)" } ?? argument
    } + self[end...]
  }
}
