/// A shell for which the program prints a completion script.
///
/// The parser's own scripts do not load in zsh, complete values after a space that are accepted only after `=`, and
/// offer a command `help` that does not exist.
enum CompletionShell: String, CaseIterable {
  case bash, zsh, fish

  /// The option that prints a script.
  static let option = "--generate-completion-script"

  /// The shell of ``option``, nil without the option.
  ///
  /// - Throws: ``UsageError`` if it names no known shell.
  init?(requestedBy arguments: [String]) throws(UsageError) {
    let options = arguments.prefix { $0 != "--" }
    guard let index = options.firstIndex(where: { $0 == Self.option || $0.hasPrefix(Self.option + "=") }) else {
      return nil
    }
    let isJoined = options[index] != Self.option
    let name = isJoined ? String(options[index].dropFirst(Self.option.count + 1)) : options.dropFirst(index + 1).first
    guard let name, let shell = Self(rawValue: name) else {
      throw UsageError("\(Self.option) needs the name of a shell; use bash, zsh or fish")
    }
    self = shell
  }

  /// The script to load into the shell.
  ///
  /// - Throws: ``UsageError`` if the parser does not describe its options.
  func script() throws(UsageError) -> String {
    guard let commands = try? CommandDescription.all() else {
      throw UsageError("\(Self.option): the options cannot be listed")
    }
    return switch self {
    case .bash: BashCompletion(commands: commands).script
    case .zsh: ZshCompletion(commands: commands).script
    case .fish: FishCompletion(commands: commands).script
    }
  }
}
