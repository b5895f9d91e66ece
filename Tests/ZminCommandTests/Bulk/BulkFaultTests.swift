import Glibc
import Testing

@Suite(
  "Faults in runs over many files",
  .enabled(
    if: access("/usr/bin/strace", X_OK) == 0 && !ZminProgram.isSanitized, "needs strace, which no sanitizer allows"))
struct BulkFaultTests {
  private static let files = [
    "in/a.json": "[ 1 ]", "in/d/b.json": "[ 2 ]", "in/d/c.json": "[ 3 ]", "in/e.json": "[ 4 ]",
  ]

  /// Runs with the n-th such call failing, one thread, until a run is good; checks each.
  private func runAll(_ arguments: String, _ calls: String, _ error: String, _ check: (Scratch, Int32, String) -> Void)
    throws
  {
    for moment in 1...200 {
      let scratch = try Scratch(Self.files)
      let run = try ZminProgram.shell(
        """
        strace -f -qq -o trace -e trace=\(calls) -e inject=\(calls):error=\(error):when=\(moment) \
          $ZMIN -j1 \(arguments); code=$?; grep -q INJECTED trace && echo injected; exit $code
        """, in: scratch)
      guard case .exit(let code) = run.ending else {
        Issue.record("\(run)")
        return
      }
      check(scratch, code, run.errors)
      if !run.output.contains("injected") {
        #expect(code == 0 && moment > 1, "\(moment): \(run.errors)")
        return
      }
    }
    Issue.record("there is always one call more")
  }

  private static let outputs = ["a.json": "[1]", "d/b.json": "[2]", "d/c.json": "[3]", "e.json": "[4]"]

  @Test("A failed write leaves inputs unchanged and no partial output", arguments: ["ENOSPC", "EIO", "EDQUOT"])
  func writing(_ error: String) throws {
    try runAll("-r in --output-dir out --log-file log", "write", error) { scratch, code, errors in
      #expect(code == 0 || code == 3)
      #expect(scratch.tree("in").count == 4 && scratch.text(of: "in/d/b.json") == "[ 2 ]")
      for (name, text) in scratch.tree("out") { #expect(Self.outputs[name] == text, "\(name)") }
      if scratch.tree("out") != Self.outputs { #expect(code == 3 && errors.contains("cannot write: "), "\(errors)") }
    }
  }

  @Test(
    "In place, a failed sync, rename or journal line leaves every file complete",
    arguments: ["fsync", "renameat", "write"], ["EIO", "ENOSPC"])
  func inPlace(_ call: String, _ error: String) throws {
    try runAll("-ri in --journal journal", call, error) { scratch, code, errors in
      let tree = scratch.tree("in")
      #expect(tree.count == 4, "\(tree)")
      for (name, text) in tree {
        #expect(text == Self.files["in/\(name)"] || text == Self.outputs[name], "\(name): \(text)")
      }
      if tree != Self.outputs { #expect(code == 3 && errors.contains("cannot "), "\(errors)") }
      guard let again = try? ZminProgram.run(["-qri", "in", "--journal", "journal"], in: scratch) else { return }
      #expect(again.ending == .exit(0), "\(again.errors)")
      #expect(scratch.tree("in") == Self.outputs)
    }
  }

  @Test("A file that cannot be read is named, and the others are processed")
  func reading() throws {
    try runAll("-qri in", "read", "EIO") { scratch, code, errors in
      for (name, text) in scratch.tree("in") {
        #expect(text == Self.files["in/\(name)"] || text == Self.outputs[name], "\(name)")
      }
      // The loader reads too.
      if errors.contains(".json: cannot read: Input/output error") {
        #expect(code == 3)
        #expect(scratch.tree("in").count { $1 == Self.outputs[$0] } == 3)
      }
    }
  }

  @Test("A full disk stops the run", .enabled(if: ZminProgram.canMount, "needs to mount"))
  func fullDisk() throws {
    let scratch = try Scratch()
    let run = try ZminProgram.mountingShell(
      """
      mkdir d in && mount -t tmpfs -o size=64k none d || exit
      for i in 1 2 3 4 5 6 7 8 9; do
        { printf '[ '; yes '1 ,' | head -8000 | tr -d '\\n'; printf '2 ]'; } > in/$i.json
      done
      $ZMIN -j1 -r in --output-dir d/out --no-sync; echo $?; ls -A d/out | grep -c zmin-
      """, in: scratch)
    #expect(run.output == "3\n0\n")
    #expect(run.errors.contains("outputs may need up to "))
    #expect(run.errors.contains("No space left on device"))
    #expect(run.errors.contains(" not processed"))
  }
}
