import Foundation
import Glibc
import Testing

@Suite("Resuming a run")
struct ResumeTests {
  private static let fileCount = 150
  private static let hasStrace = !ZminProgram.isSanitized && access("/usr/bin/strace", X_OK) == 0
  /// The long tier kills at 200 moments.
  private static let killCount =
    ProcessInfo.processInfo.environment["ZMIN_LONG_TESTS"] == "1" ? 200 : 14

  private static func old(_ number: Int) -> String {
    "[ \(number), \"\(String(repeating: "x ", count: number * 7))\" , \(String(repeating: " ", count: number)){ } ]"
  }

  private static func new(_ number: Int) -> String {
    "[\(number),\"\(String(repeating: "x ", count: number * 7))\",{}]"
  }

  private static func name(_ number: Int) -> String { "d\(number % 4)/\(number).json" }

  private func scratch() throws -> Scratch {
    try Scratch(
      Dictionary(uniqueKeysWithValues: (0..<Self.fileCount).map { ("in/\(Self.name($0))", Self.old($0)) }))
  }

  /// The number of new files, nil if a file is neither old nor new.
  private func newCount(_ scratch: Scratch) -> Int? {
    let tree = scratch.tree("in")
    var count = 0
    for number in 0..<Self.fileCount {
      guard let text = tree[Self.name(number)] else { return nil }
      if text == Self.new(number) { count += 1 } else if text != Self.old(number) { return nil }
    }
    return count
  }

  @Test("A second run processes only files that are new, changed or without their output")
  func journal() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]", "in/b.json": "[ 2 ]", "in/bad.json": "[3,]"])
    let command = ["-r", "in", "--output-dir", "out", "--journal", "j"]
    #expect(try ZminProgram.run(command, in: scratch).errors.contains("2 written, 1 not valid"))
    #expect(try ZminProgram.run(command, in: scratch).errors.contains("2 skipped, 1 not valid"))
    unlink(scratch.file("out/a.json"))
    try scratch.write("[ 22 ]", to: "in/b.json")
    try scratch.write("[3]", to: "in/bad.json")
    #expect(try ZminProgram.run(command, in: scratch).errors.contains("3 files: 3 written"))
    #expect(scratch.tree("out") == ["a.json": "[1]", "b.json": "[22]", "bad.json": "[3]"])
    #expect(try ZminProgram.run(command + ["--max-depth", "9"], in: scratch).errors.contains("3 files: 3 written"))
    #expect(try ZminProgram.run(["-rt", "in", "--journal", "k"], in: scratch).errors.contains("3 valid"))
    #expect(try ZminProgram.run(["-rt", "in", "--journal", "k"], in: scratch).errors.contains("3 skipped"))
  }

  @Test(
    "An output that was overwritten with as many bytes is made again",
    arguments: [["--output-dir", "out"], ["-i"]])
  func overwrittenOutput(_ destination: [String]) throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]", "in/b.json": "[ 2 ]"])
    let command = ["-r", "in"] + destination + ["--journal", "j"]
    #expect(try ZminProgram.run(command, in: scratch).ending == .exit(0))
    #expect(try ZminProgram.run(command, in: scratch).errors.contains("2 skipped"))
    let directory = destination.count == 2 ? "out" : "in"
    try scratch.write("{ }", to: "\(directory)/a.json")
    #expect(try ZminProgram.run(command, in: scratch).errors.contains("1 written, 1 skipped"))
    #expect(scratch.text(of: "\(directory)/a.json") == (destination.count == 2 ? "[1]" : "{}"))
    #expect(scratch.text(of: "\(directory)/b.json") == "[2]")
  }

  @Test("A journal without output times compares the outputs' hashes")
  func oldJournal() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]", "in/b.json": "[ 2 ]"])
    let command = ["-r", "in", "--output-dir", "out", "--journal", "j"]
    #expect(try ZminProgram.run(command, in: scratch).ending == .exit(0))
    let lines = try #require(scratch.text(of: "j")).split(separator: "\n").map { line in
      var fields = line.split(separator: "\t")
      fields.remove(at: 5)
      return fields.joined(separator: "\t") + "\n"
    }
    try scratch.write(lines.joined(), to: "j")
    #expect(try ZminProgram.run(command, in: scratch).errors.contains("2 skipped"))
    try scratch.write("[7]", to: "out/b.json")
    #expect(try ZminProgram.run(command, in: scratch).errors.contains("1 written, 1 skipped"))
    #expect(scratch.tree("out") == ["a.json": "[1]", "b.json": "[2]"])
  }

  @Test("A second run cannot use a journal that is in use")
  func lock() throws {
    let scratch = try Scratch(["in/a.json": "[ 1 ]"])
    let run = try ZminProgram.shell("touch j; flock j $ZMIN -ri in --journal j; echo $?", in: scratch)
    #expect(run.output == "3\n")
    #expect(run.errors == "zmin: j: another run uses this journal; wait for it, or use another file\n")
    #expect(scratch.text(of: "in/a.json") == "[ 1 ]")
  }

  @Test(
    "After a kill at any moment every file is complete, and a second run finishes the work",
    .enabled(if: hasStrace, "needs strace"), arguments: 0..<killCount)
  func kill(_ seed: Int) throws {
    let scratch = try scratch()
    var generator = SeededGenerator(seed: UInt64(seed))
    let calls = [
      "openat", "write", "fsync", "renameat", "flock", "close", "fgetxattr,flistxattr", "fchmod", "newfstatat",
    ]
    let call = calls[seed % calls.count]
    // Each thread counts for itself.
    let moment = 1 + Int(generator.next() % UInt64(call == "newfstatat" ? 700 : call == "fsync" ? 60 : 75))
    let command = "$ZMIN -q -j2 -ri in --journal journal"
    let killed = try ZminProgram.shell(
      """
      strace -f -qq -o /dev/null -e trace=\(call) -e inject=\(call):signal=KILL:when=\(moment)+1 \(command) 2> /dev/null
      echo $?
      """, in: scratch)
    #expect(["137\n", "0\n"].contains(killed.output), "\(killed)")
    #expect(newCount(scratch) != nil, "\(call) \(moment): a file is neither the old nor the new one")
    let second = try ZminProgram.shell("\(command); echo $?", in: scratch)
    #expect(second.output == "0\n", "\(call) \(moment): \(second.errors)")
    #expect(newCount(scratch) == Self.fileCount, "\(call) \(moment)")
    // One file a worker may be in the middle of its exchange.
    let left = scratch.tree("in").keys.filter { $0.hasSuffix(".kept") }
    #expect(left.count <= 2, "\(call) \(moment): \(left)")
    #expect(scratch.tree("in").count == Self.fileCount + left.count, "\(call) \(moment): something is left")
    let third = try ZminProgram.run(["-ri", "in", "--journal", "journal"], in: scratch)
    #expect(third.errors.contains(" \(Self.fileCount) skipped"), "\(call) \(moment): \(third.errors)")
  }

  @Test("SIGTERM ends a run between files and leaves none partial")
  func terminate() throws {
    let scratch = try scratch()
    let run = try ZminProgram.shell(
      """
      mkfifo slow; $ZMIN -q -j1 -ri in --journal j & pid=$!
      sleep 0.05; kill -INT $pid; kill -TERM $pid; wait $pid; echo $?
      """, in: scratch)
    #expect(["143\n", "130\n", "0\n"].contains(run.output))
    #expect(newCount(scratch) != nil)
    #expect(scratch.tree("in").count == Self.fileCount)
  }
}

/// SplitMix64.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}
