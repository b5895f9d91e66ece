import Foundation
import Testing

/// Completions, asked of the shells themselves.
@Suite("Completions")
struct CompletionTests {
  /// A shell, and how to get all its candidates for a command line.
  enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish

    static let installed = allCases.filter { shell in
      ["/bin", "/usr/bin", "/usr/local/bin"].contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/\(shell.rawValue)")
      }
    }

    /// The start of the shell's configuration: a command that inserts all candidates, and a `zmin` that prints its
    /// arguments.
    var configuration: String {
      let zmin = "zmin() { printf '<%s>' \"$@\" >> out; echo >> out; }\n"
      return switch self {
      case .bash: zmin
      case .zsh:
        """
        autoload -Uz compinit; compinit -u -D
        zstyle ':completion:all::::' completer _all_matches _complete
        zstyle ':completion:all:*' old-matches no
        zstyle ':completion:all:*' insert yes
        zle -C all complete-word _generic
        bindkey '^Xa' all
        \(zmin)
        """
      case .fish: ""
      }
    }

    /// Types each line and the key of that command in an interactive shell. fish answers without.
    var script: String {
      let load = "{ cat configuration; \"$ZMIN\" --generate-completion-script \(rawValue); }"
      return switch self {
      case .bash:
        """
        \(load) > rc
        sed 's/$/\\x1b*/' lines | { cat; echo exit; } | script -qec 'bash --noprofile --rcfile rc -i' /dev/null >&2
        """
      case .zsh:
        """
        \(load) > .zshrc
        sed 's/$/\\x18a/' lines | { cat; echo exit; } | ZDOTDIR=$PWD script -qec 'zsh -i' /dev/null >&2
        """
      case .fish:
        """
        \(load) > rc
        while IFS= read -r line; do
          fish --no-config -c 'source rc; complete -C $argv[1]' "$line" | cut -f 1 | sed 's/.*/<&>/' | tr -d '\\n'
          echo
        done < lines > out
        """
      }
    }

    /// The arguments that each line has after all candidates are inserted. In fish these are the candidates alone.
    func candidates(for lines: [String]) throws -> [Set<String>] {
      let scratch = try Scratch(["in.json": "", "dir/a.json": ""])
      try scratch.write(configuration, to: "configuration")
      try scratch.write(lines.joined(separator: "\n") + "\n", to: "lines")
      let run = try ZminProgram.shell(script, in: scratch)
      try #require(run.ending == .exit(0), "\(run.errors)")
      let answers = (scratch.text(of: "out") ?? "").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      try #require(answers.count == lines.count)
      return answers.map { Set($0.matches(of: /<(.*?)>/).map { String($0.output.1) }) }
    }
  }

  @Test(
    "Completions are tested in bash, zsh and fish",
    .enabled(if: Shell.installed.count == Shell.allCases.count, "a shell is not installed; it is not tested"))
  func installedShells() { #expect(Shell.installed == Shell.allCases) }

  @Test("A value that may be left out is completed after = and not after a space", arguments: Shell.installed)
  func optionalValues(_ shell: Shell) throws {
    let found = try shell.candidates(for: ["zmin --memory-rep", "zmin --memory-report=", "zmin --verify i"])
    #expect(found[0].isSuperset(of: ["--memory-report", "--memory-report-file"]))
    for form in ["summary", "detailed", "json", "html", "trace"] {
      #expect(found[1].contains { $0 == form || $0 == "--memory-report=\(form)" }, "\(form)")
    }
    #expect(found[1].count == 5)
    #expect(found[2].contains("in.json"))
    #expect(!found[2].contains { $0.hasPrefix("all") || $0.hasPrefix("sample") })
  }

  @Test("A value is one of its choices, a file or a directory", arguments: Shell.installed)
  func values(_ shell: Shell) throws {
    let found = try shell.candidates(for: [
      "zmin --format ", "zmin -o i", "zmin --output-dir ", "zmin --max-depth ", "zmin --kernel p",
    ])
    #expect(found[0].isSuperset(of: ["auto", "json", "ndjson", "concat"]) && !found[0].contains("in.json"))
    #expect(found[1].contains("in.json"))
    #expect(found[2].contains { $0.hasPrefix("dir") } && !found[2].contains("in.json"))
    #expect(!found[3].contains("in.json"))
    #expect(found[4].contains("portable"))
  }

  @Test("Subcommands are completed as the first word, with options of their own", arguments: Shell.installed)
  func subcommands(_ shell: Shell) throws {
    let found = try shell.candidates(for: [
      "zmin ", "zmin -t ", "zmin bench --", "zmin bench --report-format ", "zmin devices --", "zmin devices i",
    ])
    #expect(found[0].isSuperset(of: ["bench", "devices", "in.json"]) && !found[0].contains("help"))
    #expect(found[1].contains("in.json") && !found[1].contains("bench"))
    #expect(found[2].isSuperset(of: ["--report-format", "--documents", "--help"]) && !found[2].contains("--in-place"))
    #expect(found[3].isSuperset(of: ["table", "csv", "html"]))
    #expect(found[4].isSuperset(of: ["--self-test", "--device"]) && !found[4].contains("--format"))
    #expect(!found[5].contains("in.json"))
  }

  @Test("After -- and between options, files are completed", arguments: Shell.installed)
  func files(_ shell: Shell) throws {
    let found = try shell.candidates(for: ["zmin -- i", "zmin -t --check i", "zmin --in-p"])
    #expect(found[0].contains("in.json"))
    #expect(found[1].contains("in.json"))
    #expect(found[2].contains("--in-place"))
  }

  @Test("A script has every option, and its line where the shell shows one", arguments: Shell.allCases)
  func scripts(_ shell: Shell) throws {
    let run = try ZminProgram.run(["--generate-completion-script", shell.rawValue])
    #expect(run.ending == .exit(0))
    #expect(try ZminProgram.run(["--generate-completion-script=\(shell.rawValue)"]).output == run.output)
    let help = try ZminProgram.run(["--help"]).output
    for option in help.matches(of: /--([a-z][a-z-]+)/).map({ String($0.output.1) }) {
      #expect(run.output.contains(option), "\(option)")
    }
    if shell != .bash { #expect(run.output.contains("Replace each input that changes")) }
  }

  @Test("A shell without completions is a usage error", arguments: [["tcsh"], []])
  func otherShells(_ arguments: [String]) throws {
    let run = try ZminProgram.run(["--generate-completion-script"] + arguments)
    #expect(run.ending == .exit(2))
    #expect(run.errors.hasPrefix("zmin: --generate-completion-script needs the name of a shell; use bash, zsh or fish"))
  }
}
