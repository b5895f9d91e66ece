import Foundation
import Glibc
import Testing

/// Who may read what the program makes, for root and for somebody else.
@Suite("Outputs are no more readable than inputs") struct OutputModeTests {
  /// Who runs the program; root drops its rights for the second.
  enum User: String, CaseIterable {
    case caller = ""
    case other = "setpriv --reuid 65534 --regid 65534 --clear-groups "
  }

  private static let users: [User] = geteuid() == 0 ? User.allCases : [.caller]

  /// Runs a script in a directory of the user's own, with the umask 022.
  ///
  /// - Returns: Mode and name of all that is there afterwards, sorted by name.
  private func modes(_ user: User, _ script: String) throws -> [String] {
    let scratch = try Scratch()
    let line = "umask 022; mkdir t; cd t; \(script); find . -mindepth 1 -printf '%P %m\\n' | sort; chmod -R u+rwx ."
    try line.write(toFile: scratch.file("script"), atomically: false, encoding: .utf8)
    let run = try ZminProgram.shell("export ZMIN; \(user.rawValue)bash ../$(basename $PWD)/script", in: scratch)
    #expect(run.errors == "", "\(run)")
    return run.output.split(separator: "\n").map(String.init)
  }

  private static let makeFile = "f() { echo '[ 1 ]' > $2; chmod $1 $2; };"

  @Test(
    "-o gives the input's mode less the umask",
    arguments: users,
    [("600", "600"), ("644", "644"), ("666", "644"), ("444", "444"), ("400", "400"), ("640", "640"), ("4755", "755")])
  func outputFile(_ user: User, _ modes: (input: String, output: String)) throws {
    let found = try self.modes(user, "\(Self.makeFile) f \(modes.input) a.json; $ZMIN a.json -o b.json")
    #expect(found == ["a.json \(modes.input)", "b.json \(modes.output)"])
  }

  @Test("Several inputs give what all of them allow", arguments: users) func severalInputs(_ user: User) throws {
    let found = try modes(
      user, "\(Self.makeFile) f 640 a.jsonl; f 604 b.jsonl; $ZMIN --format ndjson a.jsonl b.jsonl -o c.jsonl")
    #expect(found == ["a.jsonl 640", "b.jsonl 604", "c.jsonl 600"])
  }

  @Test(
    "Standard input and pipes give what the umask allows", arguments: users,
    ["cat a.json | $ZMIN -o b.json", "$ZMIN -o b.json < a.json", "$ZMIN <(cat a.json) -o b.json"])
  func streams(_ user: User, _ line: String) throws {
    #expect(try modes(user, "\(Self.makeFile) f 600 a.json; \(line)") == ["a.json 600", "b.json 644"])
  }

  @Test("A file that exists keeps its mode", arguments: users) func existing(_ user: User) throws {
    let found = try modes(user, "\(Self.makeFile) f 600 a.json; f 664 b.json; $ZMIN a.json -o b.json")
    #expect(found == ["a.json 600", "b.json 664"])
  }

  @Test("--output-dir gives files and directories the modes of those that they mirror", arguments: users)
  func mirror(_ user: User) throws {
    let script = """
      \(Self.makeFile) mkdir -p in/private/deep in/full; f 600 in/private/a.json; f 644 in/private/deep/b.json
      f 444 in/full/c.json; f 644 in/d.json; chmod 700 in/private; chmod 750 in/private/deep; chmod 500 in/full
      chmod 2775 in; $ZMIN -q -r in --output-dir out; rm -rf in
      """
    #expect(
      try modes(user, script.replacing("rm -rf in", with: "chmod -R u+w in; rm -rf in")) == [
        "out 755", "out/d.json 644", "out/full 700", "out/full/c.json 444", "out/private 700",
        "out/private/a.json 600", "out/private/deep 750", "out/private/deep/b.json 644",
      ])
  }

  @Test("A mirror of read-only directories can be written again, and a part at a time", arguments: users)
  func readOnlyDirectories(_ user: User) throws {
    let script = """
      \(Self.makeFile) mkdir -p in/d; for n in 1 2 3 4 5 6; do f 444 in/d/$n.json; done; chmod 555 in/d in
      $ZMIN -q -r in --output-dir whole; $ZMIN -q -r in --output-dir whole
      $ZMIN -q -r in --output-dir parts --shard 1/2; $ZMIN -q -r in --output-dir parts --shard 0/2
      ls parts/d | wc -l; chmod -R u+w in; rm -r in; find whole parts -type f -delete
      """
    #expect(try modes(user, script) == ["6", "parts 755", "parts/d 755", "whole 755", "whole/d 755"])
  }

  @Test("A list leads through a directory that may be searched but not listed", arguments: users)
  func unlistedDirectory(_ user: User) throws {
    let script = """
      \(Self.makeFile) mkdir -p home/me; f 644 home/me/a.json; chmod 301 home; echo home/me/a.json > list
      $ZMIN -q -t --files-from list; echo $?; $ZMIN -q --files-from list --output-dir out; echo $?
      $ZMIN -q -i --files-from list; echo $?; cat home/me/a.json out/home/me/a.json; rm -f list
      chmod 755 home; find home out -type f -delete
      """
    #expect(
      try modes(user, script) == [
        "0", "0", "0", "[1][1]home 755", "home/me 755", "out 755", "out/home 701", "out/home/me 755",
      ])
  }

  @Test("Many workers give each directory its mode", arguments: users) func manyWorkers(_ user: User) throws {
    let script = """
      \(Self.makeFile) for d in $(seq 40); do mkdir -p in/$((d % 7))/$d
      for n in 1 2 3; do f 640 in/$((d % 7))/$d/$n.json; done; chmod 7$((d % 2 * 5))0 in/$((d % 7))/$d; done
      chmod 711 in/?; $ZMIN -q -j4 -r in --output-dir out
      diff <(cd in; find . -printf '%P %m\\n' | sort) <(cd out; find . -printf '%P %m\\n' | sort); rm -rf in out
      """
    #expect(try modes(user, script) == [])
  }

  @Test("Directories that become one have in common what they may", arguments: users)
  func mergedDirectories(_ user: User) throws {
    let script = """
      \(Self.makeFile) mkdir -p a/d b/d; f 644 a/d/1.json; f 644 b/d/2.json; chmod 750 a/d; chmod 705 b/d; chmod 711 b
      $ZMIN -q -r a b --output-dir out; rm -r a b
      """
    #expect(try modes(user, script) == ["out 711", "out/d 700", "out/d/1.json 644", "out/d/2.json 644"])
  }

  @Test("A directory that was there before keeps its mode", arguments: users) func oldDirectory(_ user: User) throws {
    let script = """
      \(Self.makeFile) mkdir -p in/d in/e out/d; f 600 in/d/a.json; f 600 in/e/b.json; chmod 700 in/d in/e
      chmod 777 out/d; $ZMIN -q -r in --output-dir out; rm -r in
      """
    #expect(
      try modes(user, script) == ["out 755", "out/d 777", "out/d/a.json 600", "out/e 700", "out/e/b.json 600"])
  }

  @Test("A file that is not valid does not keep its directory from its mode") func invalidFile() throws {
    let script = """
      \(Self.makeFile) mkdir -p in/d; f 644 in/d/a.json; echo '[' > in/d/b.json
      $ZMIN -q -r in --output-dir out 2> /dev/null; echo $?; rm -r in
      """
    #expect(try modes(.caller, script) == ["1", "out 755", "out/d 755", "out/d/a.json 644"])
  }

  @Test(
    "The next run gives its mode to a directory that a killed one has left",
    .enabled(if: access("/usr/bin/strace", X_OK) == 0 && !ZminProgram.isSanitized, "needs strace"),
    arguments: ["", "--journal j"])
  func killed(_ options: String) throws {
    let script = """
      \(Self.makeFile) mkdir -p in/d; f 644 in/d/a.json; f 644 in/d/b.json; chmod 755 in/d
      for when in $(seq 30); do rm -rf out j
      { strace -f -qq -o /dev/null -e trace=fchmod -e inject=fchmod:signal=KILL:when=$when \
        $ZMIN -q -j1 \(options) -r in --output-dir out; } 2> /dev/null; code=$?; test $code = 0 && break
      echo $code >> kills; stat -c %a out >> left; $ZMIN -q -j1 \(options) -r in --output-dir out
      diff <(cd in; find . -printf '%P %m\\n' | sort) <(cd out; find . -printf '%P %m\\n' | sort); done
      sort -u kills; sort left | uniq | tr '\\n' ' '; rm -rf in out j kills left
      """
    #expect(try modes(.caller, script) == ["137", "1700 "])
  }
}
