/// One of the parts that a set of files is cut into, a part for each task of a cluster.
///
/// What part a file is in depends on its path below the argument and on nothing else: neither on other files nor on
/// anything that a run changes.
package struct Shard: Sendable, Equatable {
  /// More tasks than any cluster has.
  package static let countMax = 1_000_000

  /// Which one, from 0.
  package let index: Int
  /// How many there are.
  package let count: Int

  /// Nil unless `index` is from 0 to `count` - 1.
  package init?(index: Int, count: Int) {
    guard (1...Self.countMax).contains(count), (0..<count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// Whether the file whose path has that hash is in this part.
  package func contains(_ hash: PathHash) -> Bool {
    // FNV leaves the last bytes of a path mostly in the low bits: they are spread first (the end of MurmurHash3).
    var bits = hash.value
    bits = (bits ^ bits >> 33) &* 0xFF51_AFD7_ED55_8CCD
    bits = (bits ^ bits >> 33) &* 0xC4CE_B9FE_1A85_EC53
    bits ^= bits >> 33
    return Int(UInt64(count).multipliedFullWidth(by: bits).high) == index
  }
}
