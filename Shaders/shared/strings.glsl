// Strings and kept bytes, for every state that a thread's bytes may start in.
//
//   text          { " k e y " :   1 }
//   strings       . 1 1 1 1 . . . . .      with the opening quote, without the closing one
//   kept          1 1 1 1 1 1 1 . 1 1
//   skeleton      1 . . . . 1 1 . 1 1      outside strings, with one quote per string

layout(std430, binding = ZMIN_BINDING_INPUT) readonly buffer Input { uvec4 vectors[]; } inputBytes;

/// The bytes of one thread.
struct Bytes {
  uint count;       // the number of bytes
  uint valid;       // a bit for each byte
  uint words[8];    // the bytes; undefined past the end
  uint planes[8];
  uint before;      // the four bytes before them, the last in the highest byte
};

/// Classes of bytes.
struct Classes {
  uint quote, backslash, whitespace, lineFeed;
  uint scalar;      // all others except punctuation: characters of numbers and literals
};

/// The masks of 32 bytes from one start state.
struct Scan {
  uint strings;     // bytes in strings, with opening quotes and without closing ones
  uint escaped;     // escaped bytes; 0 if a backslash stands outside strings
  uint kept;
  uint skeleton;
  uint end;         // the state after the bytes
};

const uint BLANKS = 0x20202020u;

/// Loads the bytes from offset `base` on.
Bytes loadBytes(uint base) {
  Bytes bytes;
  bytes.count = base >= slice.byte_count ? 0u : min(slice.byte_count - base, THREAD_BYTES);
  bytes.valid = firstBits(bytes.count);
  [[unroll]] for (int i = 0; i < 2; i++) {
    uvec4 vector = uvec4(BLANKS);
    if (base + uint(i) * 16u < slice.byte_count) vector = inputBytes.vectors[(base >> 4) + uint(i)];
    [[unroll]] for (int j = 0; j < 4; j++) bytes.words[4 * i + j] = vector[j];
  }
  bytes.before = base == 0u || bytes.count == 0u ? BLANKS : inputBytes.vectors[(base >> 4) - 1u].w;
  [[unroll]] for (int i = 0; i < 8; i++) bytes.planes[i] = bytes.words[i];
  toPlanes(bytes.planes);
  return bytes;
}

Classes classify(Bytes bytes) {
  NAME_PLANES(bytes.planes)
  Classes classes;
  uint high0 = ~(p7 | p6 | p5 | p4), high2 = ~(p7 | p6 | p4) & p5;
  uint spaceOrQuote = high2 & ~(p3 | p2 | p0);
  uint comma = high2 & p3 & p2 & ~(p1 | p0);
  uint colon = ~(p7 | p6 | p2 | p0) & p5 & p4 & p3 & p1;
  uint brackets = ~p7 & p6 & p4 & p3 & p0 & (p2 ^ p1);
  classes.quote = spaceOrQuote & p1 & bytes.valid;
  classes.backslash = ~p7 & p6 & ~p5 & p4 & p3 & p2 & ~(p1 | p0) & bytes.valid;
  classes.lineFeed = high0 & p3 & ~p2 & p1 & ~p0 & bytes.valid;
  uint tabOrReturn = high0 & p3 & p0 & ~p1;
  classes.whitespace = (spaceOrQuote & ~p1 & bytes.valid) | classes.lineFeed | (tabOrReturn & bytes.valid);
  classes.scalar = ~(classes.whitespace | classes.quote | comma | colon | brackets) & bytes.valid;
  return classes;
}

/// True if `byte` is part of a number or a literal, provided that it is outside strings.
bool isScalar(uint byte) {
  switch (byte) {
    case 0x09u: case 0x0au: case 0x0du: case 0x20u: case 0x22u: case 0x2cu: case 0x3au:
    case 0x5bu: case 0x5du: case 0x7bu: case 0x7du: return false;
    default: return true;
  }
}

/// The exclusive or of all bits up to each bit.
uint exclusiveOrUpTo(uint bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  return bits ^ bits << 16;
}

/// Finds strings event by event, for bytes with a backslash outside strings.
uint findStringsStepwise(Classes classes, uint count, uint start, out uint end) {
  uint strings = 0u, at = 0u, state = start;
  if (state == uint(ZMIN_STATE_ESCAPED)) {
    strings = 1u;
    at = 1u;
    state = uint(ZMIN_STATE_STRING);
  }
  for (uint round = 0u; round <= THREAD_BYTES && at < count; round++) {
    bool inString = state == uint(ZMIN_STATE_STRING);
    uint events = (inString ? classes.quote | classes.backslash : classes.quote) & (ALL_BITS << at);
    uint next = events == 0u ? count : uint(findLSB(events));
    if (inString) strings |= firstBits(next) & (ALL_BITS << at);
    if (next >= count) break;
    at = next + 1u;
    if (isSet(classes.quote, next)) {
      if (!inString) strings |= 1u << next;
      state = inString ? uint(ZMIN_STATE_OUTSIDE) : uint(ZMIN_STATE_STRING);
    } else {
      strings |= 1u << next;
      if (at >= count) {
        state = uint(ZMIN_STATE_ESCAPED);
        break;
      }
      strings |= 1u << at;
      at++;
    }
  }
  end = state;
  return strings & firstBits(count);
}

/// Finds strings from a state other than OWING. Sets `escaped` to 0 if a backslash stands outside strings.
///
///   text          { " k \ " y " :
///   backslash     . . . 1 . . . .
///   escaped       . . . . 1 . . .
///   strings       . 1 1 1 1 1 . .
uint findStrings(Classes classes, uint count, uint start, out uint escaped, out uint end) {
  escaped = 0u;
  end = start;
  if (count == 0u) return 0u;
  uint escaping = start >> 1, parity = 0u;
  escaped = escaping;
  if (classes.backslash != 0u) {
    // Subtracting the start of a run from a word with all odd bits set turns the run's length into a parity, as in
    // simdjson.
    const uint ODD = 0xaaaaaaaau;
    uint escapers = classes.backslash & ~escaping;
    parity = ((escapers << 1 | ODD) - escapers) ^ ODD;
    escaped = parity ^ (classes.backslash | escaping);
  }
  uint strings = exclusiveOrUpTo(classes.quote & ~escaped) ^ (start == uint(ZMIN_STATE_OUTSIDE) ? 0u : ALL_BITS);
  if ((classes.backslash & ~strings) != 0u) {
    escaped = 0u;
    return findStringsStepwise(classes, count, start, end);
  }
  uint last = count - 1u;
  end = strings >> last & 1u;
  if (isSet(strings & parity & classes.backslash, last)) end = uint(ZMIN_STATE_ESCAPED);
  return strings;
}

/// Marks the LFs to keep: those with a kept byte between them and the last kept LF.
///
///   text            1 _ $ _ $ $ 2 $      (_ a space, $ an LF)
///   solid           1 . . . . . 1 .      bytes kept anyway
///   blanks          . 1 . 1 . . . .      all others but LFs
///   solid << 1      . 1 . . . . . 1
///   sum             . . 1 1 . . . 1      blanks + (solid << 1), with carries moving right
///   kept            . . 1 . . . . 1      LFs in the sum
uint findKeptLineFeeds(uint solid, uint lineFeeds, bool isOwed) {
  uint blanks = ~(solid | lineFeeds);
  return (blanks + (solid << 1 | uint(isOwed))) & lineFeeds;
}

/// Computes the masks from one start state. `afterScalar` is true if the byte before is part of a number or literal.
Scan scan(Bytes bytes, Classes classes, uint start, bool afterScalar) {
  Scan result;
  bool isOwing = start == uint(ZMIN_STATE_OWING);
  uint stringStart = isOwing ? uint(ZMIN_STATE_OUTSIDE) : start;
  result.strings = findStrings(classes, bytes.count, stringStart, result.escaped, result.end);
  uint solid = (~classes.whitespace | result.strings) & bytes.valid;
  uint ends = classes.scalar << 1 | uint(afterScalar);
  result.kept = solid;
  result.skeleton = ~(result.strings | (classes.whitespace & ~ends)) & bytes.valid;
  if (NDJSON != 0u) {
    uint lineFeeds = classes.lineFeed & ~result.strings;
    bool isOwed = start != uint(ZMIN_STATE_OUTSIDE);
    uint keptLineFeeds = findKeptLineFeeds(solid, lineFeeds, isOwed);
    result.kept |= keptLineFeeds;
    result.skeleton |= keptLineFeeds;
    uint decisive = solid | lineFeeds;
    if (result.end == uint(ZMIN_STATE_OUTSIDE)
        && (decisive == 0u ? isOwed : isSet(solid, uint(findMSB(decisive))))) {
      result.end = uint(ZMIN_STATE_OWING);
    }
  }
  return result;
}
