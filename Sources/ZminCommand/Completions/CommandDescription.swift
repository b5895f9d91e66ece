import ArgumentParser
import ZminReport

/// A command as completion scripts need it: `zmin` itself or a subcommand.
struct CommandDescription {
  /// An option or flag.
  struct Option {
    /// The short and the long name with their dashes, the short one first.
    let names: [String]
    let text: String
    /// Nil for a flag.
    let value: Value?
    /// True if the value may be left out, and is accepted only after `=`.
    let isValueOptional: Bool
    let isRepeatable: Bool
  }

  /// The kind of an option's value.
  enum Value {
    case words([String])
    case file
    case directory
    /// A number, a size or another text that cannot be completed.
    case text(name: String)
  }

  /// Empty for `zmin` itself.
  let name: String
  let abstract: String
  let takesFiles: Bool
  let options: [Option]

  /// The program, then its subcommands.
  ///
  /// - Throws: `JSONSyntaxError` if the parser describes its commands in another way than JSON.
  static func all() throws -> [CommandDescription] {
    let root = try HelpText.parserDump()
    let program = CommandDescription(root, name: "", extra: [completionOption])
    return [program]
      + HelpText.subcommands(in: root).compactMap { command in
        command["commandName"]?.string.map { CommandDescription(command, name: $0) }
      }
  }

  /// The parser's own option, which its description leaves out.
  private static let completionOption = Option(
    names: [CompletionShell.option], text: HelpText.ownTexts[CompletionShell.option] ?? "",
    value: .words(CompletionShell.allCases.map(\.rawValue)), isValueOptional: false, isRepeatable: false)

  private init(_ command: JSONValue, name: String, extra: [Option] = []) {
    let arguments = command["arguments"]?.elements ?? []
    self.name = name
    abstract = command["abstract"]?.string ?? ""
    takesFiles = arguments.contains { $0["kind"]?.string == "positional" }
    options = arguments.compactMap(Option.init) + extra
  }
}

extension [CommandDescription] {
  /// All but the program itself.
  var subcommands: [CommandDescription] { filter { !$0.name.isEmpty } }
}

extension CommandDescription.Option {
  /// Nil for an argument that is no option, and for a hidden option.
  fileprivate init?(_ argument: JSONValue) {
    guard argument["shouldDisplay"]?.bool == true, argument["kind"]?.string != "positional" else { return nil }
    func names(_ kind: String, _ dashes: String) -> [String] {
      (argument["names"]?.elements ?? []).filter { $0["kind"]?.string == kind }
        .compactMap { $0["name"]?.string.map { dashes + $0 } }
    }
    self.names = names("short", "-") + names("long", "--")
    text = HelpText.ownTexts[self.names.last ?? ""] ?? argument["abstract"]?.string ?? ""
    value = argument["kind"]?.string == "flag" ? nil : CommandDescription.Value(argument)
    isValueOptional = self.names.contains { [String].omittedValues[$0] != nil }
    isRepeatable = argument["isRepeating"]?.bool == true
  }
}

extension CommandDescription.Value {
  fileprivate init(_ argument: JSONValue) {
    let kind = argument["completionKind"]
    if let words = kind?["list"]?["values"]?.elements {
      self = .words(words.compactMap(\.string))
    } else if kind?["directory"] != nil {
      self = .directory
    } else if kind?["file"] != nil {
      self = .file
    } else {
      self = .text(name: argument["valueName"]?.string ?? "value")
    }
  }
}
