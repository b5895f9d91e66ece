// What the program was started with. Swift's own account of it is read from /proc, and empty where there is none.
#ifndef CZMIN_ARGUMENTS_H
#define CZMIN_ARGUMENTS_H

/// How many arguments there are, the program's name among them.
int zmin_argument_count(void);
/// The arguments.
char *const *zmin_arguments(void);

#endif
