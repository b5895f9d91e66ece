// Tests on four characters in a word.

/// Marks the highest bit of each byte that is neither a digit nor a sign.
uint notInNumbers(uint word) {
  const uint EACH = 0x01010101u, LOW_BITS = 0x7f7f7f7fu;
  uint low = word & LOW_BITS;
  // The first sum reaches the highest bit from 0x30 on, the second from 0x3a on.
  uint digits = low + 0x50u * EACH & ~(low + 0x46u * EACH);
  uint signs = ~((low ^ 0x2bu * EACH) + LOW_BITS) | ~((low ^ 0x2du * EACH) + LOW_BITS);
  return ~(digits | signs) & 0x80808080u;
}
