/*
 * own_dir - a folder that must be hers alone: the book's, the socket's.
 */
#ifndef KEELD_OWN_DIR_H
#define KEELD_OWN_DIR_H

#include "evenkeel/err.h"

/* Looks at path, which is there, and closes it to others (0700) if it is
 * open.  `what` names it in reasons ("the book's folder").  EK_DENIED: a
 * link, no folder, another user's; or open and used for other things, which
 * closing would take away from others.  EK_READ_ONLY: it cannot be closed. */
enum ek_err own_dir(
    const char *path, const char *what, struct ek_why *reterr_why) EK_MUST_USE;

#endif
