// Bit planes: plane b holds bit b of each of 32 bytes, the first byte in the lowest bit. A question about 32 bytes then
// takes a few operations on words.
//
//   bytes       { " 1           7B 22 31
//   plane 0     1 . 1
//   plane 1     1 1 .
//   plane 5     1 1 1

/// Transposes eight words of bytes into planes, in the order of PLANE.
///
/// The index of a bit in the eight words has eight bits: three for the word, two for the byte in it, three for the bit
/// in the byte. In a plane the bit in the byte comes first. Each exchange swaps one bit of the word's index with one
/// bit of the index within the word (Hacker's Delight, section 7-3). All take 120 operations for 32 bytes.
#define EXCHANGE(low, high, shift, mask) { \
  uint moved = ((words[low] >> shift) ^ words[high]) & mask; \
  words[high] ^= moved; \
  words[low] ^= moved << shift; }

void toPlanes(inout uint words[8]) {
  EXCHANGE(0, 1, 4, 0x0f0f0f0fu) EXCHANGE(2, 3, 4, 0x0f0f0f0fu)
  EXCHANGE(4, 5, 4, 0x0f0f0f0fu) EXCHANGE(6, 7, 4, 0x0f0f0f0fu)
  EXCHANGE(0, 4, 16, 0x0000ffffu) EXCHANGE(1, 5, 16, 0x0000ffffu)
  EXCHANGE(2, 6, 16, 0x0000ffffu) EXCHANGE(3, 7, 16, 0x0000ffffu)
  EXCHANGE(0, 4, 2, 0x33333333u) EXCHANGE(1, 5, 2, 0x33333333u)
  EXCHANGE(2, 6, 2, 0x33333333u) EXCHANGE(3, 7, 2, 0x33333333u)
  EXCHANGE(0, 2, 8, 0x00ff00ffu) EXCHANGE(1, 3, 8, 0x00ff00ffu)
  EXCHANGE(4, 6, 8, 0x00ff00ffu) EXCHANGE(5, 7, 8, 0x00ff00ffu)
  EXCHANGE(0, 2, 1, 0x55555555u) EXCHANGE(1, 3, 1, 0x55555555u)
  EXCHANGE(4, 6, 1, 0x55555555u) EXCHANGE(5, 7, 1, 0x55555555u)
}

/// The index of the word that holds the plane of a bit.
#define PLANE(bit) ((((bit) & 2) << 1) | (((bit) & 1) << 1) | ((bit) >> 2))

/// Names the planes p0 to p7.
#define NAME_PLANES(words) \
  uint p0 = words[PLANE(0)], p1 = words[PLANE(1)], p2 = words[PLANE(2)], p3 = words[PLANE(3)]; \
  uint p4 = words[PLANE(4)], p5 = words[PLANE(5)], p6 = words[PLANE(6)], p7 = words[PLANE(7)];
