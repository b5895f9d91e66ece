import Testing
import ZminCommand

@Suite("Signals, without any")
struct SignalPolicyTests {
  @Test("The first Ctrl-C stops the run, the second exits")
  func interrupt() {
    var policy = SignalPolicy()
    #expect(policy.receive(.interrupt, atSeconds: 0) == .stop(.interrupt))
    #expect(policy.deadlineSeconds == nil)
    #expect(policy.receive(.interrupt, atSeconds: 100) == .leave(.interrupt))
  }

  @Test("A hang-up stops the run")
  func hangUp() {
    var policy = SignalPolicy()
    #expect(policy.receive(.hangUp, atSeconds: 0) == .stop(.hangUp))
    #expect(policy.receive(.interrupt, atSeconds: 1) == .stop(.interrupt))
  }

  @Test("A termination waits, then stops the run, then exits")
  func terminate() {
    var policy = SignalPolicy()
    #expect(policy.receive(.terminate, atSeconds: 10) == .nothing)
    #expect(policy.deadlineSeconds == 15)
    #expect(policy.elapse(toSeconds: 14.9) == .nothing)
    #expect(policy.elapse(toSeconds: 15) == .stop(.terminate))
    #expect(policy.deadlineSeconds == 19)
    #expect(policy.elapse(toSeconds: 19) == .leave(.terminate))
  }

  @Test("Ctrl-C after a termination stops at once, and a stopped run is abandoned after nine seconds")
  func interruptAfterTerminate() {
    var policy = SignalPolicy()
    _ = policy.receive(.terminate, atSeconds: 0)
    #expect(policy.receive(.interrupt, atSeconds: 1) == .stop(.interrupt))
    #expect(policy.deadlineSeconds == 9)
  }

  @Test("Signals come before everything else in the exit status")
  func order() {
    let order: [ZminCommand.ExitStatus] = [
      .success, .invalidInput, .engineUnavailable, .failure, .difference, .signal(.hangUp),
    ]
    #expect(order == order.sorted())
    #expect(order.map(\.code) == [0, 1, 4, 3, 5, 129])
    #expect(TerminationSignal.allCases.map(\.exitCode) == [129, 130, 143])
  }
}
