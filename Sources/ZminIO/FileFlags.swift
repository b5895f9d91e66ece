import SystemPackage

/// Flags of a file as `chattr` sets them and `lsattr` shows them.
enum FileFlags {
  /// `i` and `a`: such a file can be neither removed nor renamed over.
  static let protecting: UInt32 = 0x10 | 0x20

  /// What a replacement keeps: `s`, `u`, `c`, `S`, `d`, `A`, `m`, `j`, `t`, `C`, `x` and `P`. The others say how the
  /// file system has stored the file.
  static let kept: UInt32 =
    0x1 | 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x400 | 0x4000 | 0x8000 | 0x80_0000 | 0x200_0000 | 0x2000_0000

  /// Each flag that a replacement keeps.
  fileprivate static var each: [UInt32] { (0..<32).map { 1 << $0 }.filter { kept & $0 != 0 } }
}

extension FileAccess {
  /// The flags of an open file; none where the file system has none.
  func flags(of number: Int32) -> UInt32 {
    (try? retrying { calls throws(Errno) in try calls.flags(of: number) }) ?? 0
  }

  /// Gives a new file, which must be empty still (`C` asks for it), the flags of the one that it will replace.
  ///
  /// Some need privileges (`j`), some exclude each other where the directory has given the new file others. One that the
  /// file system refuses is let go: they are about storage, not about what is in the file or who may read it.
  func copyFlags(_ flags: UInt32, to number: Int32) {
    let born = self.flags(of: number)
    let wanted = born & ~FileFlags.kept | flags & FileFlags.kept
    if wanted == born || set(wanted, on: number) { return }
    var current = born
    for flag in FileFlags.each where (current ^ wanted) & flag != 0 && set(current ^ flag, on: number) {
      current ^= flag
    }
  }

  /// Whether the file system took the flags.
  private func set(_ flags: UInt32, on number: Int32) -> Bool {
    (try? retrying { calls throws(Errno) in try calls.setFlags(number, to: flags) }) != nil
  }
}
