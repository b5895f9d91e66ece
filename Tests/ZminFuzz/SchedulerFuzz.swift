import ZminCPU
import ZminCore
import ZminEngine
import ZminTestSupport

/// Compares slices that are claimed, minified and joined in an order given by the input with a run in one window.
enum SchedulerFuzz {
  @Sendable static func run(_ input: inout FuzzInput) throws {
    let format = input.pick(Format.allCases)
    let checks = format == .concat || !input.once(in: 4)
    let depth = Int(input.byte())
    var options = MinifierOptions(
      format: format, validates: checks, depthMax: depth < 64 ? depth : MinifierOptions.defaultDepthMax,
      kernel: input.pick(Kernel.available))
    if input.once(in: 8) { options.verification = .whole }
    var plan = ScheduledRun.Plan()
    plan.workers = 1 + input.number(below: 4)
    plan.slots = plan.workers + 1 + input.number(below: 8)
    plan.sliceBytes = 1 + Int(input.byte())
    plan.smallestSliceBytes = 1 + Int(input.byte()) % plan.sliceBytes
    plan.lanes = input.number(below: 3)
    plan.laneSliceBytes = 1 + 4 * Int(input.byte())
    plan.lanesAreAlone = input.once(in: 4)
    plan.isSeekable = !input.once(in: 4)
    plan.pieceBytes = 1 + Int(input.byte())
    let isFinal = input.once(in: 2)
    let schedule = input.suffix(4 * Int(input.byte()))
    let expected = try RunOutcome.windowed(input.rest, options, isFinal: isFinal && checks && format != .json)
    let isFinalInFact = isFinal && checks && format != .json
    let run = try ScheduledRun(input.rest, options, plan, schedule, outputIsFinal: isFinalInFact)
    let found = try run.outcome()
    if found != expected {
      fail(
        "\(plan), \(options.kernel), \(format), checks \(checks): \(readable(found.output)) \(found.error as Any), not "
          + "\(readable(expected.output)) \(expected.error as Any)")
    }
  }
}
