// What Linux has and Swift's Glibc module leaves out, and what only C can know.
#ifndef CZMIN_SYSTEM_H
#define CZMIN_SYSTEM_H

#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/statfs.h>

// As in <sys/xattr.h>, which would bring in <sys/types.h>: uid_t and its like would then be this module's for one file
// of Swift and Glibc's for another.
long flistxattr(int descriptor, char *list, size_t size);
long fgetxattr(int descriptor, const char *name, void *value, size_t size);
int fsetxattr(int descriptor, const char *name, const void *value, size_t size, int flags);
int fremovexattr(int descriptor, const char *name);

// As in <fcntl.h>, <unistd.h> and <sched.h> for those who ask for GNU extensions.
int fallocate(int descriptor, int mode, long offset, long length);
int sync_file_range(int descriptor, long offset, long length, unsigned int flags);
int pipe2(int descriptors[2], int flags);
int sched_getaffinity(int process, size_t size, void *mask);
// As in <stdio.h>.
int renameat2(int old_directory, const char *old_name, int new_directory, const char *new_name, unsigned int flags);
// As in <pthread.h>.
int pthread_getattr_np(unsigned long thread, void *attributes);
// struct mallinfo2, and what tells it.
#include <malloc.h>

/// Number of the program's arguments, its name included. Swift reads them from /proc, which may not be there.
int zmin_argument_count(void);
/// The program's arguments.
char *const *zmin_arguments(void);

/// The commit that was built, or NULL where the build was not told (ZMIN_COMMIT in its environment).
const char *zmin_commit(void);

#endif
