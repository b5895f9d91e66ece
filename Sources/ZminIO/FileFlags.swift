import SystemPackage

/// Flags of a file as `chattr` sets them and `lsattr` shows them.
enum FileFlags {
  /// `i` and `a`. A file with one of them can be neither removed nor replaced by a rename.
  static let protecting: UInt32 = 0x10 | 0x20

  /// The flags that a replacement keeps: `s`, `u`, `c`, `S`, `d`, `A`, `m`, `j`, `t`, `C`, `x` and `P`. The others
  /// describe the way in which the file system has stored the file.
  static let kept: UInt32 =
    0x1 | 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x400 | 0x4000 | 0x8000 | 0x80_0000 | 0x200_0000 | 0x2000_0000

  /// Each flag that a replacement keeps.
  fileprivate static var each: [UInt32] { (0..<32).map { 1 << $0 }.filter { kept & $0 != 0 } }
}

extension FileAccess {
  /// The flags of an open file, none if the file system does not support them.
  func flags(of number: Int32) -> UInt32 {
    (try? retrying { calls throws(Errno) in try calls.flags(of: number) }) ?? 0
  }

  /// Gives a new file, which must be empty (`C` requires it), the flags of the file that it will replace.
  ///
  /// Some need privileges (`j`), and some exclude flags that the new file has inherited from its directory. A flag that
  /// the file system refuses is skipped: flags concern storage, not the contents or who may read them.
  func copyFlags(_ flags: UInt32, to number: Int32) {
    let born = self.flags(of: number)
    let wanted = born & ~FileFlags.kept | flags & FileFlags.kept
    if wanted == born || set(wanted, on: number) { return }
    var current = born
    for flag in FileFlags.each where (current ^ wanted) & flag != 0 && set(current ^ flag, on: number) {
      current ^= flag
    }
  }

  /// Returns false if the file system refuses the flags.
  private func set(_ flags: UInt32, on number: Int32) -> Bool {
    (try? retrying { calls throws(Errno) in try calls.setFlags(number, to: flags) }) != nil
  }
}
