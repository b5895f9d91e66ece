import ArgumentParser

/// A parsed command line.
package enum Request {
  case minify(Options)
  case devices(DevicesCommand)
  case bench(BenchCommand)
  case part(PartCommand)
  case join(JoinCommand)
  /// Help, version, a completion script: text for standard output.
  case text(String)

  /// Parses the arguments after the program's name.
  ///
  /// - Throws: ``UsageError``.
  package init(_ arguments: [String]) throws(UsageError) {
    let valuesAfterSpace = arguments.valuesAfterSpace
    let arguments = arguments.withOmittedValues
    // Most calls have only file names. The parser's reflection would cost milliseconds.
    if !arguments.contains(where: { $0.hasPrefix("-") && $0 != "-" }), !Self.namesSubcommand(arguments) {
      var options = Options()
      options.paths = arguments.map(PathArgument.init(argument:))
      self = .minify(options)
      return
    }
    if let shell = try CompletionShell(requestedBy: arguments) {
      self = .text(try shell.script())
      return
    }
    do {
      if Self.namesSubcommand(arguments) {
        // The parser knows the version of the root command only.
        if arguments.contains("--version") {
          self = .text(VersionText.text)
          return
        }
        let rest = Array(arguments.dropFirst())
        self =
          switch arguments.first {
          case BenchCommand.name: .bench(try BenchCommand.parse(rest))
          case PartCommand.name: .part(try PartCommand.parse(rest))
          case JoinCommand.name: .join(try JoinCommand.parse(rest))
          default: .devices(try DevicesCommand.parse(rest))
          }
      } else {
        let minifyArguments = try MinifyCommand.parse(arguments).arguments
        var options = try Options(minifyArguments)
        options.valuesAfterSpace = valuesAfterSpace
        self = minifyArguments.printsShortHelp ? .text(HelpText.short) : .minify(options)
      }
    } catch let error as UsageError {
      throw error
    } catch {
      // Help and other texts come from the whole tree.
      if MinifyCommand.exitCode(for: error) == .success {
        self = .text(Self.text(for: arguments))
      } else {
        throw UsageError(Self.advised(Self.phrase(MinifyCommand.message(for: error)), arguments))
      }
    }
  }

  private static func namesSubcommand(_ arguments: [String]) -> Bool {
    CommandName.command(named: arguments.first) != nil
  }

  /// The call whose help has the options of this command line.
  package static func helpCall(for arguments: [String]) -> String {
    namesSubcommand(arguments) ? "zmin \(arguments[0]) --help" : "zmin --help"
  }

  /// Adds what to type where an unknown option is probably a file or follows a misspelt command.
  private static func advised(_ message: String, _ arguments: [String]) -> String {
    guard message.hasPrefix("unknown option ") else { return message }
    let options = arguments.prefix { $0 != "--" }
    if let name = options.first(where: { $0.hasPrefix("-") && $0.contains(".") && message.contains("'\($0)'") }),
      !name.hasPrefix("--") || !name.contains("=")
    {
      return "unknown option '\(name)'; for a file of that name type ./\(name)"
    }
    if let word = arguments.first, let call = CommandName.call(similarTo: word) {
      let problem = message.split(separator: ";").first.map(String.init) ?? message
      return "\(problem); did you mean '\(call)'?"
    }
    return message
  }

  /// Help or version.
  private static func text(for arguments: [String]) -> String {
    if let help = try? HelpText() {
      if let command = CommandName.command(named: arguments.first) { return help.text(of: command) }
      if arguments.contains("--help") { return help.program }
    }
    do {
      // The version is a command of the parser that throws its text as an error.
      var command = try ZminTree.parseAsRoot(arguments)
      try command.run()
      return ""
    } catch {
      return ZminTree.message(for: error)
    }
  }

  /// Turns a sentence of the parser into a phrase on one line.
  private static func phrase(_ message: String) -> String {
    let line = message.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
      .replacing(". Please provide one of ", with: "; use ").replacing(". Did you mean ", with: "; did you mean ")
    let text = line.hasSuffix(".") ? String(line.dropLast()) : line
    guard let first = text.first, text.dropFirst().first?.isUppercase != true else { return text }
    return first.lowercased() + text.dropFirst()
  }
}
