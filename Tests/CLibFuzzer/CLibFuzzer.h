// The way into libFuzzer for programs that have a `main` of their own, as declared by clang's documentation. It is in
// `libclang_rt.fuzzer_no_main`, which `scripts/fuzz` links.

#ifndef CLibFuzzer_h
#define CLibFuzzer_h

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *bytes, size_t byte_count));

#endif
