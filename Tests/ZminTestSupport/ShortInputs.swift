/// All short inputs over an alphabet.
package enum ShortInputs {
  /// Bytes that cover most rules of JSON.
  package static let alphabet = Array("{}[]:,\"0-.e\n a1".utf8)

  /// Calls `body` with every string of up to `lengthMax` bytes over `alphabet`. If it returns false, strings that begin
  /// with that string are skipped.
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
      // Advances like an odometer: the last index that is not at its end moves on.
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
