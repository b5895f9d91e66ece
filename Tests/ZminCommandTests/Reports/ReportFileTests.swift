import Foundation
import Glibc
import Testing

@Suite("Files of reports replace nothing that the run has")
struct ReportFileTests {
  private static let document = "[ 1, 2 ]\n"

  /// A directory of files and links to them.
  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.file("tree/sub"), withIntermediateDirectories: true)
    for name in ["in.json", "tree/a.json", "tree/sub/b.json"] { try scratch.write(document, to: name) }
    try FileManager.default.createSymbolicLink(atPath: scratch.file("link.json"), withDestinationPath: "in.json")
    try FileManager.default.createSymbolicLink(atPath: scratch.file("way"), withDestinationPath: "tree/sub")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("tree/far.json"), withDestinationPath: "../in.json")
    return scratch
  }

  /// Options that name a file, `@`.
  private static let options = [
    ["--memory-report", "--memory-report-file", "@"], ["--log-file", "@"], ["--metrics-file", "@"],
  ]

  @Test("A report file that is an input is refused under any name", arguments: options)
  func inputs(_ option: [String]) throws {
    let runs: [(file: String, arguments: [String])] = [
      ("in.json", ["in.json", "-o", "out"]), ("./in.json", ["in.json", "-o", "out"]),
      ("link.json", ["in.json", "-o", "out"]), ("in.json", ["link.json", "-o", "out"]), ("in.json", ["-t", "in.json"]),
      ("in.json", ["-i", "in.json"]), ("tree/a.json", ["-i", "tree/a.json", "tree/sub/b.json"]),
      ("tree/a.json", ["-ri", "tree"]), ("tree/sub/../a.json", ["-ri", "tree"]), ("way/b.json", ["-ri", "tree"]),
      ("tree/a.json", ["-rt", "tree"]), ("tree/a.json", ["-r", "--output-dir", "out", "tree"]),
      ("in.json", ["-ri", "--follow-symlinks", "tree"]),
    ]
    for (file, arguments) in runs {
      let scratch = try Self.scratch()
      let before = scratch.tree()
      let run = try ZminProgram.run(option.map { $0.replacing("@", with: file) } + arguments, in: scratch)
      #expect(run.ending == .exit(2), "\(file), \(arguments): \(run.errors)")
      #expect(run.errors.contains(option[option.count - 2]))
      #expect(scratch.tree() == before, "\(file), \(arguments)")
    }
  }

  @Test(
    "A report file that cannot be written is an error before the work",
    arguments: [["--metrics-file", "none/x"], ["--memory-report=json", "--memory-report-file", "none/x"]])
  func directories(_ option: [String]) throws {
    for arguments in [
      ["in.json", "-o", "out"], ["-i", "in.json"], ["-ri", "tree"], ["-r", "--output-dir", "out", "tree"],
    ] {
      let scratch = try Self.scratch()
      let before = scratch.tree()
      let run = try ZminProgram.run(option + arguments, in: scratch)
      #expect(run.ending == .exit(3) && run.errors.hasPrefix("zmin: none/x: "), "\(arguments): \(run.errors)")
      #expect(run.errors.split(separator: "\n").count == 1 && scratch.tree() == before, "\(arguments)")
    }
    // The run makes this directory.
    let scratch = try Self.scratch()
    let inside = option.map { $0.replacing("none/x", with: "out/x") }
    let run = try ZminProgram.run(inside + ["-r", "--output-dir", "out", "tree"], in: scratch)
    #expect(run.ending == .exit(0) && scratch.text(of: "out/x") != nil, "\(run.errors)")
  }

  @Test("A report file that is a standard stream is refused", arguments: options)
  func streams(_ option: [String]) throws {
    let scratch = try Self.scratch()
    let words = option.joined(separator: " ")
    let input = try ZminProgram.shell("$ZMIN \(words.replacing("@", with: "in.json")) < in.json", in: scratch)
    #expect(input.ending == .exit(2) && scratch.text(of: "in.json") == Self.document)
    let output = try ZminProgram.shell("$ZMIN \(words.replacing("@", with: "out")) in.json > out", in: scratch)
    #expect(output.ending == .exit(2) && scratch.text(of: "out") == "")
    // Nothing is lost where nothing is kept.
    let device = try ZminProgram.shell("$ZMIN \(words.replacing("@", with: "/dev/null")) in.json", in: scratch)
    #expect(device.ending == .exit(0) && device.output.contains("[1,2]"))
  }

  @Test("A report file that is another side file is refused", arguments: options)
  func others(_ option: [String]) throws {
    let others = [
      ["in.json", "-o", "x"], ["--format", "ndjson", "in.json", "--bad-lines", "x"],
      ["-ri", "tree", "--journal", "x"], ["-ri", "--shard", "0/2", "--shard-plan", "x", "tree"],
      ["-i", "--files-from", "x"],
      option[0] == "--metrics-file" ? ["--log-file", "x", "in.json"] : ["--metrics-file", "x", "in.json"],
    ]
    for other in others {
      let scratch = try Self.scratch()
      if other.contains("--files-from") { try scratch.write("in.json\n", to: "x") }
      let before = scratch.tree()
      let run = try ZminProgram.run(option.map { $0.replacing("@", with: "./x") } + other, in: scratch)
      #expect(run.ending == .exit(2) && run.errors.contains("same file"), "\(other): \(run.errors)")
      #expect(scratch.tree() == before)
    }
  }

  @Test("An output that would be a report file is not written, even in a new directory")
  func outputs() throws {
    for option in Self.options + [["--journal", "@"]] {
      let scratch = try Self.scratch()
      try scratch.write(Self.document, to: "tree/c.json")
      // The journal's directory must be there.
      if option[0] == "--journal" || option[0] == "--log-file" {
        try FileManager.default.createDirectory(
          atPath: scratch.file("out/sub"), withIntermediateDirectories: true)
      }
      let run = try ZminProgram.run(
        option.map { $0.replacing("@", with: "out/sub/b.json") } + ["-r", "--output-dir", "out", "tree"], in: scratch)
      #expect(run.ending == .exit(2), "\(option): \(run.errors)")
      #expect(run.errors.contains("out/sub/b.json: the output and \(option[option.count - 2]) are the same file"))
      #expect(scratch.text(of: "out/c.json") == "[1,2]" && scratch.text(of: "out/sub/b.json") != "[1,2]")
    }
  }

  @Test(
    "A report on standard output that is another side file is refused",
    arguments: [
      ("a.json >> a.json", "a.json"), ("-t a.json >> a.json", "a.json"), ("-i a.json >> a.json", "a.json"),
      ("-i a.json 1<> a.json", "a.json"), ("-ri tree >> tree/sub/b.json", "tree/sub/b.json"),
      ("-t a.json tree/a.json >> a.json", "a.json"), ("-rt tree --journal j >> j", "j"),
      ("a.json -o o --metrics-file m >> m", "m"), ("a.json -o o --log-file m >> m", "m"),
      ("--format ndjson a.json --bad-lines m >> m", "m"),
    ])
  func standardOutput(_ arguments: String, _ file: String) throws {
    let scratch = try Self.scratch()
    try scratch.write(Self.document, to: "a.json")
    for name in ["j", "m"] { try scratch.write("", to: name) }
    let before = scratch.text(of: file)
    let run = try ZminProgram.shell("$ZMIN --memory-report=json \(arguments)", in: scratch)
    #expect(run.ending == .exit(2) && run.errors.contains("--memory-report on standard output"), "\(run.errors)")
    #expect(scratch.text(of: file) == before)
  }

  @Test("An output does not replace a report on standard output")
  func outputOnStandardOutput() throws {
    let scratch = try Self.scratch()
    try FileManager.default.createDirectory(atPath: scratch.file("out"), withIntermediateDirectories: true)
    let run = try ZminProgram.shell(
      "$ZMIN --memory-report=json -r --output-dir out tree >> out/a.json", in: scratch)
    #expect(
      run.ending == .exit(2) && run.errors.contains("out/a.json: the output and --memory-report are the same file"))
    #expect(scratch.text(of: "out/a.json")?.hasPrefix("{") == true && scratch.text(of: "out/sub/b.json") == "[1,2]")
  }

  @Test("An output that is standard output under another name excludes a report there")
  func namesOfStandardOutput() throws {
    for name in ["/dev/stdout", "/proc/self/fd/1"] {
      let scratch = try Self.scratch()
      let run = try ZminProgram.shell("$ZMIN --memory-report=json in.json -o \(name) | cat", in: scratch)
      #expect(run.output == "[1,2]" && run.errors.hasPrefix("{"), "\(run.errors)")
      for option in Self.options {
        let words = option.joined(separator: " ").replacing("@", with: name)
        let other = try ZminProgram.shell("$ZMIN \(words) in.json | cat; exit ${PIPESTATUS[0]}", in: scratch)
        #expect(other.ending == .exit(2) && other.output.isEmpty, "\(words): \(other.errors)")
      }
    }
  }

  @Test("A report file that is a hard link to an input is refused", arguments: options)
  func hardLinks(_ option: [String]) throws {
    let scratch = try Self.scratch()
    link(scratch.file("tree/a.json"), scratch.file("h.json"))
    for arguments in [
      ["-rt", "tree"], ["-t", "tree/a.json", "tree/sub/b.json"], ["-r", "--output-dir", "out", "tree"],
    ] {
      let run = try ZminProgram.run(option.map { $0.replacing("@", with: "h.json") } + arguments, in: scratch)
      #expect(run.ending == .exit(2), "\(arguments): \(run.errors)")
      #expect(scratch.text(of: "tree/a.json") == Self.document)
    }
  }

  @Test("A report file that is an input of another shard is refused", arguments: options)
  func shards(_ option: [String]) throws {
    for plan in [[], ["--shard-plan", "plan"]] {
      let scratch = try Self.scratch()
      for number in 0..<8 { try scratch.write(Self.document, to: "tree/f\(number).json") }
      if !plan.isEmpty {
        let made = try ZminProgram.run(["-rt", "tree", "--shard", "0/2"] + plan, in: scratch)
        #expect(made.ending == .exit(0), "\(made.errors)")
      }
      let before = scratch.tree()
      for number in 0..<8 {
        let run = try ZminProgram.run(
          option.map { $0.replacing("@", with: "tree/f\(number).json") } + ["-rt", "tree", "--shard", "0/2"] + plan,
          in: scratch)
        #expect(run.ending == .exit(2) && run.errors.contains("is an input"), "\(run.errors)")
      }
      #expect(scratch.tree() == before)
      // Names that no walk takes are free.
      let free = try ZminProgram.run(
        option.map { $0.replacing("@", with: "tree/report.txt") } + ["-rt", "tree", "--shard", "0/2"] + plan,
        in: scratch)
      #expect(free.ending == .exit(0), "\(free.errors)")
    }
  }
}
