// Packing of bytes without byte stores. The bytes that a workgroup keeps are packed into shared words, which are then
// stored whole:
//
//   thread 0's bytes   a b c         words in shared memory   a b c d   e f g .
//   thread 1's bytes   d e f g
//
// The first and last word may be shared with the neighbouring workgroups, and are stored with atomicOr.
const uint THREAD_WORDS = THREAD_BYTES / 4u;
shared uint assembled[THREADS * THREAD_WORDS + 2u];

/// Packs the bytes of `word` under four bits, from the lowest byte.
uint packBytes(uint word, uint bits) {
  // Gaps close from the top: each step moves down all bytes above a dropped one.
  word &= ((bits & 1u) | (bits & 2u) << 7 | (bits & 4u) << 14 | (bits & 8u) << 21) * 0xffu;
  if (!isSet(bits, 2u)) word = (word & 0x0000ffffu) | (word >> 8 & 0xffff0000u);
  if (!isSet(bits, 1u)) word = (word & 0x000000ffu) | (word >> 8 & 0xffffff00u);
  return isSet(bits, 0u) ? word : word >> 8;
}

/// Sets the first `words` words to zero. A barrier must follow.
void clearAssembled(uint thread, uint words) {
  for (uint i = thread; i < words; i += THREADS) assembled[i] = 0u;
}

/// Packs the bytes under the mask from byte `offset` on. A barrier must follow.
void assemble(uint words[8], uint mask, uint offset) {
  uint at = offset >> 2, filled = offset & 3u, gathered = 0u;
  bool isShared = filled != 0u;
  [[unroll]] for (int i = 0; i < 8; i++) {
    uint bits = mask >> (4 * i) & 15u;
    if (bits == 0u) continue;
    uint packed = packBytes(words[i], bits);
    gathered |= packed << (8u * filled);
    filled += uint(bitCount(bits));
    if (filled >= 4u) {
      if (isShared) atomicOr(assembled[at], gathered); else assembled[at] = gathered;
      isShared = false;
      at++;
      filled -= 4u;
      // The bytes that did not fit. After four that all fit the shift would be a whole word, so 0 is set directly.
      uint left = 8u * (uint(bitCount(bits)) - filled);
      gathered = filled == 0u ? 0u : packed >> left;
    }
  }
  if (filled != 0u && gathered != 0u) atomicOr(assembled[at], gathered);
}

/// Stores `count` assembled bytes from byte `offset` of the buffer on.
#define STORE_ASSEMBLED(buffer, thread, offset, count) { \
  uint lead = (offset) & 3u, word = (offset) >> 2, end = lead + (count), words = (end + 3u) >> 2; \
  for (uint i = thread; i < words; i += THREADS) { \
    bool isShared = (i == 0u && lead != 0u) || (i == words - 1u && (end & 3u) != 0u); \
    if (isShared) atomicOr(buffer.words[word + i], assembled[i]); else buffer.words[word + i] = assembled[i]; \
  } }
