/// The bytes of one execution. The last ones select the use of the others, so that a document at the start stays the
/// same while that changes.
struct FuzzInput {
  /// Bytes that are not consumed.
  private(set) var rest: [UInt8]

  init(_ bytes: [UInt8]) { rest = bytes }

  /// The last byte, 0 if there is none.
  mutating func byte() -> UInt8 { rest.popLast() ?? 0 }

  /// A number from 0 to `bound` - 1, of one byte.
  mutating func number(below bound: Int) -> Int { Int(byte()) % bound }

  mutating func once(in count: Int) -> Bool { number(below: count) == count - 1 }

  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[number(below: choices.count)] }

  /// The last bytes, at most so many.
  mutating func suffix(_ count: Int) -> FuzzInput {
    let taken = FuzzInput(Array(rest.suffix(count)))
    rest.removeLast(taken.rest.count)
    return taken
  }
}
