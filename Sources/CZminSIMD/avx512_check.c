// The checking kernel for AVX-512 with VBMI2 and GFNI, 512 bytes at a time.
#include "avx512.h"

#if defined(__x86_64__)

#include "avx512_elements.h"
#include "avx512_front.h"
#include "avx512_numbers.h"
#include "finish_nesting.h"
#include "window.h"

STAGE_TARGET bool zmin_check_avx512(
    zmin_state *state, zmin_format format, const uint8_t *in, size_t n, uint8_t *out, size_t *written,
    void *workspace) {
  return check_units(state, format, in, n, GROUP, out, written, workspace);
}

STAGE_TARGET bool zmin_nest_avx512(
    zmin_state *state, zmin_format format, const uint8_t *elements, size_t count, void *workspace) {
  return nest_elements(state, format, elements, count, workspace);
}

size_t zmin_workspace_bytes_avx512(void) { return sizeof(workspace); }

#endif
