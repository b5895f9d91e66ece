import ZminCore
import ZminTestSupport

/// A slice scanned by stage 1.
struct ScannedSlice {
  var summary: SliceSummary
  var lexical: LexicalSummary
  var output: [UInt8]
  var elements: [Element]
  /// True if stage 1 found no error.
  var isLocallyClean: Bool

  init(_ bytes: ArraySlice<UInt8>, from start: Lexeme, _ format: Format) {
    var output = [UInt8](repeating: 0, count: 2 * bytes.count + 1)
    var elements = [Element](repeating: .comma, count: bytes.count)
    lexical = bytes.withUnsafeBytes { LexicalSummary($0) }
    let (local, elementCount) = bytes.withUnsafeBytes { bytes in
      output.withUnsafeMutableBytes { output in
        elements.withUnsafeMutableBufferPointer { storage in
          var elements = ElementBuffer(storage)
          let local = SliceScanner(format: format).scan(bytes, from: start, into: output, elements: &elements)
          return (local, elements.count)
        }
      }
    }
    output.removeSubrange((local?.outputByteCount ?? 0)...)
    elements.removeSubrange(elementCount...)
    // The assumed start of no bytes does not matter.
    summary = bytes.isEmpty ? .identity : SliceSummary(local, elements: elements)
    isLocallyClean = local != nil
    self.output = output
    self.elements = elements
  }
}

extension Array where Element == UInt8 {
  /// The slices between `cuts`, which must be in order.
  func slices(at cuts: [Int]) -> [ArraySlice<UInt8>] {
    zip([0] + cuts, cuts + [count]).map { self[$0..<$1] }
  }
}

extension SplitMix64 {
  /// Joins `parts` in a random grouping.
  mutating func join(_ parts: [SliceSummary], _ format: Format) -> SliceSummary {
    var parts = parts
    while parts.count > 1 {
      let index = below(parts.count - 1)
      parts[index].append(parts.remove(at: index + 1), format: format)
    }
    return parts.first ?? .identity
  }
}
