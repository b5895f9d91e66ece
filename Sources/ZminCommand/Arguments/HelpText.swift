import ArgumentParser
import ZminReport

/// The text of `--help`: a line for each option that the parser knows.
///
/// The parser's own text has all details, which the manual page has instead.
struct HelpText {
  /// Texts begin after so many columns, so that a line fits a terminal of 80.
  private static let labelWidth = 29

  private let root: JSONValue

  /// - Throws: `JSONSyntaxError` if the parser describes its commands in another way than JSON.
  init() throws { root = try Self.parserDump() }

  /// The parser's description of all commands and options.
  ///
  /// - Throws: `JSONSyntaxError` if it is not JSON.
  static func parserDump() throws -> JSONValue {
    do {
      var command = try ZminTree.parseAsRoot(["--experimental-dump-help"])
      try command.run()
      return .null
    } catch {
      return try JSONValue(reading: ZminTree.message(for: error))["command"] ?? .null
    }
  }

  /// The lines of options that the parser describes in other words or not at all.
  static let ownTexts = [
    "--help": "Print this help", "--version": "Print the version, kernels and Vulkan headers",
    CompletionShell.option: "Print completions for bash, zsh or fish",
  ]

  private static func ownLine(_ label: String, _ option: String) -> String { line(label, ownTexts[option] ?? "") }

  /// The help of `zmin` itself.
  var program: String {
    """
    \(Self.head(ZminTree.configuration))
    \(sections(of: root).joined(separator: "\n"))
    General:
    \(Self.line("  -h", "Print short help"))\
    \(Self.ownLine("      --help", "--help"))\
    \(Self.ownLine("      --version", "--version"))\
    \(Self.ownLine("      \(CompletionShell.option) SHELL", CompletionShell.option))
    Commands (zmin COMMAND --help prints their options):
    \(commands.map { Self.line("  \($0["commandName"]?.string ?? "")", $0["abstract"]?.string ?? "") }.joined())
    Exit status: 0 success, 1 invalid or not minified, 2 usage, 3 file, memory or
    disk, 4 engine not available, 5 difference found, 129, 130, 143 signals.
    'man zmin' has details and examples.

    """
  }

  /// The help of a subcommand.
  func text(of command: any ParsableCommand.Type) -> String {
    let name = command.configuration.commandName
    return """
      \(Self.head(command.configuration))
      \(commands.filter { $0["commandName"]?.string == name }.flatMap(sections).joined(separator: "\n"))\
      \(Self.ownLine("  -h, --help", "--help"))\
      \(Self.ownLine("      --version", "--version"))
      'man zmin' has details and examples.

      """
  }

  private var commands: [JSONValue] { Self.subcommands(in: root) }

  /// The subcommands in a description by the parser, without the parser's own.
  static func subcommands(in root: JSONValue) -> [JSONValue] {
    (root["subcommands"]?.elements ?? []).filter { $0["commandName"]?.string != "help" }
  }

  private static func head(_ configuration: CommandConfiguration) -> String {
    let lines = (configuration.usage ?? "").split(separator: "\n")
    let usage = lines.enumerated().map { $0 == 0 ? "usage: \($1)\n" : "       \($1)\n" }
    return usage.joined() + configuration.abstract + ".\n"
  }

  /// Groups of options with their titles, in the order of their declaration.
  private func sections(of command: JSONValue) -> [String] {
    let arguments = (command["arguments"]?.elements ?? []).filter(Self.isShown)
    var sections: [(title: String, lines: String)] = []
    var opposite: JSONValue?
    for (index, argument) in arguments.enumerated() {
      let title = argument["sectionTitle"]?.string ?? "Options"
      if sections.last?.title != title { sections.append((title, "")) }
      // A flag and its opposite share a line.
      let next = arguments.dropFirst(index + 1).first
      if next?["valueName"]?.string == "no-" + (argument["valueName"]?.string ?? "-"),
        next?["abstract"] == argument["abstract"]
      {
        opposite = argument
        continue
      }
      let label = opposite.take().map { "\(Self.label(of: $0)), --\(argument["valueName"]?.string ?? "")" }
      sections[sections.count - 1].lines += Self.line(
        label ?? Self.label(of: argument), argument["abstract"]?.string ?? "")
    }
    return sections.map { "\($0.title):\n\($0.lines)" }
  }

  /// False for hidden options and those that every command has.
  private static func isShown(_ argument: JSONValue) -> Bool {
    argument["shouldDisplay"]?.bool == true && !["version", "help"].contains(argument["valueName"]?.string)
  }

  private static func label(of argument: JSONValue) -> String {
    let value = argument["valueName"]?.string?.uppercased() ?? ""
    if argument["kind"]?.string == "positional" { return "  \(value) ..." }
    let names = argument["names"]?.elements ?? []
    func name(_ kind: String) -> String? { names.first { $0["kind"]?.string == kind }?["name"]?.string }
    let long = "--" + (name("long") ?? "")
    let label = "  " + (name("short").map { "-\($0), " } ?? "    ") + long
    if argument["kind"]?.string == "flag" { return label }
    return [String].omittedValues[long] == nil ? "\(label) \(value)" : "\(label)[=\(value)]"
  }

  private static func line(_ label: String, _ text: String) -> String {
    let isWide = label.count + 2 > labelWidth
    let padding = String(repeating: " ", count: isWide ? labelWidth : labelWidth - label.count)
    return isWide ? "\(label)\n\(padding)\(text)\n" : "\(label)\(padding)\(text)\n"
  }

  /// The text of `-h`, which a call without arguments on a terminal prints too.
  static let short = """
    usage: zmin [OPTIONS] [PATH ...]
    \(ZminTree.configuration.abstract).

      zmin in.json > out.json           write to standard output
      zmin in.json -o out.json          write a file, complete or not at all
      zmin -i *.json                    replace files in place
      zmin -t *.json                    check that files are valid, write nothing
      zmin --check *.json               fail if a file is not minified (for CI)
      zmin in.json.gz -o out.json.zst   read and write compressed files
      zmin -r in --output-dir out       minify a directory tree into another
      zmin -i --bad-lines bad *.jsonl   move invalid lines to the file bad
      curl … | zmin                     read a pipe

    Commands: 'zmin bench' measures this machine, 'zmin devices' lists its devices.
    'zmin --help' lists all options, 'man zmin' has details and examples.

    """
}
