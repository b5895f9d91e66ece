import Testing
import ZminCore
import ZminMemory
import ZminTestSupport

/// The nesting stack is a stack, across the borders of its words too.
@Suite struct NestingStackTests {
  @Test func behavesAsAnArray() throws {
    var random = SplitMix64(seed: 9)
    let ledger = MemoryLedger()
    var stack = try NestingStack(ledger: ledger)
    var copy = try NestingStack(ledger: ledger)
    var model: [ContainerKind] = []
    for step in 0..<20_000 {
      // In long runs up and down, so that depths of several words are reached and left.
      let rises = step / 700 % 2 == 0 ? !random.once(in: 4) : random.once(in: 4)
      let kind: ContainerKind = random.once(in: 2) ? .array : .object
      if rises {
        stack.open(kind)
        model.append(kind)
      } else {
        let closes = stack.close(kind)
        #expect(closes == (model.last == kind))
        if closes { model.removeLast() }
      }
      #expect(stack.depth == model.count)
      #expect(stack.innermost == model.last)
      if random.once(in: 500) {
        try copy.assign(from: stack)
        #expect(copy.depth == model.count && copy.innermost == model.last)
        swap(&stack, &copy)
      }
    }
  }

  @Test func growsBeyondItsFirstRoom() throws {
    var stack = try NestingStack(ledger: MemoryLedger())
    let depth = 2_000_000
    for level in 0..<depth {
      if level % 1_000 == 0 { try stack.reserve(1_000) }
      stack.open(level % 3 == 0 ? .object : .array)
    }
    #expect(stack.depth == depth)
    for level in (0..<depth).reversed() where !stack.close(level % 3 == 0 ? .object : .array) {
      Issue.record("level \(level) is lost")
      return
    }
    #expect(stack.innermost == nil)
  }
}
