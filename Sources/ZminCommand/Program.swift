import Glibc
import ZminIO
import ZminMemory
import ZminVulkanEngine

/// The program. It parses, plans, runs and exits.
@main
enum Program {
  static func main() {
    ProcessSetup.run()
    let console = Console()
    do {
      switch try Request(RawArgument.ofProcess()) {
      case .text(let text): exit(printing: text.hasSuffix("\n") ? text : text + "\n", console)
      case .devices(let command): exit(doing: command, console)
      case .bench(let command):
        let commandLine = RawArgument.ofProcess().map(RawArgument.readable)
        run(console) { files, interruption, _ in
          try BenchRun(
            command: command, commandLine: commandLine, files: files, interruption: interruption, console: console
          ).run()
        }
      case .part(let command):
        run(console) { files, _, ledger in
          try PartCommandRun(command: command, files: files, ledger: ledger, console: console).run()
        }
      case .join(let command):
        run(console) { files, _, ledger in
          try JoinRun(command: command, files: files, ledger: ledger, console: console).run()
        }
      case .minify(let options): minify(options, console)
      }
    } catch {
      console.sayUsageError(error.message, help: Request.helpCall(for: RawArgument.ofProcess()))
      Glibc.exit(ExitStatus.usage.code)
    }
  }

  private static func minify(_ options: Options, _ console: Console) -> Never {
    var console = console
    do {
      let planner = Planner(options, in: RealEnvironment())
      let log = makeLog(try planner.reports(), &console)
      let interruption = try Interruption()
      let ledger = MemoryLedger()
      if planner.isBulk {
        let plan = try planner.bulkPlan()
        let files = FileAccess(
          interruption: interruption, pageCache: PageCachePolicy(plan.limits), counter: ByteCounter())
        try plan.reports.checkFiles(besides: plan.mirrorPath, using: files)
        let monitor = startMonitor(interruption, files, ledger, console)
        let memory = try memoryReporting(plan.reports, plan.task, ledger, console)
        let ending = BulkRun(plan, files: files, log: log, console: console, ledger: ledger, memory).run()
        end(ending, memory, files, monitor, console)
      }
      let plan = try planner.plan()
      try log?.open()
      let files = FileAccess(
        interruption: interruption, pageCache: plan.limits.map(PageCachePolicy.init) ?? .keepsAll,
        counter: plan.showsProgress || plan.reports.memory != nil ? ByteCounter() : nil)
      try plan.reports.checkFiles(besides: nil, using: files)
      let monitor = startMonitor(interruption, files, ledger, console)
      let memory = try memoryReporting(plan.reports, plan.task, ledger, console)
      let ending = MinifyRun(plan, files: files, log: log, console: console, ledger: ledger, memory).run()
      end(ending, memory, files, monitor, console)
    } catch PlanError.usage(let message) {
      console.sayUsageError(message)
      console.flush()
      Glibc.exit(ExitStatus.usage.code)
    } catch PlanError.engineUnavailable(let message) {
      console.say(message)
      console.flush()
      Glibc.exit(ExitStatus.engineUnavailable.code)
    } catch PlanError.nothingToDo {
      console.write(HelpText.short)
      Glibc.exit(ExitStatus.usage.code)
    } catch let error as FileError {
      console.say(FailureMessage.text(for: error, input: .standardOutput))
      Glibc.exit(ExitStatus.failure.code)
    } catch {
      console.say("cannot start: \(error)")
      console.flush()
      Glibc.exit(ExitStatus.failure.code)
    }
  }

  /// Runs a subcommand that reads or writes files, and ends the process.
  private static func run(
    _ console: Console, _ body: (FileAccess, Interruption, MemoryLedger) throws -> ExitStatus
  ) -> Never {
    do {
      let (interruption, ledger) = (try Interruption(), MemoryLedger())
      let files = FileAccess(interruption: interruption, pageCache: PageCachePolicy(MachineLimits()))
      let monitor = startMonitor(interruption, files, ledger, console)
      do {
        exit(try body(files, interruption, ledger), after: monitor)
      } catch PlanError.usage(let message) {
        console.sayUsageError(message, help: Request.helpCall(for: RawArgument.ofProcess()))
        exit(.usage, after: monitor)
      } catch PlanError.engineUnavailable(let message) {
        console.say(message)
        exit(.engineUnavailable, after: monitor)
      } catch FileError.brokenPipe(let output) where monitor.received == nil {
        ProcessSetup.end(byBrokenPipe: output, console)
      } catch {
        // An end by a signal has no message.
        if monitor.received == nil { console.say(FailureMessage.text(for: error, input: .standardInput)) }
        exit(FailureMessage.status(for: error), after: monitor)
      }
    } catch {
      console.say("cannot start: \(error)")
      Glibc.exit(ExitStatus.failure.code)
    }
  }

  /// The log of events, nil without one. If it goes to standard error, `console` writes its messages into it.
  private static func makeLog(_ reports: ReportPlan, _ console: inout Console) -> EventLog? {
    guard reports.logsEvents else { return nil }
    let log = EventLog(at: reports.logFile, console: console)
    if reports.logFile == nil { console = Console(events: log) }
    return log
  }

  private static func startMonitor(
    _ interruption: Interruption, _ files: FileAccess, _ ledger: MemoryLedger, _ console: Console
  ) -> SignalMonitor {
    let monitor = SignalMonitor(interruption: interruption, temporaries: files.temporaries) { console.forgetProgress() }
    monitor.start(ledger)
    return monitor
  }

  /// Starts the memory profiler if a report was requested.
  private static func memoryReporting(
    _ reports: ReportPlan, _ task: Plan.Task, _ ledger: MemoryLedger, _ console: Console
  ) throws -> MemoryReporting? {
    try reports.memory.map {
      try MemoryReporting($0, of: task, command: ["zmin"] + RawArgument.ofProcess(), ledger: ledger, console: console)
    }
  }

  /// Reports memory after the run was freed, and ends the process.
  private static func end(
    _ ending: RunEnding, _ memory: MemoryReporting?, _ files: FileAccess, _ monitor: SignalMonitor,
    _ console: Console
  ) -> Never {
    var ending = ending
    do throws(FileError) {
      try memory?.report(using: files.afterRequest())
    } catch FileError.interrupted {
      // The signal determines the exit code.
    } catch {
      if case .brokenPipe(let output) = error {
        ending = .brokenPipe(output)
      } else {
        console.say(FailureMessage.text(for: error, input: .standardOutput))
        if case .status(let status) = ending { ending = .status(max(status, .failure)) }
      }
    }
    console.flush()
    switch ending {
    case .brokenPipe(let output) where monitor.received == nil: ProcessSetup.end(byBrokenPipe: output, console)
    case .brokenPipe: exit(.success, after: monitor)
    case .status(let status): exit(status, after: monitor)
    }
  }

  /// Ends the process. A signal that was received determines the exit code.
  private static func exit(_ status: ExitStatus, after monitor: SignalMonitor) -> Never {
    ProcessSetup.exit(monitor.received.map(ExitStatus.signal) ?? status)
  }

  private static func exit(printing text: String, _ console: Console) -> Never {
    exit(console) { () throws(FileError) in
      try StandardOutput(FileAccess()).write(text)
      return .success
    }
  }

  private static func exit(doing command: DevicesCommand, _ console: Console) -> Never {
    let selector = command.device.map(DeviceSelector.named) ?? .best
    exit(console) { () throws(FileError) in
      if command.find {
        try StandardOutput(FileAccess()).write(DeviceFinder(selector).findHere().line + "\n")
        // Exit handlers of drivers may be slow.
        _exit(ExitStatus.success.code)
      }
      return try DevicesRun(
        selector: command.device.map(DeviceSelector.named), runsSelfTest: command.selfTest, files: FileAccess()
      ).run()
    }
  }

  private static func exit(_ console: Console, with body: () throws(FileError) -> ExitStatus) -> Never {
    do throws(FileError) {
      Glibc.exit(try body().code)
    } catch {
      if case .brokenPipe(let output) = error { ProcessSetup.end(byBrokenPipe: output, console) }
      console.say(FailureMessage.text(for: error, input: .standardOutput))
      Glibc.exit(ExitStatus.failure.code)
    }
  }
}
