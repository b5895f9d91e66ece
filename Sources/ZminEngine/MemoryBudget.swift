/// Memory that a run may have resident, the program included.
///
/// It has two bounds. The user's bound is an order: a run that needs more is refused. The bound of the control groups
/// is a fact that may change: a run that needs more takes as little as it can, and says so.
package struct MemoryBudget: Sendable, Equatable {
  /// The least that a run needs is more than the user allows.
  package struct TooSmall: Error, Sendable, Equatable, CustomStringConvertible {
    package let budgetBytes: Int
    package let neededBytes: Int
    /// The cause of the need, after "too small", or nothing.
    package let purpose: String

    package var description: String {
      "the memory budget of \(budgetBytes) bytes is too small\(purpose); at least \(neededBytes) are needed"
    }
  }

  /// Nil if the user sets no bound.
  package let requestedBytes: Int?
  /// Left by the control groups; nil if they set no limit, or were not asked.
  package let availableBytes: Int?
  /// Bytes that other parts of the run take.
  package private(set) var reservedBytes = 0

  package init(requestedBytes: Int?, availableBytes: Int?) {
    self.requestedBytes = requestedBytes
    self.availableBytes = availableBytes
  }

  /// Returns the same budget for the rest of the run, besides a part that takes so many bytes.
  package func reserving(_ byteCount: Int) -> MemoryBudget {
    var budget = self
    budget.reservedBytes += byteCount
    return budget
  }

  /// Bytes that the run may take: the smaller bound, less than is reserved; `Int.max` without any.
  package var byteCount: Int {
    let bytes = min(requestedBytes ?? .max, availableBytes ?? .max)
    return bytes == .max ? bytes : max(0, bytes - reservedBytes)
  }

  /// Refuses a run that needs more than the user allows.
  ///
  /// - Parameter purpose: The cause of the need, as in " for these files".
  /// - Throws: ``TooSmall``.
  package func require(_ neededBytes: Int, _ purpose: String = "") throws(TooSmall) {
    if let requestedBytes, requestedBytes < neededBytes + reservedBytes {
      throw TooSmall(
        budgetBytes: requestedBytes, neededBytes: neededBytes + reservedBytes, purpose: purpose)
    }
  }

  /// Pools for slices.
  package struct SlicePools: Sendable, Equatable {
    package let plan: SlicePlan
    /// Set only if the pools are smaller than usual.
    package let shortage: String?
  }

  /// Divides the budget among workers and slices, with as many workers as possible up to `workers`.
  ///
  /// - Throws: ``TooSmall``.
  package func slicePools(workers: Int, _ options: MinifierOptions) throws(TooSmall) -> SlicePools {
    let leastBytes = SlicePlan.least.peakBytes(options)
    try require(leastBytes)
    let usual = SlicePlan(workers: workers)
    if usual.peakBytes(options) <= byteCount { return SlicePools(plan: usual, shortage: nil) }
    guard let plan = SlicePlan(workers: workers, withinBytes: byteCount, options) else {
      return SlicePools(plan: .least, shortage: shortage(of: leastBytes))
    }
    let source = requestedBytes ?? .max <= availableBytes ?? .max ? "the memory budget" : "the control group"
    return SlicePools(
      plan: plan, shortage: "fewer or smaller slices are used: \(source) leaves \(byteCount) bytes")
  }

  /// Describes what is missing to a run that the control groups leave too little.
  package func shortage(of neededBytes: Int) -> String {
    "the control group leaves \(byteCount) bytes of memory, and the run needs \(neededBytes)"
  }

  /// Bytes of a line that each of so many workers may hold, of an input that cannot be read twice.
  ///
  /// The user's bound says how long a line may be. The bound of the control groups only makes it shorter than usual.
  ///
  /// - Parameter fixedBytes: Bytes that the run has resident besides long lines.
  package func heldLineBytesMax(besides fixedBytes: Int, workers: Int = 1) -> Int {
    let leftBytes = max(0, byteCount - fixedBytes) / workers
    return requestedBytes == nil ? min(leftBytes, LineRun.usualHeldLineBytes) : leftBytes
  }
}
