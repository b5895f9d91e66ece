/// All short inputs over an alphabet.
package enum ShortInputs {
  /// The bytes on which most rules turn.
  package static let alphabet = Array("{}[]:,\"0-.e\n a1".utf8)

  /// Calls `body` with every string of up to `lengthMax` bytes over `alphabet`; where it returns false, with none that
  /// the string begins.
  package static func forEach(
    upTo lengthMax: Int, over alphabet: [UInt8] = alphabet, _ body: ([UInt8]) throws -> Bool
  ) rethrows {
    var indices: [Int] = []
    var input: [UInt8] = []
    while true {
      let goesOn = try body(input)
      if goesOn, input.count < lengthMax {
        indices.append(0)
        input.append(alphabet[0])
        continue
      }
      // On to the next: the last place that has a byte left takes it.
      while let last = indices.popLast() {
        input.removeLast()
        if last + 1 < alphabet.count {
          indices.append(last + 1)
          input.append(alphabet[last + 1])
          break
        }
      }
      if indices.isEmpty { return }
    }
  }
}
