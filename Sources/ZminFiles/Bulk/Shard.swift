/// One of the parts of a set of files, for one task of a cluster.
///
/// The shard of a file depends only on its path below the argument, not on other files, and not on anything that a run
/// changes.
package struct Shard: Sendable, Equatable {
  /// An upper bound of the number of tasks.
  package static let countMax = 1_000_000

  /// The number of this shard, from 0.
  package let index: Int
  /// The number of shards.
  package let count: Int

  /// Makes a shard; nil unless `index` is from 0 to `count` - 1.
  package init?(index: Int, count: Int) {
    guard (1...Self.countMax).contains(count), (0..<count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// Returns true if the file whose path has that hash is in this shard.
  package func contains(_ hash: PathHash) -> Bool {
    // FNV leaves the last bytes of a path mostly in the low bits. They are spread first, by the finalizer of
    // MurmurHash3.
    var bits = hash.value
    bits = (bits ^ bits >> 33) &* 0xFF51_AFD7_ED55_8CCD
    bits = (bits ^ bits >> 33) &* 0xC4CE_B9FE_1A85_EC53
    bits ^= bits >> 33
    return Int(UInt64(count).multipliedFullWidth(by: bits).high) == index
  }
}
