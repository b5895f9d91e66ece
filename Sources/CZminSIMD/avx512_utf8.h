// Stage 5 for AVX-512, over packed bytes: each run of bytes past ASCII together with the ASCII byte after it.
#ifndef CZMIN_AVX512_UTF8_H
#define CZMIN_AVX512_UTF8_H

#include "avx512.h"
#include "utf8.h"

#if defined(__x86_64__)

/// Checks the first `count` bytes of the buffer and keeps the last ones as history. A sequence cut by the end is
/// checked with the next bytes. Returns 0 if there is no error.
STAGE_INLINE uint64_t check_utf8(dense_buffer *buffer, size_t count) {
  uint8_t *bytes = buffer->bytes + LOOK_BEHIND;
  uint64_t errors = 0;
  for (size_t at = 0; at < count; at += BLOCK) {
    bytes64 wrong = utf8_errors(
        load_bytes(bytes + at), load_bytes(bytes + at - 1), load_bytes(bytes + at - 2), load_bytes(bytes + at - 3));
    errors |= ~zero_bytes(wrong) & first_bits(count - at);
  }
  memmove(bytes - 4, bytes + count - 4, 4);
  return errors;
}

#endif
#endif
