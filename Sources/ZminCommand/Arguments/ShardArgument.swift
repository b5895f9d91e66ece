package import ZminFiles

/// A value of `--shard`: `K/N` or `auto/N`.
package enum ShardArgument: Sendable, Equatable {
  case part(Shard)
  /// K comes from the environment.
  case automatic(count: Int)

  package init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Self.number(parts[1]), Shard(index: 0, count: count) != nil else { return nil }
    if parts[0] == "auto" {
      self = .automatic(count: count)
    } else {
      guard let index = Self.number(parts[0]), let shard = Shard(index: index, count: count) else { return nil }
      self = .part(shard)
    }
  }

  /// Parses a number of ASCII digits without a sign.
  static func number(_ text: some StringProtocol) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }
}
