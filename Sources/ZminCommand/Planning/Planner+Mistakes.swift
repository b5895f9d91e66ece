import SystemPackage
import ZminFiles
import ZminIO

/// Paths that are probably something else. Each is an error only if no file has that name.
extension Planner {
  /// - Throws: ``PlanError`` that says what to type.
  func checkForMistakes() throws(PlanError) {
    for (option, value) in options.valuesAfterSpace where isMissing(PathArgument(argument: value)) {
      throw .usage("\(option) takes a value only after =; type \(option)=\(value)")
    }
    if let word = options.paths.first, let call = CommandName.call(similarTo: word.path.string), isMissing(word) {
      throw .usage("there is no file '\(word.path)'; did you mean '\(call)'?")
    }
    for (option, patterns) in [("--include", options.bulk.include), ("--exclude", options.bulk.exclude)] {
      for pattern in patterns {
        if let flaw = GlobPattern.flaw(of: RawArgument.bytes(of: pattern)) {
          throw .usage("\(option) '\(pattern)': \(flaw)")
        }
      }
    }
  }

  /// The error about several inputs for one output.
  func tooManyInputs(_ count: Int) -> PlanError {
    let advice = "use --output-dir, --in-place or --format ndjson or concat"
    guard count == 2, options.output == nil, let last = options.paths.last, isMissing(last),
      options.paths.first.map(isMissing) == false
    else { return .usage("\(count) inputs cannot go to one output; \(advice)") }
    return .usage("2 inputs cannot go to one output; to write \(FileName.path(last.path)), type -o before it")
  }

  private func isMissing(_ argument: PathArgument) -> Bool {
    !argument.isStandardStream && !argument.path.isEmpty && environment.facts(about: argument.path) == nil
  }
}
