import Foundation
import Testing
import ZminCPU

@Suite("Help, version, devices, manual page")
struct HelpTests {
  private static let options = [
    "--output", "--in-place", "--test", "--check", "--dry-run", "--format", "--validate", "--no-validate",
    "--max-depth", "--mode", "--kernel", "--bad-lines", "--max-bad-lines", "--min-saving", "--follow-symlinks",
    "--force", "--preserve", "--sync", "--no-sync", "--stats", "--quiet", "--verbose", "--version", "--help",
    "--jobs", "--memory-budget", "--verify", "--device", "--device-memory", "--self-test", "--recursive", "--include",
    "--exclude",
    "--files-from", "--null", "--output-dir", "--journal", "--shard", "--shard-plan", "--log", "--log-file",
    "--metrics-file",
  ]

  @Test("--help is on standard output and names every option")
  func help() throws {
    for arguments in [["--help"], ["-h"], ["-t", "--help"]] {
      let run = try ZminProgram.run(arguments)
      #expect(run.ending == .exit(0))
      #expect(run.errors.isEmpty)
      for option in Self.options { #expect(run.output.contains(option), "\(option)") }
      #expect(run.output.contains("zmin <subcommand> --help"))
    }
    let devices = try ZminProgram.run(["devices", "--help"])
    #expect(devices.ending == .exit(0))
    #expect(devices.output.contains("USAGE: zmin devices"))
    #expect(!devices.output.contains("--in-place"))
  }

  @Test("The manual page names every option that help names")
  func manual() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../../Documentation/man/zmin.1")
    let page = try String(contentsOf: path, encoding: .utf8)
    let help = try ZminProgram.run(["--help"]).output + ZminProgram.run(["devices", "--help"]).output
    let named = Set(help.matches(of: /--[a-z][a-z-]+/).map { String($0.output) })
    // mdoc writes an option as `.It Fl -name`.
    let documented = Set(page.matches(of: /Fl -([a-z][a-z-]+)/).map { "--" + $0.output.1 })
    #expect(named.isSuperset(of: Self.options))
    #expect(documented.isSuperset(of: named), "missing: \(named.subtracting(documented))")
  }

  @Test("Completion scripts", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let run = try ZminProgram.run(["--generate-completion-script", shell])
    #expect(run.ending == .exit(0))
    #expect(run.output.contains("min-saving") && run.output.contains("devices"))
  }

  @Test("--version names version, kernels and Vulkan headers")
  func version() throws {
    let run = try ZminProgram.run(["--version"])
    #expect(try ZminProgram.run(["devices", "--version"]).output == run.output)
    #expect(run.ending == .exit(0))
    #expect(run.output.hasPrefix("zmin 0.1.0"))
    for kernel in Kernel.all { #expect(run.output.contains(kernel.name)) }
    #expect(run.output.contains(/Vulkan headers: 1\.\d+\.\d+\n$/))
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

  @Test("A terminal on standard input and no path: short help")
  func terminal() throws {
    let run = try ZminProgram.shell("script -qec \"$ZMIN\" /dev/null; echo $?")
    #expect(run.output.contains("usage: zmin"))
    #expect(run.output.hasSuffix("2\n"))
  }
}
