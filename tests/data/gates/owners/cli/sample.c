/*
 * sample - shows that the gate of this folder can fail.  Never built.
 */
#include <sqlite3.h>
