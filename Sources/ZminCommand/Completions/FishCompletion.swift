/// The completion script for fish.
struct FishCompletion {
  let commands: [CommandDescription]

  private var subcommands: [CommandDescription] { commands.subcommands }

  var script: String {
    """
    # Completions of zmin for fish: zmin --generate-completion-script fish | source

    # Succeeds if the subcommand, which is the first word only, is this one.
    function __zmin_command -a name
        set -l words (commandline -opc)
        contains -- "$words[2]" \(subcommands.map(\.name).joined(separator: " ")); or set words zmin ''
        test "$words[2]" = "$name"
    end

    complete -c zmin -e
    \(subcommands.map(start).joined(separator: "\n"))
    \(commands.flatMap { command in command.options.map { line($0, of: command) } }.joined(separator: "\n"))
    \(subcommands.filter { !$0.takesFiles }.map { "complete -c zmin -n '__zmin_command \($0.name)' -f" }
      .joined(separator: "\n"))

    """
  }

  private func start(_ command: CommandDescription) -> String {
    "complete -c zmin -n 'test (count (commandline -opc)) -eq 1' -a \(command.name) -d \(Self.quoted(command.abstract))"
  }

  /// The line for an option.
  private func line(_ option: CommandDescription.Option, of command: CommandDescription) -> String {
    let names = option.names.map { name in
      name.hasPrefix("--") ? "-l \(name.dropFirst(2))" : "-s \(name.dropFirst())"
    }
    let value =
      switch option.value {
      case nil: ""
      case .words(let words): "\(option.isValueOptional ? " -f" : " -x") -a '\(words.joined(separator: " "))'"
      case .file: " -r -F"
      case .directory: " -x -a '(__fish_complete_directories (commandline -ct))'"
      case .text: " -x"
      }
    return """
      complete -c zmin -n '__zmin_command "\(command.name)"' \(names.joined(separator: " "))\(value) \
      -d \(Self.quoted(option.text))
      """
  }

  private static func quoted(_ text: String) -> String {
    "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
  }
}
