import Glibc
import Synchronization
import ZminBase
import ZminIO
import ZminMemory

/// A thread that receives the signals that end the program.
///
/// The signals are blocked in every thread and waited for. So no code runs in a signal handler, and they also work in
/// process 1, which has no default actions. A signal that was ignored at the start, as with `nohup`, stays ignored.
final class SignalMonitor: Sendable {
  private let interruption: Interruption
  /// Temporaries to remove before an immediate exit.
  private let temporaries: TemporaryFiles
  private let firstSignal = Mutex<TerminationSignal?>(nil)
  /// Called when the program continues after a stop.
  private let didContinue: @Sendable () -> Void

  private static let stackBytes = 256 * 1024

  /// Call ``start(_:)`` before a second thread is started.
  ///
  /// - Parameters:
  ///   - interruption: Asks the run to stop.
  ///   - temporaries: Files to remove before an immediate exit.
  ///   - didContinue: Called when the program continues after a stop, as by Ctrl-Z.
  init(
    interruption: Interruption, temporaries: TemporaryFiles, didContinue: @escaping @Sendable () -> Void
  ) {
    self.didContinue = didContinue
    self.interruption = interruption
    self.temporaries = temporaries
  }

  /// The first signal received, which determines the exit code.
  var received: TerminationSignal? { firstSignal.withLock { $0 } }

  /// Blocks the signals and starts the thread.
  ///
  /// - Parameter ledger: Records the stack of the thread.
  func start(_ ledger: MemoryLedger) {
    let signals = Self.notIgnored()
    guard !signals.isEmpty else { return }
    var set = Self.set(of: signals)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    guard let thread = SystemThread(stackBytes: Self.stackBytes, ledger: ledger, { self.wait(for: signals) }) else {
      // Without a thread, the default actions apply.
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
      return
    }
    thread.detach()
  }

  private static func notIgnored() -> [TerminationSignal] {
    TerminationSignal.allCases.filter { signal in
      var action = sigaction()
      guard sigaction(signal.number, nil, &action) == 0 else { return true }
      return !action.isIgnored
    }
  }

  private static func set(of signals: [TerminationSignal]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal.number) }
    sigaddset(&set, SIGCONT)
    return set
  }

  private func wait(for signals: [TerminationSignal]) {
    var set = Self.set(of: signals)
    var policy = SignalPolicy()
    while true {
      let number = Self.next(in: &set, untilSeconds: policy.deadlineSeconds)
      let now = MonotonicClock.seconds()
      if number == SIGCONT { didContinue() }
      if let signal = TerminationSignal(number: number) {
        firstSignal.withLock { $0 = $0 ?? signal }
        interruption.giveNotice(signal.reason)
        act(on: policy.receive(signal, atSeconds: now))
      } else {
        act(on: policy.elapse(toSeconds: now))
      }
    }
  }

  /// Waits for a signal. Returns its number, or -1 after the deadline.
  private static func next(in set: inout sigset_t, untilSeconds deadline: Double?) -> Int32 {
    guard let deadline else { return sigwaitinfo(&set, nil) }
    let wait = max(0, deadline - MonotonicClock.seconds())
    var time = timespec(tv_sec: Int(wait), tv_nsec: Int((wait - wait.rounded(.down)) * 1e9))
    return sigtimedwait(&set, nil, &time)
  }

  private func act(on action: SignalPolicy.Action) {
    switch action {
    case .nothing: break
    case .stop(let signal): interruption.request(signal.reason)
    case .leave(let signal):
      temporaries.removeAll()
      _exit(signal.exitCode)
    }
  }
}
