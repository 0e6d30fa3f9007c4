/*
 * zonefile - reads time zones for commands that need no daemon.
 */
#ifndef EVENKEEL_CLI_ZONEFILE_H
#define EVENKEEL_CLI_ZONEFILE_H

#include "evenkeel/zone.h"

/* A zone of the tz database by name (TZDIR, else /usr/share/zoneinfo); NULL:
 * the workstation's, by TZ or /etc/localtime, UTC when neither is there.
 * EK_NOT_FOUND, EK_INVALID with the reason.  Caller frees with zone_free. */
enum ek_err zonefile_read(
    const char *name, struct zone **ret, struct ek_why *reterr_why) EK_MUST_USE;

#endif
