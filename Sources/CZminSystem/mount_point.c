#define _GNU_SOURCE
#include "CZminSystem.h"

#include <fcntl.h>
#include <sys/stat.h>

int zmin_is_mount_point(int directory, const char *name) {
  struct statx status;
  // No field is asked for. The attributes are always there.
  if (statx(directory, name, AT_SYMLINK_NOFOLLOW, 0, &status) < 0) return -1;
  return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}
