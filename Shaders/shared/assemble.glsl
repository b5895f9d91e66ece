// There are no byte stores: the bytes that a workgroup keeps are put side by side in shared words, which are then stored
// whole. The first and the last word may belong to the neighbours too.
const uint THREAD_WORDS = THREAD_BYTES / 4u;
shared uint assembled[THREADS * THREAD_WORDS + 2u];

/// The bytes of `word` under four bits, side by side from the lowest.
uint packBytes(uint word, uint bits) {
  // What is dropped closes from the top: each step moves down all that lies above one byte.
  word &= ((bits & 1u) | (bits & 2u) << 7 | (bits & 4u) << 14 | (bits & 8u) << 21) * 0xffu;
  if (!isSet(bits, 2u)) word = (word & 0x0000ffffu) | (word >> 8 & 0xffff0000u);
  if (!isSet(bits, 1u)) word = (word & 0x000000ffu) | (word >> 8 & 0xffffff00u);
  return isSet(bits, 0u) ? word : word >> 8;
}

/// Makes the first words zero. A barrier must follow.
void clearAssembled(uint thread, uint words) {
  for (uint i = thread; i < words; i += THREADS) assembled[i] = 0u;
}

/// Puts the bytes under the mask from byte `offset` on. A barrier must follow.
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
      // What did not fit. Of four bytes that all did, nothing is left, and no shift is as wide as a word.
      uint left = 8u * (uint(bitCount(bits)) - filled);
      gathered = filled == 0u ? 0u : packed >> left;
    }
  }
  if (filled != 0u && gathered != 0u) atomicOr(assembled[at], gathered);
}

/// Stores `count` assembled bytes, which begin at byte `offset` of the buffer.
#define STORE_ASSEMBLED(buffer, thread, offset, count) { \
  uint lead = (offset) & 3u, word = (offset) >> 2, end = lead + (count), words = (end + 3u) >> 2; \
  for (uint i = thread; i < words; i += THREADS) { \
    bool isShared = (i == 0u && lead != 0u) || (i == words - 1u && (end & 3u) != 0u); \
    if (isShared) atomicOr(buffer.words[word + i], assembled[i]); else buffer.words[word + i] = assembled[i]; \
  } }
