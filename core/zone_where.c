/*
 * zone_where - which file holds a zone, decided from a name and the values
 * of TZ and TZDIR.
 *
 * The command line and the daemon both read zones and may not share code at
 * the edge; the rules are here once, and each edge only opens what it is
 * told.  Never lets a name out of its folder.
 */
#include <stdio.h>
#include <string.h>

#include "evenkeel/zone.h"

#define ZONE_DIR   "/usr/share/zoneinfo"
#define ZONE_LOCAL "/etc/localtime"

static bool
in_folder(const char *tzdir, const char *name, struct zone_where *ret)
{
	int len;

	if (tzdir == NULL || tzdir[0] != '/')
		tzdir = ZONE_DIR;
	len = snprintf(ret->path, sizeof(ret->path), "%s/%s", tzdir, name);
	return len > 0 && (size_t)len < sizeof(ret->path);
}

/* The workstation's zone, as the C library reads TZ: ":name", "name", an
 * absolute path, or a rule. */
static enum ek_err
local_zone(const char *tz, const char *tzdir, struct zone_where *where,
    struct ek_why *reterr_why)
{
	if (tz == NULL) {
		memcpy(where->path, ZONE_LOCAL, sizeof(ZONE_LOCAL));
		return EK_OK;
	}
	if (tz[0] == ':')
		tz++;
	if (tz[0] == '\0') { /* so the C library reads an empty TZ */
		memcpy(where->posix, "UTC0", sizeof("UTC0"));
		return EK_OK;
	}
	if (strlen(tz) >= sizeof(where->posix))
		return ek_why(reterr_why, EK_INVALID,
		    "TZ is too long; set it to a zone like Europe/London");
	if (tz[0] == '/') {
		memcpy(where->path, tz, strlen(tz) + 1);
		return EK_OK;
	}
	memcpy(where->posix, tz, strlen(tz) + 1);
	if (zone_name_ok(tz) && !in_folder(tzdir, tz, where))
		return ek_why(
		    reterr_why, EK_INVALID, "TZDIR is too long; unset it");
	return EK_OK;
}

enum ek_err
zone_where(const char *name, const char *env_tz, const char *env_tzdir,
    struct zone_where *ret, struct ek_why *reterr_why)
{
	struct zone_where where = {{0}, {0}};
	enum ek_err err = EK_OK;

	if (name == NULL)
		err = local_zone(env_tz, env_tzdir, &where, reterr_why);
	else if (!zone_name_ok(name))
		err = ek_why(reterr_why, EK_INVALID,
		    "the zone given is no zone name; write it like "
		    "Europe/London");
	else if (!in_folder(env_tzdir, name, &where))
		err = ek_why(
		    reterr_why, EK_INVALID, "TZDIR is too long; unset it");
	if (err == EK_OK)
		*ret = where;
	return err;
}
