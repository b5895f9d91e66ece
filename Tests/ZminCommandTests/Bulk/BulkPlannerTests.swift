import SystemPackage
import Testing
import ZminCommand
import ZminFiles
import ZminIO

@Suite("Plan for many files")
struct BulkPlannerTests {
  private func planner(_ arguments: [String]) throws -> Planner {
    guard case .minify(let options) = try Request(arguments) else { throw UsageError("not a minify request") }
    return Planner(options, in: FakeEnvironment())
  }

  @Test(
    "Options and several paths in place make a run over many files",
    arguments: [
      (["a"], false), (["-i", "a"], false), (["-i", "a", "b"], true), (["-t", "a", "-"], false),
      (["-r", "-t", "a"], true),
      (["-o", "c", "a", "b"], false), (["--check", "a", "b"], true), (["--output-dir", "d", "a"], true),
      (["--files-from", "-", "-t"], true), (["-i", "--journal", "j", "a"], true),
      (["-i", "--shard", "0/1", "a"], true),
    ])
  func isBulk(_ arguments: [String], _ isBulk: Bool) throws {
    #expect(try planner(arguments).isBulk == isBulk)
  }

  @Test(
    "Combinations that make no sense are usage errors",
    arguments: [
      (["-r", "dir"], "many files need"), (["-r"], "no input files"), (["-r", "-t", "-"], "standard input"),
      (["-t", "dir", "a"], "use --recursive"), (["--output-dir", "d", "-i", "a"], "cannot be used together"),
      (["--output-dir", "d", "-t", "a"], "cannot be used with --output-dir"),
      (["--output-dir", "d", "-o", "x", "a"], "--output-dir"),
      (["-i", "-0", "a", "b"], "--null needs"), (["-i", "--include", "x", "a", "b"], "--include needs --recursive"),
      (["-i", "--exclude", "x", "a", "b"], "--exclude needs --recursive"),
      (["-i", "--shard-plan", "p", "a"], "needs --shard"), (["-ri", "--journal", "-", "a"], "name of a file"),
      (["-ri", "--dry-run", "--journal", "j", "a"], "--dry-run"),
      (["-i", "--bad-lines", "b", "a.json", "b.json"], "needs --format ndjson"),
      (["-ri", "--bad-lines", "b", "--format", "json", "a"], "needs --format ndjson"),
      (["-ri", "--bad-lines", "b", "--no-validate", "a"], "cannot be used"),
      (["-ri", "--bad-lines", "-", "a"], "name of a file"),
      (["--output-dir", "", "a"], "name of a directory"), (["-ri", ""], "a path is empty"),
      (["-ri", "a", "--log-file", "-"], "--log-file needs"), (["-ri", "a", "--shard", "auto/3"], "neither"),
      (["-ri", "--max-bad-lines", "1", "a"], "needs --bad-lines"),
      (["--output-dir", "d", "--check", "a"], "cannot be used with --output-dir"),
      (["-i", "--shard", "0/2", "--shard-plan", "p", "--files-from", "l"], "cannot be used together"),
      (["-rt", "--include", "x[", "dir"], "--include 'x[': a [ has no ]; write [[]"),
      (["-rt", "--exclude", "a[b/c]", "dir"], "has no ]"), (["-rt", "--include", "", "dir"], "is empty"),
      (["-rt", "--include", "x\\", "dir"], "backslash"), (["-rt", "devces"], "did you mean 'zmin devices'?"),
      (["-t", "--hidden", "a", "b"], "--hidden needs --recursive"),
    ])
  func usageErrors(_ arguments: [String], _ part: String) throws {
    do {
      _ = try planner(arguments).bulkPlan()
      Issue.record("accepted")
    } catch PlanError.usage(let message) {
      #expect(message.contains(part), "\(message)")
      #expect(!message.contains("\n"))
    }
  }

  @Test(
    "A shard from the environment must be one of the parts",
    arguments: ["3/3", "-1/3", "1", "a/3", "1/0", "1/2/3", "+1/3", "auto/", "auto/x"])
  func shards(_ text: String) {
    #expect(ShardArgument(argument: text) == nil)
    #expect(throws: UsageError.self) { try Request(["-ri", "a", "--shard", text]) }
  }

  @Test("A plan has the values of the options")
  func options() throws {
    let plan = try planner([
      "-r", "dir", "b/", "--output-dir", "out", "--exclude", "x", "--include", "*.js", "--shard", "1/3", "-j", "4",
      "--journal", "j", "--sync",
    ]).bulkPlan()
    #expect(plan.paths == ["dir", "b/."])
    #expect(plan.mirrorPath == "out" && plan.workers == 4 && plan.journal == "j")
    #expect(
      plan.walk.shard == Shard(index: 1, count: 3) && plan.walk.include.count == 1 && plan.walk.exclude.count == 1)
    #expect(try planner(["-r", "-t", "dir"]).bulkPlan().walk.include.count == 4)
    #expect(try planner(["-r", "-t", "--mode", "standard", "dir"]).bulkPlan().slicedBytesMin == .max)
  }
}
