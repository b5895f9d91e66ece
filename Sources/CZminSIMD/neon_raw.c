// Minifying without checks for NEON.
#include "neon.h"

#if defined(__aarch64__)

#include "block_raw.h"

STAGE_TARGET size_t zmin_raw_neon(
    zmin_raw_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, void *workspace) {
  return minify_all(state, format, in, n, out, workspace);
}

#endif
