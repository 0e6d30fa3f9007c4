/*
 * zones - the edge of core/zone: finds and reads zone files, keeps what was
 * read, and notices when the workstation's zone changed.
 *
 * The workstation's zone is TZ when it is set (a name, ":name", a path or a
 * POSIX rule), else /etc/localtime.  What cannot be read counts as UTC, and
 * zones_why says so.
 */
#ifndef KEELD_ZONES_H
#define KEELD_ZONES_H

#include "evenkeel/zone.h"

struct zones;

/* tz is what getenv("TZ") said, or NULL. */
enum ek_err zones_new(const char *tz, struct zones **ret) EK_MUST_USE;
void zones_free(struct zones *zones);

/* The workstation's zone; borrowed until the next zones_look. */
const struct zone *zones_local(const struct zones *zones);
/* Looks whether its file changed; true when the zone was read anew. */
bool zones_look(struct zones *zones);
/* A zone by name; NULL when there is none.  Borrowed until zones_free. */
const struct zone *zones_get(struct zones *zones, const char *name);
/* "" when the workstation's zone was read. */
const char *zones_why(const struct zones *zones);
/* A schedule_zone_cb; arg is the struct zones. */
const struct zone *zones_cb(const char *name, void *arg);

#endif
