extension FileList {
  /// Two files that have one path below their arguments, so that their outputs would be one; nil if there are none.
  ///
  /// - Complexity: O(*n*) for *n* files, and 12 bytes for each.
  package func firstCollision() -> (FileEntry, FileEntry)? {
    var slots = [UInt32](repeating: .max, count: max(64, (count * 3 / 2).nextPowerOfTwo))
    for number in 0..<count {
      let entry = self[number]
      let hash = hashBelow(of: entry)
      var slot = Int(truncatingIfNeeded: hash.value ^ hash.value >> 32) & (slots.count - 1)
      while slots[slot] != .max {
        let other = self[Int(slots[slot])]
        if hashBelow(of: other) == hash, namesBelow(of: other) == namesBelow(of: entry) { return (other, entry) }
        slot = (slot + 1) & (slots.count - 1)
      }
      slots[slot] = UInt32(number)
    }
    return nil
  }
}

extension Int {
  /// The least power of two that is not less.
  fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
