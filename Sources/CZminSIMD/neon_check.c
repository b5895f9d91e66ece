// The checking kernel for NEON, 64 bytes at a time.
#include "neon.h"

#if defined(__aarch64__)

#include "block_front.h"
#include "block_numbers.h"
#include "block_elements.h"
#include "finish_nesting.h"
#include "window.h"

STAGE_TARGET bool zmin_check_neon(
    zmin_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, size_t *written,
    void *workspace) {
  return check_units(state, format, in, n, BLOCK, out, written, workspace);
}

STAGE_TARGET bool zmin_nest_neon(
    zmin_state *state, zmin_format format, const uint8_t *elements, size_t count, void *workspace) {
  return nest_elements(state, format, elements, count, workspace);
}

size_t zmin_workspace_bytes_neon(void) { return sizeof(workspace); }

#endif
