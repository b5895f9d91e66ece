/// The completion script for bash. It needs bash 4 and no other scripts.
struct BashCompletion {
  let commands: [CommandDescription]

  private var subcommands: [CommandDescription] { commands.subcommands }

  var script: String {
    """
    # Completions of zmin for bash: source <(zmin --generate-completion-script bash)

    _zmin() {
      local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}
      local command= start= isJoined= values= index
      COMPREPLY=()
      # Readline splits words at "=", unless COMP_WORDBREAKS lacks it.
      if [[ $current == "=" && $COMP_CWORD -gt 1 ]]; then
        current= isJoined=1
      elif [[ $option == "=" && $COMP_CWORD -gt 2 ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]} isJoined=1
      elif [[ $current == --*=* ]]; then
        option=${current%%=*} start=${current%%=*}= current=${current#*=} isJoined=1
      fi
      if ((COMP_CWORD > 1)); then
        case ${COMP_WORDS[1]} in
          \(subcommands.map(\.name).joined(separator: " | "))) command=${COMP_WORDS[1]} ;;
        esac
      fi
      for ((index = 1; index < COMP_CWORD; index++)); do
        if [[ ${COMP_WORDS[index]} == "--" ]]; then
          compopt -o default
          return
        fi
      done
      case $command:$option in
    \(commands.flatMap(valueCases).joined(separator: "\n"))
      esac
      if [[ $values ]]; then
        mapfile -t COMPREPLY < <(compgen -P "$start" -W "$values" -- "$current")
      elif [[ $isJoined ]]; then
        return
      elif [[ $current == -* ]]; then
        case $command in
    \(commands.map(optionCase).joined(separator: "\n"))
        esac
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
        if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
      else
        if ((COMP_CWORD == 1)); then
          mapfile -t COMPREPLY < <(compgen -W "\(subcommands.map(\.name).joined(separator: " "))" -- "$current")
        fi
        if ((${#COMPREPLY[@]})); then
          # Readline adds files by itself only where nothing else fits.
          mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$current")
          compopt -o filenames
        elif [[ $command != \(withoutFiles) ]]; then
          compopt -o default
        fi
      fi
    }

    complete -F _zmin zmin

    """
  }

  /// A pattern for the subcommands that take no files.
  private var withoutFiles: String {
    "@(\(subcommands.filter { !$0.takesFiles }.map(\.name).joined(separator: "|")))"
  }

  /// The branches that complete the value of an option, by the kind of the value.
  private func valueCases(of command: CommandDescription) -> [String] {
    var files: [String] = []
    var directories: [String] = []
    var texts: [String] = []
    var branches: [String] = []
    for option in command.options {
      let patterns = option.names.map { "\(command.name):\($0)" }
      switch option.value {
      case nil: continue
      case .file: files += patterns
      case .directory: directories += patterns
      case .text: texts += patterns
      case .words(let words):
        let values = "values=\"\(words.joined(separator: " "))\""
        branches.append(
          branch(patterns, option.isValueOptional ? "if [[ $isJoined ]]; then \(values); fi" : values))
      }
    }
    if !files.isEmpty { branches.append(branch(files, "compopt -o default; return")) }
    if !directories.isEmpty { branches.append(branch(directories, "compopt -o dirnames; return")) }
    if !texts.isEmpty { branches.append(branch(texts, "return")) }
    return branches
  }

  /// The branch with the options of a command.
  private func optionCase(of command: CommandDescription) -> String {
    let names = command.options.flatMap { option in
      option.names + (option.isValueOptional ? [option.names[option.names.count - 1] + "="] : [])
    }
    return "      \(command.name.isEmpty ? "\"\"" : command.name)) values=\"\(names.joined(separator: " "))\" ;;"
  }

  private func branch(_ patterns: [String], _ action: String) -> String {
    "    \(patterns.joined(separator: " | "))) \(action) ;;"
  }
}
