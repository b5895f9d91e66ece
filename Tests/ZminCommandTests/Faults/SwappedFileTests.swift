import Foundation
import Glibc
import Synchronization
import Testing
import ZminTestSupport

/// Another program changes the tree during a run: before its first system call, before the second and so on.
@Suite("Trees that change under a run") struct SwappedFileTests {
  /// Runs a scenario once for each of its system calls, with `change` made before that call.
  ///
  /// - Parameter inspect: Called with the files, the exit code and the moment of the change of each run.
  /// - Returns: The number of system calls.
  private func changeBeforeEachCall(
    _ scenario: FaultScenario, _ change: @escaping @Sendable (_ path: String) -> Void,
    _ inspect: (_ scratch: Scratch, _ code: Int32, _ moment: Moment) throws -> Void
  ) throws -> Int {
    for index in 0..<1000 {
      let scratch = try scenario.scratch()
      let count = CallCount()
      let path = scratch.path
      var plan = FaultyCalls.Plan()
      plan.before = { _ in
        if count.next() == index { change(path) }
      }
      let (code, calls) = try scenario.run(in: scratch, plan)
      #expect(calls.openDescriptors == 0)
      guard calls.log.count > index else { return index }
      try inspect(scratch, code, Moment(call: calls.log[index], before: calls.log[..<index]))
    }
    Issue.record("there is always one call more")
    return 0
  }

  /// The moment of a change.
  private struct Moment: CustomStringConvertible {
    /// The system call that follows.
    let call: FaultyCalls.Kind
    /// True if an output was exchanged with its input before.
    let isAfterExchange: Bool
    let description: String

    init(call: FaultyCalls.Kind, before: ArraySlice<FaultyCalls.Kind>) {
      self.call = call
      isAfterExchange = before.contains(.exchange)
      description = "before call \(before.count), \(call)"
    }
  }

  private final class CallCount: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
  }

  private static let tree = [
    "in/a.json": "[ 1 ]", "in/d/b.json": "[ 2 ]", "in/d/e/c.json": "[ 3 ]", "outside/b.json": "[ 9 ]",
    "outside/e/c.json": "[ 9 ]",
  ]
  private static let outside = ["outside/b.json", "outside/e/c.json"]

  /// Moves a directory away and puts a link to another one in its place.
  private static func plant(_ path: String, _ directory: String) {
    rename("\(path)/\(directory)", "\(path)/moved")
    symlink("\(path)/outside", "\(path)/\(directory)")
  }

  @Test(
    "An output directory that becomes a link is not followed",
    arguments: ["out/d", "out"])
  func outputDirectory(_ directory: String) throws {
    let scenario = FaultScenario(
      "mirrored", "-r -j1 @/in --output-dir @/out",
      Self.tree.merging(["out/d/b.json": "old", "out/d/e/c.json": "old"]) { $1 }, [:])
    var refused = 0
    let calls = try changeBeforeEachCall(scenario) {
      Self.plant($0, directory)
    } _: { scratch, code, moment in
      // The directory that was named may be a link itself, and is followed until it is open.
      if directory == "out", scratch.text(of: "moved/a.json") == nil { return }
      for name in Self.outside {
        #expect(scratch.text(of: name) == scenario.files[name], "\(moment): \(name)")
      }
      #expect(FaultScenario.tree(scratch).keys.count { $0.hasPrefix("outside/") } == 2)
      #expect(code == 0 || code == 3)
      if code == 3 { refused += 1 }
    }
    #expect(calls > 30 && (refused > 0 || directory == "out"))
  }

  @Test("An input directory that becomes a link is not followed") func inputDirectory() throws {
    let scenario = FaultScenario("in place", "-r -j1 -i @/in", Self.tree, [:])
    var refused = 0
    _ = try changeBeforeEachCall(scenario) {
      Self.plant($0, "in/d")
    } _: { scratch, code, moment in
      for name in Self.outside {
        #expect(scratch.text(of: name) == scenario.files[name], "\(moment): \(name)")
      }
      #expect(["[ 2 ]", "[2]"].contains(scratch.text(of: "moved/b.json")))
      #expect(code == 0 || code == 3)
      if code == 3 { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test(
    "A file that becomes a link is not written through",
    arguments: [
      ("-i @/a.json", "a.json"), ("-r -j1 -i @/in", "in/a.json"), ("@/a.json -o @/b.json", "b.json"),
      ("-r -j1 @/in --output-dir @/out", "out/a.json"), ("@/a.json -o @/c.json --metrics-file @/b.json", "b.json"),
    ])
  func fileBecomesLink(_ arguments: String, _ name: String) throws {
    let files = ["a.json": "[ 1 ]", "b.json": "old", "in/a.json": "[ 1 ]", "out/a.json": "old", "victim": "victim"]
    _ = try changeBeforeEachCall(FaultScenario("link", arguments, files, [:])) { path in
      unlink("\(path)/\(name)")
      symlink("\(path)/victim", "\(path)/\(name)")
    } _: { scratch, code, moment in
      // What is a link from the beginning is followed by -o alone, as is said.
      if arguments.contains(" -o "), scratch.text(of: "victim") != "victim" {
        #expect(scratch.status(of: name).st_mode & S_IFMT == S_IFLNK && code == 0)
        return
      }
      #expect(scratch.text(of: "victim") == "victim", "\(moment)")
      // A link that is there before the file is opened is refused for good.
      #expect([0, 1, 3].contains(code))
    }
  }

  @Test(
    "A file that becomes a FIFO does not block the run",
    arguments: ["-r -j1 -i @/in", "-r -j1 @/in --output-dir @/out"])
  func fileBecomesFIFO(_ arguments: String) throws {
    let files = ["in/a.json": "[ 1 ]", "in/b.json": "[ 2 ]"]
    _ = try changeBeforeEachCall(FaultScenario("FIFO", arguments, files, [:])) { path in
      unlink("\(path)/in/a.json")
      mkfifo("\(path)/in/a.json", 0o600)
    } _: { scratch, code, moment in
      #expect(code == 0 || code == 3, "\(moment)")
    }
  }

  /// A change of a file by another program while the file is read.
  enum Change: CaseIterable {
    case grow, shrink, rewrite, replace

    func make(_ path: String) {
      switch self {
      case .grow:
        let descriptor = open(path, O_WRONLY | O_APPEND)
        _ = write(descriptor, "  ", 2)
        close(descriptor)
      case .shrink: truncate(path, 2)
      case .rewrite:
        let descriptor = open(path, O_WRONLY)
        _ = write(descriptor, "[ 7 ]", 5)
        close(descriptor)
      case .replace:
        try? Data("[ 7 ]".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      }
    }

    /// The contents after the change.
    var text: String {
      switch self {
      case .grow: "[ 1 ]  "
      case .shrink: "[ "
      case .rewrite, .replace: "[ 7 ]"
      }
    }
  }

  @Test("Bytes that another program writes into an input are kept", arguments: Change.allCases) func inPlace(
    _ change: Change
  ) throws {
    let scenario = FaultScenario("in place", "-i @/a.json", ["a.json": "[ 1 ]"], [:])
    _ = try changeBeforeEachCall(scenario) {
      change.make("\($0)/a.json")
    } _: { scratch, code, moment in
      let text = scratch.text(of: "a.json")
      let minified = change.text.filter { $0 != " " }
      if moment.isAfterExchange { return }
      #expect(text == change.text || text == minified, "\(moment): \(text ?? "")")
      #expect(code == 0 || code == 3 || code == 1 && change == .shrink, "\(moment): \(code)")
    }
  }

  @Test("An output is made from one version of its input", arguments: Change.allCases)
  func newOutput(_ change: Change) throws {
    let scenario = FaultScenario("new output", "@/a.json -o @/b.json", ["a.json": "[ 1 ]"], [:])
    _ = try changeBeforeEachCall(scenario) {
      change.make("\($0)/a.json")
    } _: { scratch, code, moment in
      let text = scratch.text(of: "b.json")
      #expect(
        code == 0 ? text == "[1]" || text == change.text.filter { $0 != " " } : text == nil,
        "\(moment): \(text ?? "nothing"), exit \(code)")
      #expect(code == 0 || code == 3 || code == 1 && change == .shrink, "\(moment): \(code)")
      #expect(scratch.text(of: "a.json") == change.text)
    }
  }
}
