/// A stack of container kinds, one bit each, as a value. Up to 63 kinds take no heap memory.
///
/// The layout is that of ``NestingStack`` with one difference: a full word moves out only when another kind is pushed.
/// Equal stacks therefore have equal representations, as `Equatable` needs.
package struct BitStack: Equatable, Sendable {
  private static let kindsPerWord = 63

  private var top: UInt64 = 1
  private var words: [UInt64] = []

  package init() {}

  package var count: Int { words.count * Self.kindsPerWord + 63 - top.leadingZeroBitCount }

  package var isEmpty: Bool { top == 1 }

  /// The kind pushed last, nil if the stack is empty.
  package var last: ContainerKind? { isEmpty ? nil : Self.kind(top, at: 0) }

  package mutating func push(_ kind: ContainerKind) {
    if top >> 63 != 0 {
      words.append(top)
      top = 1
    }
    top = top << 1 | UInt64(kind.rawValue)
  }

  /// Removes the kind pushed last. The stack must not be empty.
  package mutating func pop() {
    precondition(!isEmpty)
    top >>= 1
    if top == 1, let word = words.popLast() { top = word }
  }

  /// Calls `body` with each kind, in the order pushed, until it returns false. Returns true if it never did.
  package func allSatisfy(_ body: (ContainerKind) -> Bool) -> Bool {
    for word in words {
      for bit in (0..<Self.kindsPerWord).reversed() where !body(Self.kind(word, at: bit)) { return false }
    }
    for bit in (0..<63 - top.leadingZeroBitCount).reversed() where !body(Self.kind(top, at: bit)) { return false }
    return true
  }

  /// Calls `body` with each kind, in the order pushed.
  package func forEach(_ body: (ContainerKind) -> Void) {
    _ = allSatisfy {
      body($0)
      return true
    }
  }

  private static func kind(_ word: UInt64, at bit: Int) -> ContainerKind { word >> bit & 1 == 0 ? .array : .object }
}
