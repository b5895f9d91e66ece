// What Linux has and Swift's Glibc module leaves out.
#include <sys/eventfd.h>
#include <sys/xattr.h>
