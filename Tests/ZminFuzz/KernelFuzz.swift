import ZminCPU
import ZminCore
import ZminEngine
import ZminTestSupport

/// Compares every kernel, in windows of many sizes, with the oracle: output, verdict and offset must be equal.
enum KernelFuzz {
  /// Sizes at and around the edges of blocks and groups of blocks.
  private static let edges = [63, 64, 65, 128, 511, 512, 513, 1024]

  @Sendable static func run(_ input: inout FuzzInput) throws {
    let format = input.pick(Format.allCases)
    let checks = format == .concat || !input.once(in: 4)
    let depth = Int(input.byte())
    let depthMax = depth < 64 ? depth : MinifierOptions.defaultDepthMax
    var random = SplitMix64(seed: UInt64(input.byte()) << 8 | UInt64(input.byte()))
    let document = input.rest
    let expected = Expected(document, format, depthMax: depthMax)
    let unchecked = checks ? [] : Self.unchecked(document, format)
    var error: InvalidJSON?
    for kernel in Kernel.available.reversed() {
      let options = MinifierOptions(format: format, validates: checks, depthMax: depthMax, kernel: kernel)
      var runner = try MinifierRunner(options)
      for sizes in cuts(document.count, &random) {
        var next = 0
        let made = try runner.run(document) {
          next += 1
          return sizes[(next - 1) % sizes.count]
        }
        let what = "\(kernel), \(format), depth \(depthMax), windows of \(sizes)"
        guard checks else {
          if made.error != nil || made.output != unchecked { fail("\(what): not as the three-state machine says") }
          continue
        }
        if made.error?.offset != expected.errorOffset {
          fail("\(what): \(made.error as Any), the oracle \(expected.errorOffset as Any)")
        }
        if made.error == nil, made.output != expected.output { fail("\(what): other bytes than the oracle's") }
        error = error ?? made.error
        if made.error != error { fail("\(what): \(made.error as Any), others \(error as Any)") }
      }
    }
  }

  /// Lists of window sizes.
  private static func cuts(_ byteCount: Int, _ random: inout SplitMix64) -> [[Int]] {
    // Two windows with the edge at every byte, or at a random one if there are too many.
    let places = byteCount <= 40 ? Array(1..<max(2, byteCount)) : [1 + random.below(byteCount)]
    let mixed = (0..<3 + random.below(5)).map { _ in random.below(random.once(in: 3) ? 600 : 20) } + [1]
    return [[.max], [1], [random.pick(edges) + random.below(3)], mixed] + places.map { [$0, .max] }
  }

  /// Output of the three-state machine for an input after its byte order mark.
  private static func unchecked(_ document: [UInt8], _ format: Format) -> [UInt8] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    return Oracle.unchecked(document.starts(with: mark) ? Array(document.dropFirst(mark.count)) : document, format)
  }
}
