import Glibc
import Synchronization
import ZminBase
import ZminIO
import ZminMemory

/// Takes the signals that ask for an end, on a thread of its own.
///
/// They are blocked in every thread and waited for, so that no code runs inside a signal handler, and so that they work
/// as process 1 too, for which the system's default actions do not apply. A signal that was ignored when the program
/// started, as `nohup` and background shells arrange it, stays ignored.
final class SignalMonitor: Sendable {
  /// Asks the run to stop.
  private let interruption: Interruption
  /// Those to remove before leaving at once.
  private let temporaries: TemporaryFiles
  private let firstSignal = Mutex<TerminationSignal?>(nil)
  /// Hears that the program was stopped and goes on.
  private let didContinue: @Sendable () -> Void

  private static let stackBytes = 256 * 1024

  /// Blocks the signals. Call ``start()`` before a second thread is made.
  ///
  /// - Parameters:
  ///   - interruption: What asks the run to stop.
  ///   - temporaries: What is removed where the program leaves at once.
  ///   - didContinue: Hears that the program was stopped, as by Ctrl-Z, and goes on.
  init(
    interruption: Interruption, temporaries: TemporaryFiles, didContinue: @escaping @Sendable () -> Void
  ) {
    self.didContinue = didContinue
    self.interruption = interruption
    self.temporaries = temporaries
  }

  /// The first signal that came, which the program ends with.
  var received: TerminationSignal? { firstSignal.withLock { $0 } }

  /// Blocks the signals and starts the thread.
  ///
  /// - Parameter ledger: The book that the thread's stack is entered in.
  func start(_ ledger: MemoryLedger) {
    let signals = Self.notIgnored()
    guard !signals.isEmpty else { return }
    var set = Self.set(of: signals)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    guard let thread = SystemThread(stackBytes: Self.stackBytes, ledger: ledger, { self.wait(for: signals) }) else {
      // No thread to be had: the default actions are better than nothing.
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

  /// Waits for one of the signals: its number, or -1 if the time was up.
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
