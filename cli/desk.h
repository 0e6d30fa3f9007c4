/*
 * desk - keel without a terminal, from a launcher: keeld is started for her,
 * and what goes wrong is told where she looks.
 */
#ifndef EVENKEEL_CLI_DESK_H
#define EVENKEEL_CLI_DESK_H

#include "evenkeel/err.h"

/* Where nothing answers at sock, her user manager is asked to listen there, so
 * that keeld starts at our knock.  Nothing is enabled by that; where there is
 * no such manager nothing happens. */
void desk_wake(const char *sock);
/* A notification in neutral words, when nobody reads our stderr and there is
 * a desktop. */
void desk_tell(enum ek_err err);

#endif
