#define _GNU_SOURCE
#include "CZminSystem.h"

#include <sys/mman.h>

void *zmin_map_twice(size_t size) {
  // Reserves the addresses of both halves.
  char *memory = mmap(NULL, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  const int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED;
  if (mmap(memory, size, PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED) {
    // With an old size of 0 the pages of a shared mapping are mapped once more.
    if (mremap(memory, 0, size, MREMAP_MAYMOVE | MREMAP_FIXED, memory + size) != MAP_FAILED) return memory;
  }
  munmap(memory, 2 * size);
  return NULL;
}
