#version 450
// Stage 4, over the skeleton: each character against the two before it, the order of points and exponents in numbers,
// and the elements from which the host checks nesting: brackets, commas with the kind of their container, and in ndjson
// the LFs that end records.
//
// A thread has 28 characters of its own and the four before them, as bit planes:
//
//   position    0 1 2 3   4 5 6 ... 31
//               history   own characters
#extension GL_GOOGLE_include_directive : require
#include "shared/slice.glsl"
#include "shared/planes.glsl"
#include "shared/maps.glsl"
#include "shared/scan.glsl"
#include "shared/numbers.glsl"

layout(std430, binding = ZMIN_BINDING_SKELETON) readonly buffer Skeleton { uint words[]; } skeleton;
layout(std430, binding = ZMIN_BINDING_RESULT) buffer Result { zmin_slice_result result; };
layout(std430, binding = ZMIN_BINDING_ELEMENTS) writeonly buffer Elements { uint words[]; } elements;
// The first word and the number of elements of each workgroup.
layout(std430, binding = ZMIN_BINDING_ELEMENT_RUNS) writeonly buffer ElementRuns { uvec2 groups[]; } elementRuns;

const uint OWN_POSITIONS = 0xfffffff0u;
const uint LOOK_BACK_WORDS = uint(ZMIN_LOOK_BACK_WORDS);
shared uint gathered[THREADS * THREAD_CHARACTERS / 4u];
shared uint firstElementWord;

/// A word of the skeleton: the history for index -1, 0 past the end.
uint skeletonWord(int index) {
  if (index < 0) return slice.history;
  return uint(index) * 4u < result.skeleton_bytes ? skeleton.words[index] : 0u;
}

/// Sets of characters, one bit per position.
struct Characters {
  uint quote, colon, comma, opener, closer, objectOpener, object, blank, lineFeed;
  uint digit, zero, plus, minus, point, exponent;
  uint a, e, f, l, n, r, s, t, u;
};

/// Computes the sets. The highest bit of a byte is ignored: such bytes are refused by the checks of strings.
Characters characters(uint words[8]) {
  uint planes[8];
  [[unroll]] for (int i = 0; i < 8; i++) planes[i] = words[i];
  toPlanes(planes);
  NAME_PLANES(planes)
  Characters set;
  uint high0 = ~(p6 | p5 | p4), high2 = ~(p6 | p4) & p5, high3 = ~p6 & p5 & p4;
  uint high6 = p6 & p5 & ~p4, high7 = p6 & p5 & p4, bracket = p6 & p4;
  uint low0x = ~(p3 | p2), low1x = ~p3 & p2, low2x = p3 & ~p2, low3x = p3 & p2;
  uint x0 = ~(p1 | p0), x1 = ~p1 & p0, x2 = p1 & ~p0, x3 = p1 & p0;
  set.quote = high2 & low0x & x2;
  set.plus = high2 & low2x & x3;
  set.comma = high2 & low3x & x0;
  set.minus = high2 & low3x & x1;
  set.point = high2 & low3x & x2;
  set.digit = high3 & (~p3 | (low2x & ~p1));
  set.zero = high3 & low0x & x0;
  set.colon = high3 & low2x & x2;
  set.opener = bracket & low2x & x3;
  set.closer = bracket & low3x & x1;
  set.objectOpener = set.opener & p5;
  set.object = (set.opener | set.closer) & p5;
  set.lineFeed = high0 & low2x & x2;
  set.blank = (high2 & low0x & x0) | set.lineFeed | (high0 & ((low2x & x1) | (low3x & x1)));
  set.exponent = p6 & ~p4 & low1x & x1;
  set.e = high6 & low1x & x1;
  set.a = high6 & low0x & x1;
  set.f = high6 & low1x & x2;
  set.l = high6 & low3x & x0;
  set.n = high6 & low3x & x2;
  set.r = high7 & low0x & x2;
  set.s = high7 & low0x & x3;
  set.t = high7 & low1x & x0;
  set.u = high7 & low1x & x1;
  return set;
}

/// Marks the characters that may follow the two before them. Each rule is a product of three sets: two before, before,
/// here.
uint allowed(Characters set, uint claims) {
  uint sign = set.plus | set.minus;
  uint boundary = NDJSON != 0u ? set.lineFeed : 0u;
  uint beforeValue = (set.opener & ~set.objectOpener) | set.colon | set.comma | boundary;
  uint afterString = set.comma | set.closer | boundary;
  uint afterScalar = set.comma | set.closer | set.blank;
  // The first character of a value; after a number, a bracket or a blank; an empty container; a key.
  uint here = beforeValue << 1 & (set.quote | set.digit | set.minus | set.t | set.f | set.n | set.opener);
  here |= (set.closer | set.blank | set.digit) << 1 & afterScalar;
  here |= set.opener << 1 & set.closer;
  here |= set.objectOpener << 1 & set.quote;
  // After a string that is a value, and after a key.
  here |= beforeValue << 2 & set.quote << 1 & afterString;
  here |= claims | (set.objectOpener << 2 & set.quote << 1 & set.colon);
  // Numbers. A digit may follow a 0 only if a character of the same number comes before the 0.
  here |= ((set.digit & ~set.zero) | set.point | sign) << 1 & set.digit;
  here |= (set.digit | set.point | set.exponent | set.plus) << 2 & set.zero << 1 & set.digit;
  here |= set.exponent << 3 & set.minus << 2 & set.zero << 1 & set.digit;
  here |= set.digit << 1 & (set.point | set.exponent);
  here |= set.digit << 2 & set.exponent << 1 & (set.digit | sign);
  // Literals.
  here |= set.t << 1 & set.r;
  here |= set.t << 2 & set.r << 1 & set.u;
  here |= set.r << 2 & set.u << 1 & set.e;
  here |= beforeValue << 2 & set.f << 1 & set.a;
  here |= set.f << 2 & set.a << 1 & set.l;
  here |= set.a << 2 & set.l << 1 & set.s;
  here |= set.l << 2 & set.s << 1 & set.e;
  here |= beforeValue << 2 & set.n << 1 & set.u;
  here |= set.n << 2 & set.u << 1 & set.l;
  here |= set.u << 2 & set.l << 1 & set.l;
  here |= ((set.u | set.s) << 2 & set.e << 1) & afterScalar;
  here |= (set.l << 2 & set.l << 1) & afterScalar;
  return here;
}

/// Checks that a number has at most one point, followed by at most one exponent. Returns flags.
///
/// A carry from each mark runs through the digits and stops at their end:
///
///   text                1 . 5 e 3 , 1 . 2 . 3
///   point               . 1 . . . . . 1 . 1 .
///   end of digits       . . . 1 . . . . . 1 .      the second end is an error: it is a point
///
/// Every e counts as an exponent, since in the first characters of a window it cannot be told from that of a literal.
uint checkNumbers(Characters set, uint valid, int firstWord) {
  uint number = set.digit | set.plus | set.minus, marks = set.point | set.exponent;
  uint afterPoint = (set.point << 1) + number, afterExponent = (set.exponent << 1) + number;
  uint wrong = ((afterPoint & set.point) | (afterExponent & marks)) & ~number & valid;
  if (wrong != 0u) return uint(ZMIN_FLAG_NUMBER);
  // A mark whose number began before the window: search backwards for the character before its digits.
  if (number == ALL_BITS) return 0u;
  uint first = uint(findLSB(~number));
  if (first < 4u || !isSet(marks & valid, first)) return 0u;
  for (uint i = 0u; i < LOOK_BACK_WORDS && firstWord - 1 - int(i) >= -1; i++) {
    uint word = skeletonWord(firstWord - 1 - int(i)), others = notInNumbers(word);
    if (others == 0u) continue;
    uint before = word >> (uint(findMSB(others)) - 7u) & 255u;
    bool afterMark = (before | 0x20u) == 0x65u || (before == 0x2eu && isSet(set.point, first));
    return afterMark ? uint(ZMIN_FLAG_NUMBER) : 0u;
  }
  return uint(ZMIN_FLAG_LONG_NUMBER);
}

void main() {
  uint thread = gl_LocalInvocationIndex, count = result.skeleton_bytes;
  uint at = (gl_WorkGroupID.x * THREADS + thread) * THREAD_CHARACTERS;
  int firstWord = int(at / 4u) - 1;
  uint words[8];
  [[unroll]] for (int i = 0; i < 8; i++) words[i] = skeletonWord(firstWord + i);
  Characters set = characters(words);
  uint known = at >= count ? 0u : firstBits(count - at + 4u);
  uint valid = known & OWN_POSITIONS;
  // A comma followed by a string and a colon is in an object, any other in an array.
  uint claims = set.comma << 2 & set.quote << 1 & set.colon;

  uint flags = (~allowed(set, claims) & valid) != 0u ? uint(ZMIN_FLAG_TOKEN) : 0u;
  flags |= checkNumbers(set, valid, firstWord);
  if (flags != 0u) atomicOr(result.flags, flags);

  // Elements are emitted two positions late, when the kinds of commas are known.
  uint boundary = NDJSON != 0u ? set.lineFeed << 2 : 0u;
  uint closers = set.closer << 2, commas = set.comma << 2, openers = set.opener << 2;
  uint objects = set.object << 2 | claims;
  uint emitted = (openers | closers | commas | boundary) & OWN_POSITIONS;
  if (at == 0u && slice.history_elements != 0u) emitted &= ~0x30u;
  // A comma after one of the same kind is redundant if its kind is final.
  uint objectCommas = commas & claims & emitted, arrayCommas = commas & ~claims & emitted;
  uint again = ((objectCommas << 1) + ~emitted & objectCommas) | ((arrayCommas << 1) + ~emitted & arrayCommas);
  emitted &= ~(again & known);

  uint total, offset = sumBefore(thread, uint(bitCount(emitted)), total);
  uint usedWords = (total + 3u) >> 2;
  for (uint i = thread; i < usedWords; i += THREADS) gathered[i] = 0u;
  if (thread == 0u) {
    firstElementWord = usedWords == 0u ? 0u : atomicAdd(result.element_words, usedWords);
    elementRuns.groups[gl_WorkGroupID.x] = uvec2(firstElementWord, total);
  }
  barrier();
  for (uint i = 0u; i < THREAD_CHARACTERS && emitted != 0u; i++) {
    uint position = uint(findLSB(emitted));
    emitted &= emitted - 1u;
    uint element = 0u;
    if (isSet(openers | commas, position)) element |= uint(ZMIN_ELEMENT_LEADS);
    if (isSet(closers | commas, position)) element |= uint(ZMIN_ELEMENT_TRAILS);
    if (isSet(objects, position)) element |= uint(ZMIN_ELEMENT_OBJECT);
    element |= isSet(boundary, position) ? uint(ZMIN_ELEMENT_BOUNDARY) : uint(ZMIN_ELEMENT_MARK);
    atomicOr(gathered[offset >> 2], element << (8u * (offset & 3u)));
    offset++;
  }
  barrier();
  for (uint i = thread; i < usedWords; i += THREADS) elements.words[firstElementWord + i] = gathered[i];

  if (at == 0u) {
    // The last four characters, possibly with characters of the history.
    uint end = count & 3u, last = skeletonWord(int(count >> 2)), before = skeletonWord(int(count >> 2) - 1);
    result.last_characters = end == 0u ? before : last << (32u - 8u * end) | before >> (8u * end);
  }
}
