// The checking kernel for AVX2, 64 bytes at a time.
#include "avx2.h"

#if defined(__x86_64__)

#include "block_front.h"
#include "block_numbers.h"
#include "block_elements.h"
#include "finish_nesting.h"
#include "window.h"

STAGE_TARGET bool zmin_check_avx2(
    zmin_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, size_t *written,
    void *workspace) {
  return check_units(state, format, in, n, BLOCK, out, written, workspace);
}

STAGE_TARGET bool zmin_nest_avx2(
    zmin_state *state, zmin_format format, const uint8_t *elements, size_t count, void *workspace) {
  return nest_elements(state, format, elements, count, workspace);
}

size_t zmin_workspace_bytes_avx2(void) { return sizeof(workspace); }

#endif
