import Testing
import ZminCore
import ZminMemory
import ZminTestSupport

/// The nesting stack, across the boundaries of its words.
@Suite struct NestingStackTests {
  @Test("Random pushes and pops give the same stack as an array")
  func behavesAsAnArray() throws {
    var random = SplitMix64(seed: 9)
    let ledger = MemoryLedger()
    var stack = try NestingStack(ledger: ledger)
    var copy = try NestingStack(ledger: ledger)
    var model: [ContainerKind] = []
    for step in 0..<20_000 {
      // Long runs up and down reach depths of several words and leave them.
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

  @Test("A copy of the innermost levels restores a stack that closed only these")
  func partialCopyRestores() throws {
    let ledger = MemoryLedger()
    var generator = SplitMix64(seed: 5)
    var stack = try NestingStack(ledger: ledger)
    var saved = try NestingStack(ledger: ledger)
    var whole = try NestingStack(ledger: ledger)
    for round in 0..<2000 {
      if round % 100 == 0 { stack.removeAll() }
      try stack.reserve(2000)
      for _ in 0..<Int.random(in: 0...600, using: &generator) {
        stack.open(Bool.random(using: &generator) ? .array : .object)
      }
      let levels = Int.random(in: 0...300, using: &generator)
      try saved.assign(from: stack, levels: levels)
      try whole.assign(from: stack)
      for _ in 0..<Int.random(in: 0...levels, using: &generator) {
        if let kind = stack.innermost { _ = stack.close(kind) }
      }
      for _ in 0..<Int.random(in: 0...600, using: &generator) {
        stack.open(Bool.random(using: &generator) ? .array : .object)
      }
      try stack.assign(from: saved, levels: levels)
      let isSame = stack.isSame(as: whole)
      #expect(isSame, "round \(round)")
    }
  }

  @Test("Reserving grows the stack to two million levels")
  func reservingGrows() throws {
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
