extension [String] {
  /// The values that options have if theirs is omitted.
  static let omittedValues = ["--verify": "all", "--memory-report": "summary"]

  /// The arguments, with omitted values added after `=`.
  ///
  /// The parser itself would read the next argument as the value: `--verify input.json` would not read `input.json`.
  var withOmittedValues: [String] {
    let end = firstIndex(of: "--") ?? count
    return self[..<end].map { argument in
      Self.omittedValues[argument].map { "\(argument)=\($0)" } ?? argument
    } + self[end...]
  }
}
