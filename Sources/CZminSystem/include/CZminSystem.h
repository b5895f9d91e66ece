// Linux declarations that Swift's Glibc module lacks, and facts that only C code can provide.
#ifndef CZMIN_SYSTEM_H
#define CZMIN_SYSTEM_H

#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/statfs.h>

// Declared here because <sys/xattr.h> includes <sys/types.h>. With that header some Swift files would see uid_t and
// similar types as this module's, others as Glibc's.
long flistxattr(int descriptor, char *list, size_t size);
long fgetxattr(int descriptor, const char *name, void *value, size_t size);
int fsetxattr(int descriptor, const char *name, const void *value, size_t size, int flags);
int fremovexattr(int descriptor, const char *name);

// From <fcntl.h>, <unistd.h> and <sched.h>, which hide them without _GNU_SOURCE.
int fallocate(int descriptor, int mode, long offset, long length);
int sync_file_range(int descriptor, long offset, long length, unsigned int flags);
int pipe2(int descriptors[2], int flags);
int sched_getaffinity(int process, size_t size, void *mask);
// From <stdio.h>.
int renameat2(int old_directory, const char *old_name, int new_directory, const char *new_name, unsigned int flags);
// From <unistd.h>.
long copy_file_range(int source, long *source_offset, int destination, long *destination_offset, unsigned long size,
                     unsigned int flags);
// From <pthread.h>.
int pthread_getattr_np(unsigned long thread, void *attributes);
// struct mallinfo2 and mallinfo2().
#include <malloc.h>

/// The number of program arguments, including its name. Swift reads arguments from /proc, which may be missing.
int zmin_argument_count(void);
/// The program arguments, including its name.
char *const *zmin_arguments(void);

/// Maps zeroed memory twice, the second time right behind the first. `munmap` with twice the size frees it.
///
/// No file is behind it: limits of descriptors and of file sizes do not matter.
///
/// `size` must be a multiple of the size of a page. NULL if the system refuses.
void *zmin_map_twice(size_t size);

/// 1 if a file is a mount point, 0 if not or if the kernel is older than 5.8, -1 with `errno` set. A symbolic link is
/// not followed.
int zmin_is_mount_point(int directory, const char *name);

/// The commit of the build. NULL if ZMIN_COMMIT was not set in the build's environment.
const char *zmin_commit(void);

#endif
