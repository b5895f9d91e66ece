import Foundation
import Glibc

/// The program as a user runs it.
enum ZminProgram {
  /// True if the program was built with a sanitizer. `scripts/test-sanitizers` sets the variable.
  static let isSanitized = ProcessInfo.processInfo.environment["ZMIN_SANITIZER"] != nil

  /// The end of the process.
  enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)
  }

  /// The output and the end of a run.
  struct Run {
    var output: String
    var errors: String
    var ending: Ending
  }

  /// The binary that was built with the tests, beside them.
  static let program: String = {
    if let path = ProcessInfo.processInfo.environment["ZMIN_PROGRAM"] { return path }
    var bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    // Where a runner of the toolchain loads the tests, they are named on the command line.
    if let path = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") }) { bundle = path }
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("zmin").path
  }()

  /// Runs the program with arguments and all of standard input, which is a regular file then.
  static func run(_ arguments: [String], input: String = "", in scratch: Scratch? = nil) throws -> Run {
    try run(raw: [program] + arguments, input: Array(input.utf8), in: scratch)
  }

  /// Runs a line of shell. `$ZMIN` is the program, and `variables` are set too.
  static func shell(_ script: String, _ variables: [String: String] = [:], in scratch: Scratch? = nil) throws -> Run {
    var environment = variables
    environment["ZMIN"] = program
    let assignments = environment.map { "\($0)='\($1)'; " }.joined()
    return try run(raw: ["/bin/bash", "-c", assignments + script], input: [], in: scratch)
  }

  /// True if ``mountingShell(_:in:)`` works here: for root, and where users may make namespaces.
  static let canMount: Bool = (try? mountingShell("mount -t tmpfs none /mnt").ending) == .exit(0)

  /// Runs a script that may mount file systems, which nobody else sees.
  static func mountingShell(_ script: String, in scratch: Scratch? = nil) throws -> Run {
    try run(
      raw: ["/usr/bin/env", "ZMIN=\(program)", "unshare", "-rm", "/bin/bash", "-c", script], input: [], in: scratch)
  }

  /// Runs a program with arguments, the last of them of any bytes.
  static func run(
    raw arguments: [String], extra: [[UInt8]] = [], input: [UInt8] = [], in scratch: Scratch? = nil
  ) throws -> Run {
    let own = try Scratch()
    let directory = scratch ?? own
    try Data(input).write(to: URL(fileURLWithPath: own.file("in")))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, own.file("in"), O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, own.file("out"), O_WRONLY | O_CREAT | O_APPEND, 0o666)
    posix_spawn_file_actions_addopen(&actions, 2, own.file("errors"), O_WRONLY | O_CREAT | O_APPEND, 0o666)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The runner may ignore signals that the program must see.
    var defaults = sigset_t()
    sigfillset(&defaults)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    // posix_spawn has no portable way to change the directory; no test may hang.
    let shell = [
      "/bin/sh", "-c", "cd \"$0\" && exec timeout --foreground --signal=KILL 60 \"$@\"", directory.path,
    ]
    let bytes = (shell + arguments).map { Array($0.utf8) } + extra
    var pointers = bytes.map { strdup(($0 + [0]).map { CChar(bitPattern: $0) }) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    let code = posix_spawn(&process, shell[0], &actions, &attributes, &pointers, environ)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    var status: Int32 = 0
    waitpid(process, &status, 0)
    let ending: Ending = status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
    return Run(output: own.text(of: "out") ?? "", errors: own.text(of: "errors") ?? "", ending: ending)
  }
}
