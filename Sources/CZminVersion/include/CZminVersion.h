// What the build knew about its source, as Swift has no definitions with values.
#ifndef CZMIN_VERSION_H
#define CZMIN_VERSION_H

/// The commit that was built, or NULL where the build was not told (ZMIN_COMMIT in its environment).
const char *zmin_commit(void);

#endif
