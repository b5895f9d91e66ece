import Foundation
import Glibc
import Testing
import ZminTestSupport

/// The program beside another one that saves the same file.
@Suite("An editor that saves while a file is replaced") struct EditorTests {
  private static let kept = ".zmin-0123456789abcdef-a.json.kept"

  /// Saves as an editor does, as a new file that is renamed over the old one.
  private static func save(_ text: String, as path: String) {
    try? Data(text.utf8).write(to: URL(fileURLWithPath: "\(path).new"))
    rename("\(path).new", path)
  }

  @Test(
    "A save between the check and the exchange is kept, and is exit 3",
    .enabled(if: access("/usr/bin/strace", X_OK) == 0 && !ZminProgram.isSanitized, "needs strace"),
    arguments: ["-i a.json", "-r -i ."])
  func delayed(_ arguments: String) throws {
    let scratch = try Scratch(["a.json": "[ 1 ]"])
    let script = """
      strace -f -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:delay_enter=2000000:when=1 \\
        $ZMIN \(arguments) & zmin=$!
      until ls -A | grep -q 'kept$'; do sleep 0.01; done
      echo '[ "a save" ]' > save; mv save a.json; wait $zmin; echo $?
      """
    let run = try ZminProgram.shell(script, in: scratch)
    #expect(run.output == "3\n", "\(run)")
    let message = "a.json: changed while it was read; try again when no program writes to it\n"
    #expect(run.errors.contains(message), "\(run)")
    #expect(scratch.tree() == ["a.json": "[ \"a save\" ]\n"])
  }

  @Test("No save is lost in a race") func race() throws {
    let scratch = try Scratch()
    for number in 0..<(Corpora.testsAreLong ? 3000 : 60) {
      try scratch.write("{ \"before\" : \(number) }", to: "a.json")
      let path = scratch.file("a.json")
      let saved = "{ \"save\" : \(number) }"
      let thread = Thread {
        // From before the file is opened to after it was replaced.
        usleep(UInt32(number % 60) * 200)
        Self.save(saved, as: path)
      }
      thread.start()
      let run = try ZminProgram.run(["-i", "a.json"], in: scratch)
      while !thread.isFinished { usleep(100) }
      let text = scratch.text(of: "a.json")
      #expect(text == saved || text == "{\"save\":\(number)}", "\(number): \(String(describing: text)), \(run)")
      #expect(scratch.names == ["a.json"])
    }
  }

  @Test("A walk skips kept files", arguments: ["-r -t in", "-r -t in --include *", "-r -i in --include *"])
  func walk(_ arguments: String) throws {
    let scratch = try Scratch(["in/a.json": "[1]", "in/\(Self.kept)": "[ 2 ]"])
    let run = try ZminProgram.run(arguments.split(separator: " ").map(String.init) + ["--log", "json"], in: scratch)
    #expect(run.ending == .exit(0))
    #expect(run.errors.contains("\"files\":1,"), "\(run.errors)")
    #expect(scratch.text(of: "in/\(Self.kept)") == "[ 2 ]")
  }

  @Test(
    "A kept file is named by the next run over its file, whether it changes the file or not",
    arguments: ["-i in/a.json", "-r -i in", "in/a.json -o in/a.json.new", "-i in/b.json"])
  func warning(_ arguments: String) throws {
    for text in ["[ 1 ]", "[1]"] {
      let scratch = try Scratch(["in/a.json": text, "in/b.json": "[ 1 ]", "in/\(Self.kept)": "[ 2 ]"])
      let line = """
        zmin: in/a.json: an interrupted run left \(Self.kept), which may be another program's version; \
        compare the two files, then move or delete \(Self.kept)

        """
      let words = arguments.split(separator: " ").map(String.init)
      let run = try ZminProgram.run(words, in: scratch)
      #expect(run.ending == .exit(0))
      let isNamed = words.contains("-i") && !words.contains("in/b.json")
      #expect(run.errors.contains(line) == isNamed, "\(run.errors)")
      #expect(try ZminProgram.run(["-q"] + words, in: scratch).errors == "")
      #expect(scratch.text(of: "in/\(Self.kept)") == "[ 2 ]")
    }
  }

  @Test(
    "An immutable file is refused with a reason and exit 1", .enabled(if: geteuid() == 0, "only root makes them"),
    arguments: ["-i a.json", "--dry-run -i a.json", "-r -i .", "--dry-run -r -i ."])
  func immutable(_ arguments: String) throws {
    let scratch = try Scratch(["a.json": "[ 1 ]"])
    let script = "chattr +i a.json || exit 77; $ZMIN \(arguments); code=$?; chattr -i a.json; exit $code"
    let run = try ZminProgram.shell(script, in: scratch)
    if run.ending == .exit(77) { return }
    #expect(run.ending == .exit(1), "\(run)")
    #expect(run.errors.contains("a.json: not replaced: it is immutable or append-only"), "\(run)")
    #expect(scratch.tree() == ["a.json": "[ 1 ]"])
  }
}
