#include "CZminSystem.h"

static int count;
static char **arguments;

// glibc passes main's arguments to constructors.
__attribute__((constructor)) static void keep(int argc, char **argv) {
  count = argc;
  arguments = argv;
}

int zmin_argument_count(void) { return count; }

char *const *zmin_arguments(void) { return arguments; }
