#include "CZminSystem.h"

#include <stddef.h>

#ifndef ZMIN_COMMIT
#define ZMIN_COMMIT NULL
#endif

const char *zmin_commit(void) { return ZMIN_COMMIT; }
