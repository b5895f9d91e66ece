/// Cuts an input into chunks of `byteCount` bytes. The last one may be shorter.
package func chunks(of input: [UInt8], byteCount: Int) -> [[UInt8]] {
  stride(from: 0, to: input.count, by: byteCount).map { Array(input[$0..<min(input.count, $0 + byteCount)]) }
}
