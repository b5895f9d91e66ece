/// The completion script for zsh. It can be sourced, or saved as `_zmin` in a directory of `fpath`.
struct ZshCompletion {
  let commands: [CommandDescription]

  private var subcommands: [CommandDescription] { commands.subcommands }

  var script: String {
    """
    #compdef zmin
    # Completions of zmin for zsh. Save them as _zmin in a directory of $fpath or, after compinit, run:
    # source <(zmin --generate-completion-script zsh)

    _zmin() {
      if ((CURRENT > 2)) && [[ $words[2] == (\(subcommands.map(\.name).joined(separator: "|"))) ]]; then
        shift words
        ((CURRENT--))
        _zmin_$words[1]
        return
      fi
      _arguments -s -S \\
    \(commands.filter(\.name.isEmpty).map { specifications(of: $0) + " \\\n" }.joined())\
        '*:path:_zmin_paths'
    }

    # Subcommands are the first word only.
    _zmin_paths() {
      local -a commands=(
    \(subcommands.map { "    \(Self.quoted("\($0.name):\($0.abstract)"))" }.joined(separator: "\n"))
      )
      local isNothing=1
      if ((CURRENT == 2)); then _describe -t commands command commands && isNothing=0; fi
      _files && isNothing=0
      return isNothing
    }

    \(subcommands.map(function).joined(separator: "\n"))
    if [[ $funcstack[1] == _zmin ]]; then
      _zmin "$@"
    else
      compdef _zmin zmin
    fi

    """
  }

  /// The function that completes a subcommand.
  private func function(of command: CommandDescription) -> String {
    """
    _zmin_\(command.name)() {
      _arguments -s -S \\
    \(specifications(of: command))\(command.takesFiles ? " \\\n    '*:file:_files'" : "")
    }

    """
  }

  private func specifications(of command: CommandDescription) -> String {
    command.options.map { "    " + specification(of: $0) }.joined(separator: " \\\n")
  }

  /// The option in the language of `_arguments`.
  private func specification(of option: CommandDescription.Option) -> String {
    let names = option.names.map { name in
      if option.value == nil { return name }
      // The value comes after the name of a short option or behind it, after `=` or behind a long one.
      return name + (option.isValueOptional ? "=-" : name.hasPrefix("--") ? "=" : "+")
    }
    let text = Self.quoted("[\(Self.escaped(option.text, "[]:"))]" + (option.value.map { value($0, of: option) } ?? ""))
    if option.isRepeatable { return names.map { "'*\($0)'\(text)" }.joined(separator: " ") }
    if names.count == 1 { return names[0] + text }
    return "'(\(option.names.joined(separator: " ")))'{\(names.joined(separator: ","))}\(text)"
  }

  private func value(_ value: CommandDescription.Value, of option: CommandDescription.Option) -> String {
    let colon = option.isValueOptional ? "::" : ":"
    return switch value {
    case .words(let words): "\(colon)value:(\(words.joined(separator: " ")))"
    case .file: "\(colon)file:_files"
    case .directory: "\(colon)directory:_files -/"
    case .text(let name): "\(colon)\(Self.escaped(name, "[]:")): "
    }
  }

  private static func escaped(_ text: String, _ characters: String) -> String {
    text.reduce(into: "") { $0 += characters.contains($1) ? "\\\($1)" : "\($1)" }
  }

  private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
