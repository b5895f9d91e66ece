import Foundation
import Glibc
import Testing

/// The memory of the program and the processes that it starts, sampled from outside.
struct ProcessTree {
  /// The most resident memory of all processes at one moment, among the samples.
  private(set) var residentBytes = 0
  /// The most that the high-water marks of all processes added up to. They miss no moment, and need not coincide.
  private(set) var highWaterBytes = 0
  private(set) var sampleCount = 0
  private(set) var processes: Set<pid_t> = []
  /// The status of `waitpid`.
  private(set) var status: Int32 = -1

  /// True if the kernel lists the children of a process.
  static let canList = FileManager.default.fileExists(atPath: "/proc/self/task/\(getpid())/children")

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - arguments: The arguments. Standard input and the streams of the output are `/dev/null`.
  ///   - whileRunning: Called after each sample with the process.
  init(_ arguments: [String], in scratch: Scratch, whileRunning: (pid_t) -> Void = { _ in }) throws {
    let words = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\" < /dev/null > /dev/null 2> errors", scratch.path]
    var pointers = (words + [ZminProgram.program] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    let code = posix_spawn(&process, words[0], nil, nil, &pointers, environ)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    while waitpid(process, &status, WNOHANG) == 0 {
      sample(process)
      whileRunning(process)
      usleep(300)
    }
  }

  private mutating func sample(_ root: pid_t) {
    var (residentBytes, highWaterBytes) = (0, 0)
    for process in [root] + Self.children(of: root) where Self.isProgram(process) {
      guard let memory = Self.memory(of: process) else { continue }
      processes.insert(process)
      residentBytes += memory.resident
      highWaterBytes += memory.highWater
    }
    guard residentBytes > 0 else { return }
    sampleCount += 1
    self.residentBytes = max(self.residentBytes, residentBytes)
    self.highWaterBytes = max(self.highWaterBytes, highWaterBytes)
  }

  /// False for a shell that is about to become the program.
  private static func isProgram(_ process: pid_t) -> Bool {
    let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
    return path == URL(fileURLWithPath: ZminProgram.program).resolvingSymlinksInPath().path
  }

  private static func children(of process: pid_t) -> [pid_t] {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
    return threads.flatMap { thread in
      text(of: "/proc/\(process)/task/\(thread)/children").split(separator: " ").compactMap { pid_t($0) }
    }
  }

  private static func memory(of process: pid_t) -> (resident: Int, highWater: Int)? {
    var figures: [Substring: Int] = [:]
    for line in text(of: "/proc/\(process)/status").split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "\t" }
      if words.count == 3, let count = Int(words[1]) { figures[words[0]] = count << 10 }
    }
    guard let resident = figures["VmRSS:"], let highWater = figures["VmHWM:"] else { return nil }
    return (resident, highWater)
  }

  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
