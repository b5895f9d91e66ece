import Foundation
import Glibc
import SystemPackage
import Testing
import ZminTestSupport

@Suite("File identity") struct FileIdentityTests {
  /// Runs the program on a target that folds names.
  ///
  /// - Parameters:
  ///   - arguments: The arguments. `@` is the directory of the run, and names below `@/out` are folded.
  ///   - fold: Folds a name.
  /// - Returns: The files below `out`, standard error and the exit code.
  private func run(
    _ arguments: String, _ files: [String: String], folding fold: @escaping @Sendable (String) -> String
  ) throws -> (tree: [String: String], messages: String, code: Int32) {
    let scenario = FaultScenario("folded", arguments, files, [:])
    let scratch = try scenario.scratch()
    let plan = FaultyCalls.Plan(folding: (FilePath(scratch.file("out")), fold))
    let (code, calls) = try scenario.run(in: scratch, plan)
    #expect(calls.openDescriptors == 0)
    return (scratch.tree("out"), scratch.text(of: "messages") ?? "", code)
  }

  @Test(
    "Inputs with one name on the target are an error before anything is written, and with --dry-run",
    arguments: ["", " --dry-run"])
  func foldedInputs(_ option: String) throws {
    let files = ["in/A.json": "[ 1 ]", "in/a.json": "[ 2 ]", "in/b.json": "[ 3 ]", "out/old": "old"]
    let run = try run("-r -j1 @/in --output-dir @/out\(option)", files) { $0.lowercased() }
    #expect(run.code == 2)
    #expect(run.tree == ["old": "old"])
    #expect(run.messages.contains("in/a.json would become one file below --output-dir; nothing was done"))
  }

  @Test("An output of another input is not replaced, however the target maps both names to one")
  func unforeseenFold() throws {
    // In the first run both end together, in the second the first has long its name.
    for count in [0, 100] {
      var files = ["in/a-long-name.json": "[ 1 ]", "in/z.json": "[ 2 ]", "out/x": ""]
      for number in 0..<count { files["in/b\(number).json"] = "[3]" }
      let run = try run("-r -j1 @/in --output-dir @/out", files) { $0.replacing("z.json", with: "a-long-name.json") }
      #expect(run.code == 3)
      #expect(run.tree["a-long-name.json"] == "[1]", "\(count)")
      #expect(run.tree.count == count + 2)
      let reason = "another input or program created it during this run"
      #expect(run.messages.contains("out/z.json: not replaced: \(reason)"))
    }
  }

  @Test("An output of an earlier run is replaced, on a target that folds names too")
  func secondRun() throws {
    let files = ["in/a.json": "[ 1 ]", "out/A.json": "old", "out/a.json": "old"]
    let run = try run("-r -j1 @/in --output-dir @/out", files) { $0.lowercased() }
    #expect(run.code == 0)
    #expect(run.tree == ["A.json": "old", "a.json": "[1]"])
  }

  @Test("An output with the journal's name on the target is refused")
  func foldedJournal() throws {
    let run = try run(
      "-r -j1 @/in --output-dir @/out --journal @/out/A.json", ["in/a.json": "[ 1 ]", "out/x": ""]
    ) { $0.lowercased() }
    #expect(run.code == 2)
    #expect(run.tree["a.json"] == nil)
    #expect(run.messages.contains("out/a.json: the output and --journal are the same file"))
  }

  @Test("Both names of one file are minified in place, in parallel and one after the other", arguments: 1...3)
  func hardLinks(_ workers: Int) throws {
    var files: [String: String] = [:]
    for number in 0..<20 { files["in/\(number).json"] = "[ \(number) ]" }
    let scratch = try Scratch(files)
    for number in 0..<20 {
      #expect(link(scratch.file("in/\(number).json"), scratch.file("in/\(number)-reference.json")) == 0)
    }
    let run = try ZminProgram.run(["-ri", "--force", "-j\(workers)", "in"], in: scratch)
    #expect(run.ending == .exit(0), "\(run.errors)")
    let tree = scratch.tree("in")
    #expect(tree.count == 40)
    for (name, text) in tree { #expect(text == "[\(name.prefix { $0.isNumber })]", "\(name)") }
  }

  private static let guess = "/sys/devices/system/cpu/kernel_max"

  @Test(
    "A file whose size is a guess is read like any other", .enabled(if: access(guess, R_OK) == 0, "needs /sys"),
    arguments: ["$FILE", "--mode streaming $FILE", "- < $FILE", "-r /sys/devices/system/cpu --include kernel_max -t"])
  func guessedSize(_ arguments: String) throws {
    let text = try String(contentsOfFile: Self.guess, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    let run = try ZminProgram.shell("$ZMIN -q \(arguments)", ["FILE": Self.guess])
    #expect(run.ending == .exit(0), "\(run.errors)")
    #expect(run.output == (arguments.hasSuffix("-t") ? "" : text))
  }

  @Test("A file whose size is a guess is not replaced")
  func guessedSizeInPlace() throws {
    let scenario = FaultScenario("guess", "-i @/a.json", ["a.json": "[ 1 ]"], [:])
    let scratch = try scenario.scratch()
    let plan = FaultyCalls.Plan(
      fileSystemType: 0x6265_6572,
      changingStatus: { status in
        var status = status
        if status.st_mode & S_IFMT == S_IFREG { status.st_size = 4096 }
        return status
      })
    #expect(try scenario.run(in: scratch, plan).code == 3)
    #expect(scratch.text(of: "a.json") == "[ 1 ]")
    #expect(FaultScenario.tree(scratch).count == 1)
  }

  @Test(
    "A journal on a file system with coarse time stamps records no settled time",
    .disabled(if: ZminProgram.isSanitized, "a slow run outlasts the coarse stamp"))
  func coarseJournal() throws {
    let scenario = FaultScenario(
      "coarse", "-r -j1 -i @/in --journal @/journal", ["in/a.json": "[ 1 ]", "in/b.json": "[2]"], [:])
    let scratch = try scenario.scratch()
    let plan = FaultyCalls.Plan(changingStatus: { status in
      var status = status
      status.st_mtim.tv_nsec -= status.st_mtim.tv_nsec % 100_000_000
      status.st_ctim.tv_nsec -= status.st_ctim.tv_nsec % 100_000_000
      return status
    })
    #expect(try scenario.run(in: scratch, plan).code == 0)
    let lines = try #require(scratch.text(of: "journal")).split(separator: "\n").map { $0.split(separator: "\t") }
    try #require(lines.allSatisfy { $0.count == 9 } && lines.count == 2)
    // The one that was replaced has a time of this moment; the one that is as it was had an older one when it was read.
    #expect(lines.first { $0[8].hasSuffix("a.json") }?[5] == "-")
    #expect(lines.first { $0[8].hasSuffix("b.json") }.map { $0[5] == $0[2] } == true)
  }
}
