import SystemPackage
import Testing
import ZminCommand
import ZminEngine
import ZminFiles

@Suite("Command line")
struct ParserTests {
  private func options(_ arguments: String...) throws -> Options { try parsed(arguments) }

  private func parsed(_ arguments: [String]) throws -> Options {
    guard case .minify(let options) = try Request(arguments) else { throw UsageError("not a minify request") }
    return options
  }

  @Test("Paths alone mean the same with and without the parser")
  func pathsAlone() throws {
    let plain = try options("a.json", "-", "b")
    let parsed = try options("--", "a.json", "-", "b")
    #expect(plain.paths.map(\.path) == parsed.paths.map(\.path))
    #expect(plain.paths.map(\.isStandardStream) == [false, true, false])
    var (a, b) = (plain, parsed)
    (a.paths, b.paths) = ([], [])
    #expect("\(a)" == "\(b)")
  }

  @Test("No arguments are the defaults")
  func defaults() throws {
    #expect(try "\(options())" == "\(Options())")
    #expect(try options().depthMax == 1_048_576)
  }

  @Test("-o takes FILE apart, joined and after =")
  func output() throws {
    for arguments in [["-o", "x"], ["-ox"], ["--output", "x"], ["--output=x"]] {
      let options = try parsed(["a"] + arguments)
      #expect(options.output?.path == "x")
      #expect(options.paths.map(\.path) == ["a"])
    }
    #expect(try options("-o", "-").output?.isStandardStream == true)
  }

  @Test("Each output flag sets its option")
  func outputFlags() throws {
    #expect(try options("-i", "a").isInPlace)
    #expect(try options("--in-place", "a").isInPlace)
    #expect(try options("-t").inspection == .test)
    #expect(try options("--test").inspection == .test)
    #expect(try options("--check").inspection == .check)
    #expect(try options("--dry-run").inspection == .dryRun)
    #expect(try options("--sync").sync == .sync)
    #expect(try options("--no-sync").sync == .noSync)
  }

  @Test("Each input option sets its value")
  func input() throws {
    #expect(try options("--format", "ndjson").format == .ndjson)
    #expect(try options("--format=concat").format == .concat)
    #expect(try options("--no-validate").validates == false)
    #expect(try options("--no-validate", "--validate").validates)
    #expect(try options("--max-depth", "7").depthMax == 7)
  }

  @Test("Each in-place option sets its value")
  func inPlace() throws {
    let options = try options(
      "-i", "--follow-symlinks", "--force", "--preserve", "--min-saving", "10%", "a")
    #expect(options.inPlace.followsSymbolicLinks && options.inPlace.splitsHardLinks && options.inPlace.keepsTimes)
    #expect(options.inPlace.minimumSaving == .percent(10))
    #expect(try self.options("--min-saving", "4Ki").inPlace.minimumSaving == .bytes(4096))
  }

  @Test("Each bad-line option sets its value")
  func badLines() throws {
    #expect(try options("--bad-lines", "x").badLines?.path == "x")
    #expect(try options("--max-bad-lines", "all").badLinesMax == .all)
    #expect(try options("--max-bad-lines", "3").badLinesMax == .lines(3))
    #expect(try options("--max-bad-lines", "2.5%").badLinesMax == .percent(2.5))
  }

  @Test("Each engine and report option sets its value")
  func engineAndReports() throws {
    for mode in EngineArguments.Mode.allCases { #expect(try options("--mode", mode.rawValue).mode == mode) }
    #expect(try options("--kernel", "portable").kernel == "portable")
    #expect(try options("--stats").printsStatistics)
    #expect(try options("-q").verbosity == .quiet)
    #expect(try options("--quiet").verbosity == .quiet)
    #expect(try options("-v").verbosity == .verbose)
    #expect(try options("--verbose").verbosity == .verbose)
  }

  @Test("-j takes N apart, joined and after =")
  func jobs() throws {
    for arguments in [["-j", "4"], ["-j4"], ["-j=4"], ["--jobs", "4"], ["--jobs=4"]] {
      let options = try parsed(["a"] + arguments + ["b"])
      #expect(options.jobs == 4, "\(arguments)")
      #expect(options.paths.map(\.path) == ["a", "b"])
    }
    #expect(try options("-j1").jobs == 1)
    #expect(try options("-j1024").jobs == 1024)
    #expect(try options("a").jobs == nil)
  }

  @Test("The memory budget is a size")
  func memoryBudget() throws {
    #expect(try options("--memory-budget", "64Mi").memoryBudget?.byteCount == 67_108_864)
    #expect(try options("--memory-budget=1.5G", "a").memoryBudget?.byteCount == 1_500_000_000)
  }

  @Test("--verify takes a value only after =")
  func verify() throws {
    #expect(try options("a").verification == nil)
    for arguments in [["--verify", "all"], ["all", "--verify"], ["--verify=all", "all"], ["--verify", "--", "all"]] {
      let options = try parsed(arguments)
      #expect(options.verification == .all && options.paths.map(\.path) == ["all"], "\(arguments)")
    }
    #expect(try options("--verify=sample", "a").verification == .sample)
    #expect(try options("--", "--verify").paths.map(\.path) == ["--verify"])
    #expect(throws: UsageError.self) { try options("--verify=input.json") }
  }

  @Test("devices is a subcommand as the first argument only")
  func devices() throws {
    guard case .devices(let command) = try Request(["devices", "--self-test", "--device", "lava"]) else {
      Issue.record("not a devices request")
      return
    }
    #expect(command.selfTest && command.device == "lava")
    #expect(try options("a", "devices").paths.count == 2)
    #expect(try options("-t", "devices").paths.count == 1)
    #expect(try options("./devices").paths.count == 1)
  }

  @Test(
    "An invalid argument is a usage error of one line",
    arguments: [
      ["--nonsense"], ["--format", "xml"], ["--max-depth", "deep"], ["--min-saving", "much"], ["--min-saving", "101%"],
      ["--max-bad-lines", "-1"], ["--mode", "fast"], ["-o"], ["-t", "--check"], ["-q", "-v"], ["--sync", "--no-sync"],
      ["devices", "extra"], ["-x"], ["-j", "0"], ["-j0"], ["-j1025"], ["-j"], ["-j", "many"], ["-j", "1.5"],
      ["-j", "99999999999999999999"], ["--memory-budget", "much"], ["--memory-budget", "-1"], ["--memory-budget"],
    ])
  func errors(_ arguments: [String]) {
    do throws(UsageError) {
      _ = try Request(arguments)
      Issue.record("accepted")
    } catch {
      #expect(!error.message.isEmpty && !error.message.contains("\n"))
    }
  }

  @Test(
    "A usage error has the command's own words",
    arguments: [
      (["-q", "-v"], "--quiet and --verbose cannot be used together"),
      (["--check", "-t"], "--check and --test cannot be used together"),
      (["--dry-run", "--check"], "--dry-run and --check cannot be used together"),
      (["--sync", "--no-sync"], "--sync and --no-sync"),
      (["--max-depth", "-1"], "a number from 0"), (["--max-depth=-1"], "a number from 0"),
      (["--max-depth", "deep"], "a number from 0"),
      (["-i", "--min-saving", "-1", "a"], "a size such as 4Ki, 0% to 100%, or any"),
      (["-j", "-1"], "a number from 1 to 1024"), (["-j0"], "a number from 1 to 1024"),
      (["--jobs=x"], "a number from 1 to 1024"), (["--memory-budget", "-1"], "a size such as 64Mi"),
      (["--min-saving", "101%"], "0% to 100%"),
      (["--max-bad-lines", "-1"], "a number from 0, a percentage from 0% to 100%, or all"),
      (["-x.json"], "unknown option '-x.json'; for a file of that name type ./-x.json"),
      (["-t", "--a.json"], "for a file of that name type ./--a.json"),
      (["bnch", "--size", "1M"], "unknown option '--size'; did you mean 'zmin bench'?"),
    ])
  func ownWords(_ arguments: [String], _ part: String) {
    do throws(UsageError) {
      _ = try Request(arguments)
      Issue.record("accepted")
    } catch {
      #expect(error.message.contains(part), "\(error.message)")
    }
  }

  @Test("A value after a space is remembered for options that take one only after =")
  func valuesAfterSpace() throws {
    let options = try options("--verify", "sample", "--memory-report", "a.json", "--memory-report=json", "html")
    #expect(options.valuesAfterSpace.map(\.option) == ["--verify"])
    #expect(options.valuesAfterSpace.map(\.value) == ["sample"])
  }

  @Test("A flag given twice is given")
  func repeatedFlags() throws {
    #expect(try options("-v", "--verbose").verbosity == .verbose)
    #expect(try options("-t", "-t").inspection == .test)
  }

  @Test(
    "A size is a number with an optional power of 1000 or 1024",
    arguments: [
      ("0", 0), ("100", 100), ("2K", 2000), ("2Ki", 2048), ("1.5M", 1_500_000), ("1Mi", 1_048_576),
      ("3G", 3_000_000_000), ("1Gi", 1_073_741_824),
    ])
  func sizes(_ text: String, _ byteCount: Int) {
    #expect(SizeArgument(argument: text)?.byteCount == byteCount)
  }

  @Test("Text that is not a size is refused", arguments: ["", "K", "-1", "1T", "1 K", "1KB", "99999999999G", "1e3"])
  func noSizes(_ text: String) {
    #expect(SizeArgument(argument: text) == nil)
  }

  @Test(
    "Arguments of any bytes survive",
    arguments: [
      [0x61], [0xFF], [0x61, 0x80, 0x62], [0xC3, 0xA9], [0xF4, 0x8F, 0xBE, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
      [0xED, 0xA0, 0x80],
      [0xE2, 0x82], [],
    ] as [[UInt8]])
  func rawArguments(_ bytes: [UInt8]) {
    #expect(RawArgument.bytes(of: RawArgument.string(for: bytes)) == bytes)
  }
}
