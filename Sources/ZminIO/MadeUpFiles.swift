/// File systems that generate files when they are read, so that their sizes are guesses.
enum MadeUpFiles {
  /// The largest guess: the largest page size of Linux.
  static let sizeBytesMax: Int64 = 64 << 10

  /// Numbers of `linux/magic.h`. FUSE is included, since it also serves `/proc` and `/sys` of containers (lxcfs).
  private static let types: Set<Int> = [
    0x6265_6572,  // sysfs
    0x9FA0,  // proc
    0x0027_E0EB, 0x6367_7270,  // cgroup, cgroup2
    0x6462_6720, 0x7472_6163,  // debugfs, tracefs
    0x6265_6570,  // configfs
    0x7363_6673,  // securityfs
    0xF97C_FF8C,  // selinuxfs
    0x6165_676C,  // pstore
    0x0765_5821,  // resctrl
    0x6573_5546,  // FUSE
  ]

  /// Returns true if an open file is on one of them, false also if that is unknown.
  static func isMadeUp(_ descriptor: Int32, using access: FileAccess) -> Bool {
    guard let type = try? access.calls.fileSystemType(of: descriptor) else { return false }
    return types.contains(type & 0xFFFF_FFFF)
  }
}
