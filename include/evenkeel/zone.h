/*
 * zone - time zones by RFC 8536 files, their bytes handed in by the edge.
 *
 * Pure: this never opens a file or reads TZ.
 */
#ifndef EVENKEEL_ZONE_H
#define EVENKEEL_ZONE_H

#include "evenkeel/civil.h"
#include "evenkeel/err.h"

struct zone;

/* TZif version 1 to 4; version 2+ uses the 64-bit block and its footer (a
 * POSIX TZ string with the version 3 extensions) after the last transition.
 * EK_INVALID with the reason when malformed (what names it).  Copies what it
 * needs. */
enum ek_err zone_parse(const void *bytes, size_t len, const char *what,
    struct zone **ret, struct ek_why *reterr_why) EK_MUST_USE;
/* A POSIX TZ string ("EST5EDT,M3.2.0,M11.1.0", "<+03>-3") with the version 3
 * extensions.  EK_INVALID. */
enum ek_err zone_posix(
    const char *text, struct zone **ret, struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err zone_utc(struct zone **ret) EK_MUST_USE;
void zone_free(struct zone *zone);

/* Seconds east of UTC in force at utc (Unix seconds). */
int zone_offset(const struct zone *zone, int64_t utc);
void zone_local(const struct zone *zone, int64_t utc, struct civil *ret);
/* The instant of a wall-clock time.  Twice: the first pass.  Never (a gap):
 * read with the offset before the gap, RFC 5545 §3.3.5, so 02:30 becomes
 * 03:30. */
int64_t zone_instant(const struct zone *zone, const struct civil *civil);
/* A zone name as in the tz database: letters, digits, "+-_/", no "..", no
 * leading "/", at most EK_NAME_MAX. */
bool zone_name_ok(const char *name);

#define ZONE_FILE_MAX 65536 /* bytes of one zone file */
#define ZONE_PATH_MAX 1024

/* Where a zone is to be read from: the edges open files, this decides.  name
 * NULL: the workstation's, by TZ and TZDIR as getenv() gave them (NULL:
 * unset; an empty TZ is UTC).  ret->path is a file to read, or "" and then
 * ret->posix is a TZ string for zone_posix.  A TZ that names a zone is tried as
 * path first; when that file is not there and posix is not "", posix.
 * EK_INVALID: no zone name. */
struct zone_where {
	char path[ZONE_PATH_MAX];
	char posix[ZONE_PATH_MAX];
};
enum ek_err zone_where(const char *name, const char *env_tz,
    const char *env_tzdir, struct zone_where *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

#endif
