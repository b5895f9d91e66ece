extension [String] {
  /// The values that options have if theirs is omitted.
  static let omittedValues = ["--verify": "all", "--memory-report": "summary"]

  /// Each option whose value is omitted, with the next argument if that could be its value.
  var valuesAfterSpace: [(option: String, value: String)] {
    let options = prefix { $0 != "--" }
    return zip(options, options.dropFirst()).compactMap { option, word in
      let isValue =
        switch option {
        case "--verify": EngineArguments.Extent(rawValue: word) != nil
        case "--memory-report": ReportArguments.MemoryReportForm(rawValue: word) != nil
        default: false
        }
      return isValue ? (option, word) : nil
    }
  }

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
