import Foundation
import Testing
import ZminCPU
import ZminCommand

@Suite("Help, version, devices, manual page")
struct HelpTests {
  private static let options = [
    "--output", "--in-place", "--test", "--check", "--dry-run", "--format", "--validate", "--no-validate",
    "--max-depth", "--mode", "--kernel", "--bad-lines", "--max-bad-lines", "--min-saving", "--follow-symlinks",
    "--force", "--preserve", "--sync", "--no-sync", "--stats", "--quiet", "--verbose", "--version", "--help",
    "--hidden", "--final-newline", "--progress",
    "--jobs", "--memory-budget", "--verify", "--device", "--device-memory", "--self-test", "--recursive",
    "--include",
    "--exclude",
    "--files-from", "--null", "--output-dir", "--journal", "--shard", "--shard-plan", "--log", "--log-file",
    "--metrics-file",
  ]

  @Test("--help names every option and fits two screens of 80 columns", arguments: [["--help"], ["-t", "--help"]])
  func help(_ arguments: [String]) throws {
    let run = try ZminProgram.run(arguments)
    #expect(run.ending == .exit(0))
    #expect(run.errors.isEmpty)
    for option in Self.options where option != "--self-test" { #expect(run.output.contains(option), "\(option)") }
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 100)
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test("-h fits one screen of 80 columns and leads to --help", arguments: [["-h"], ["-rh"], ["-t", "-h", "a.json"]])
  func shortHelp(_ arguments: [String]) throws {
    let run = try ZminProgram.run(arguments)
    #expect(run.ending == .exit(0))
    #expect(run.errors.isEmpty)
    #expect(run.output.hasPrefix("usage: zmin [OPTIONS] [PATH ...]\n"))
    #expect(run.output.contains("'zmin --help'") && run.output.contains("'man zmin'"))
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 24)
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test("A subcommand has help of its own", arguments: ["bench", "devices", "part", "join"], ["--help", "-h"])
  func subcommandHelp(_ command: String, _ option: String) throws {
    let run = try ZminProgram.run([command, option])
    #expect(run.ending == .exit(0))
    #expect(run.output.hasPrefix("usage: zmin \(command) "))
    #expect(run.output.contains("  -h, --help") && !run.output.contains("--in-place"))
    for line in run.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  /// An option or path argument as the parser describes it.
  private struct Argument {
    let names: [String]
    let abstract: String
    let discussion: String
  }

  /// All arguments of the program and its subcommands that users may see.
  private func arguments() throws -> [Argument] {
    let dump = try JSONSerialization.jsonObject(
      with: Data(ZminProgram.run(["--experimental-dump-help"]).output.utf8))
    let root = try #require((dump as? [String: Any])?["command"] as? [String: Any])
    let commands = try [root] + #require(root["subcommands"] as? [[String: Any]])
    return try commands.filter { $0["commandName"] as? String != "help" }.flatMap { command in
      try #require(command["arguments"] as? [[String: Any]])
    }
    .filter { $0["shouldDisplay"] as? Bool == true && !["help", "version"].contains($0["valueName"] as? String) }
    .map { argument in
      let names = (argument["names"] as? [[String: String]] ?? []).filter { $0["kind"] == "long" }
      return Argument(
        names: names.compactMap { $0["name"] }, abstract: argument["abstract"] as? String ?? "",
        discussion: argument["discussion"] as? String ?? "")
    }
  }

  @Test("Every option has one line of at most 60 characters that begins with a verb")
  func abstracts() throws {
    for argument in try arguments() {
      #expect(!argument.abstract.isEmpty && argument.abstract.count <= 60, "\(argument.names)")
      #expect(argument.abstract.first?.isUppercase == true && !argument.abstract.hasSuffix("."), "\(argument.abstract)")
      let verb = argument.abstract.prefix { $0 != " " }
      #expect(!verb.hasSuffix("s") || verb == "Process" || verb == "Compress", "\(argument.abstract)")
      #expect(!["The", "A", "How", "What", "Whether", "From", "Where"].contains(String(verb)), "\(argument.abstract)")
    }
  }

  @Test("The manual page has the name, the line and the details of every option: run scripts/manual")
  func manual() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../../Documentation/man/zmin.1")
    let source = try String(contentsOf: path, encoding: .utf8)
    let page = source.replacing(/\\f[BR]|\\&/, with: "").replacing("\\-", with: "-").replacing("\n", with: " ")
    for argument in try arguments() {
      let texts = argument.names.map { "Fl -\($0) " } + [argument.abstract + ".", argument.discussion]
      for text in texts where !text.isEmpty {
        let isThere = page.contains(text)
        #expect(isThere, "\(text)")
      }
    }
    for section in ["SYNOPSIS", "OPTIONS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"] {
      #expect(source.contains("\n.Sh \(section)\n"), "\(section)")
    }
  }

  @Test("--version names version, kernels and Vulkan headers")
  func version() throws {
    let run = try ZminProgram.run(["--version"])
    #expect(try ZminProgram.run(["devices", "--version"]).output == run.output)
    #expect(run.ending == .exit(0))
    #expect(run.output.hasPrefix("zmin \(VersionText.number)"))
    for kernel in Kernel.all { #expect(run.output.contains(kernel.name)) }
    #expect(run.output.contains(/Vulkan headers: 1\.\d+\.\d+\n$/))
  }

  @Test("--version prints the version of the first dated section of the changelog")
  func changelog() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../CHANGELOG.md")
    let text = try String(contentsOf: path, encoding: .utf8)
    let heading = try #require(text.firstMatch(of: /\n## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d\n/))
    #expect(String(heading.output.1) == VersionText.number)
  }

  @Test("devices lists every kernel and proves it")
  func devices() throws {
    let run = try ZminProgram.run(["devices", "--self-test"])
    #expect(run.ending == .exit(0))
    for kernel in Kernel.all { #expect(run.output.contains("  \(kernel.name) ")) }
    for kernel in Kernel.available { #expect(run.output.contains("\(kernel.name): agrees with the reference\n")) }
    #expect(run.output.contains("Vulkan devices:\n  "))
    let disagreement = run.output.split(separator: "\n").filter { $0.contains("DIFFERS") || $0.contains("not tested") }
    #expect(disagreement.isEmpty)
  }

  @Test("A usage error is one line and a hint")
  func usageError() throws {
    let run = try ZminProgram.run(["--fromat", "json"])
    #expect(run.ending == .exit(2))
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("zmin: unknown option '--fromat'"))
    #expect(run.errors.split(separator: "\n").count == 2)
    #expect(run.errors.hasSuffix("Try 'zmin --help'.\n"))
  }

  @Test("No path and a terminal on standard input print short help")
  func terminal() throws {
    let run = try ZminProgram.shell("script -qec \"$ZMIN\" /dev/null; echo $?")
    #expect(run.output.contains("usage: zmin"))
    #expect(run.output.hasSuffix("2\n"))
  }
}
