import ArgumentParser

/// What the command line asks for.
package enum Request {
  case minify(Options)
  case devices(DevicesCommand)
  case bench(BenchCommand)
  /// Help, version, a completion script: text for standard output.
  case text(String)

  /// Parses the arguments after the program's name.
  ///
  /// - Throws: ``UsageError``.
  package init(_ arguments: [String]) throws(UsageError) {
    let arguments = arguments.withOmittedValues
    // Most calls are file names alone: they are not worth the milliseconds that the parser's reflection takes.
    if !arguments.contains(where: { $0.hasPrefix("-") && $0 != "-" }), !Self.namesSubcommand(arguments) {
      var options = Options()
      options.paths = arguments.map(PathArgument.init(argument:))
      self = .minify(options)
      return
    }
    do {
      if Self.namesSubcommand(arguments) {
        // The parser knows it of the root alone.
        if arguments.contains("--version") {
          self = .text(VersionText.text)
          return
        }
        let rest = Array(arguments.dropFirst())
        self =
          arguments.first == BenchCommand.name
          ? .bench(try BenchCommand.parse(rest)) : .devices(try DevicesCommand.parse(rest))
      } else {
        self = .minify(try Options(try MinifyCommand.parse(arguments).arguments))
      }
    } catch let error as UsageError {
      throw error
    } catch {
      // Help and the like come from the whole tree.
      if MinifyCommand.exitCode(for: error) == .success {
        self = .text(Self.text(for: arguments))
      } else {
        throw UsageError(Self.phrase(MinifyCommand.message(for: error)))
      }
    }
  }

  private static func namesSubcommand(_ arguments: [String]) -> Bool {
    arguments.first == DevicesCommand.name || arguments.first == BenchCommand.name
  }

  private static func text(for arguments: [String]) -> String {
    // Asked of the root, the parser would give the root's help.
    if arguments.first == BenchCommand.name { return ZminTree.helpMessage(for: BenchCommand.self) }
    if namesSubcommand(arguments) { return ZminTree.helpMessage(for: DevicesCommand.self) }
    do {
      // Help is a command of the tree that throws its text. The tree by itself would take a subcommand for a path.
      var command =
        try namesSubcommand(arguments)
        ? DevicesCommand.parseAsRoot(Array(arguments.dropFirst())) : ZminTree.parseAsRoot(arguments)
      try command.run()
      return ""
    } catch {
      // There is no subcommand for help here: it would hide a file of that name.
      let parts = ZminTree.message(for: error).split(
        separator: "zmin help <subcommand>", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.joined(separator: "zmin <subcommand> --help")
    }
  }

  /// A parser's sentence as the one-line phrase that follows a colon.
  private static func phrase(_ message: String) -> String {
    let line = message.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    let text = line.hasSuffix(".") ? String(line.dropLast()) : line
    guard let first = text.first, text.dropFirst().first?.isUppercase != true else { return text }
    return first.lowercased() + text.dropFirst()
  }
}
