// Detection of CPU features.
#include "CZminSIMD.h"

#if defined(__x86_64__)

// The compiler's runtime uses cpuid and, for AVX-512, xgetbv. A feature whose registers the operating system does not
// save counts as absent.
zmin_cpu_features zmin_detect_cpu(void) {
  zmin_cpu_features found = {false, false, false};
  bool scalar = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("lzcnt") &&
      __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
  found.avx2 = scalar && __builtin_cpu_supports("avx2");
  found.avx512 = scalar && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi") &&
      __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("vpclmulqdq");
  found.gfni = __builtin_cpu_supports("gfni");
  return found;
}

#else

zmin_cpu_features zmin_detect_cpu(void) { return (zmin_cpu_features){false, false, false}; }

#endif
