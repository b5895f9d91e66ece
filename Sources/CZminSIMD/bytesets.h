// Tables over the 128 ASCII characters as constant expressions over string literals.
#ifndef CZMIN_BYTESETS_H
#define CZMIN_BYTESETS_H

/// True if `byte`, a constant, is in `set`, a string literal. False for 0.
#define IS_IN(byte, set) ((byte) != 0 && __builtin_strchr(set, byte) != 0)

#define ENTRIES_4(entry, at) entry(at), entry((at) + 1), entry((at) + 2), entry((at) + 3)
#define ENTRIES_16(entry, at) \
  ENTRIES_4(entry, at), ENTRIES_4(entry, (at) + 4), ENTRIES_4(entry, (at) + 8), ENTRIES_4(entry, (at) + 12)
#define ENTRIES_64(entry, at) \
  ENTRIES_16(entry, at), ENTRIES_16(entry, (at) + 16), ENTRIES_16(entry, (at) + 32), ENTRIES_16(entry, (at) + 48)

/// An initialiser of 128 entries: entry(0), entry(1), ...
#define ASCII_TABLE(entry) {ENTRIES_64(entry, 0), ENTRIES_64(entry, 64)}

#endif
