// Checks of single bytes: escapes and UTF-8.

bool isHexDigit(uint byte) { return byte - 0x30u < 10u || (byte | 0x20u) - 0x61u < 6u; }

/// Checks the bytes after each backslash. Returns flags.
///
/// The digits of \u may lie in the next thread's bytes. They are read from here, since that thread does not know about
/// the u.
uint checkEscapes(Bytes bytes, uint base, uint escaped) {
  NAME_PLANES(bytes.planes)
  uint ascii = ~p7;
  uint quoteOrSlash = ~p6 & p5 & ~p4 & ((~p3 & ~p2 & p1 & ~p0) | (p3 & p2 & p1 & p0));
  uint backslash = p6 & ~p5 & p4 & p3 & p2 & ~(p1 | p0);
  uint bfn = p6 & p5 & ~p4 & p1 & ~p0 & ((~p3 & ~p2) | p2);
  uint u = p6 & p5 & p4 & ~p3 & p2 & ~p1 & p0 & ascii;
  uint rt = p6 & p5 & p4 & ~p3 & ((~p2 & p1 & ~p0) | (p2 & ~p1 & ~p0));
  uint flags = 0u;
  if ((escaped & bytes.valid & ~(ascii & (quoteOrSlash | backslash | bfn | rt) | u)) != 0u) {
    flags |= uint(ZMIN_FLAG_ESCAPE);
  }
  uint unicode = escaped & u & bytes.valid;
  if (unicode == 0u) return flags;
  uint digit = ~p6 & p5 & p4 & (~p3 | ~(p2 | p1));
  uint letter = p6 & ~p4 & ~p3 & (p2 | p1 | p0) & ~(p2 & p1 & p0);
  uint hexDigit = ascii & (digit | letter);
  uint wanted = unicode << 1 | unicode << 2 | unicode << 3 | unicode << 4;
  if ((wanted & bytes.valid & ~hexDigit) != 0u) flags |= uint(ZMIN_FLAG_ESCAPE);
  // The last u may need digits among the next thread's bytes.
  uint last = uint(findMSB(unicode));
  if (base + last + 4u >= slice.byte_count) {
    flags |= uint(ZMIN_FLAG_TORN);
  } else if (last + 4u >= THREAD_BYTES) {
    uint next = inputBytes.vectors[(base >> 4) + 2u].x;
    for (uint i = 0u; i < last + 5u - THREAD_BYTES; i++) {
      if (!isHexDigit(next >> (8u * i) & 255u)) flags |= uint(ZMIN_FLAG_ESCAPE);
    }
  }
  return flags;
}

/// Checks UTF-8 with the three bytes before. Returns flags.
uint checkUTF8(Bytes bytes, uint base) {
  NAME_PLANES(bytes.planes)
  uint last = bytes.before >> 24, second = bytes.before >> 16 & 255u, third = bytes.before >> 8 & 255u;
  uint lead2 = p7 & p6 & bytes.valid, lead3 = lead2 & p5, lead4 = lead3 & p4;
  // Continuation bytes must stand exactly here.
  uint wanted = lead2 << 1 | lead3 << 2 | lead4 << 3;
  wanted |= last >= 0xf0u ? 7u : last >= 0xe0u ? 3u : last >= 0xc0u ? 1u : 0u;
  wanted |= second >= 0xf0u ? 3u : second >= 0xe0u ? 1u : 0u;
  wanted |= third >= 0xf0u ? 1u : 0u;
  uint errors = wanted ^ (p7 & ~p6);
  errors |= lead2 & ~(p5 | p4 | p3 | p2 | p1);    // C0 and C1
  errors |= lead4 & (p3 | (p2 & (p1 | p0)));      // F5 to FF
  // The restricted second bytes after E0, ED, F0 and F4.
  uint low0 = ~(p3 | p2 | p1 | p0), lead3Only = lead3 & ~p4;
  uint afterE0 = (lead3Only & low0) << 1 | uint(last == 0xe0u);
  uint afterED = (lead3Only & p3 & p2 & ~p1 & p0) << 1 | uint(last == 0xedu);
  uint afterF0 = (lead4 & low0) << 1 | uint(last == 0xf0u);
  uint afterF4 = (lead4 & p2 & ~(p3 | p1 | p0)) << 1 | uint(last == 0xf4u);
  errors |= (afterE0 & ~p5) | (afterED & p5) | (afterF0 & ~(p5 | p4)) | (afterF4 & (p5 | p4));
  uint flags = (errors & bytes.valid) != 0u ? uint(ZMIN_FLAG_UTF8) : 0u;
  if (base + THREAD_BYTES >= slice.byte_count) {
    uint past = (wanted & ~bytes.valid) | lead2 >> 31 | lead3 >> 30 | lead4 >> 29;
    if (past != 0u) flags |= uint(ZMIN_FLAG_TORN);
  }
  return flags;
}
