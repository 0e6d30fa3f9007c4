/*
 * zonefile - opens the file core/zone_where names, and nothing else.
 */
#include "zonefile.h"

#include <stdlib.h>

#include "evenkeel/buf.h"
#include "file.h"

static enum ek_err
read_path(const char *path, const char *what, struct zone **ret,
    struct ek_why *reterr_why)
{
	struct buf bytes;
	enum ek_err err;

	/* one more than a zone file may have, so that too many are seen */
	buf_init(&bytes, ZONE_FILE_MAX + 1);
	err = file_read(path, &bytes, reterr_why);
	if (err == EK_OK)
		err = zone_parse(
		    buf_text(&bytes), bytes.len, what, ret, reterr_why);
	buf_done(&bytes);
	return err;
}

/* What the path did not give: a TZ rule, or UTC where nothing was set up. */
static enum ek_err
read_other(const struct zone_where *where, const char *name, struct zone **ret,
    struct ek_why *reterr_why)
{
	if (name != NULL)
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "there is no time zone of this name here; see "
		    "/usr/share/zoneinfo for those there are");
	if (where->posix[0] == '\0')
		return zone_utc(ret);
	if (zone_posix(where->posix, ret, NULL) == EK_OK)
		return EK_OK;
	return ek_why(reterr_why, EK_INVALID,
	    "the variable TZ names no time zone; set it to one like "
	    "Europe/London, or give --zone");
}

enum ek_err
zonefile_read(const char *name, struct zone **ret, struct ek_why *reterr_why)
{
	const char *what = name != NULL ? name : "this computer's zone";
	struct zone_where where;
	enum ek_err err;

	err =
	    zone_where(name, getenv("TZ"), getenv("TZDIR"), &where, reterr_why);
	if (err != EK_OK)
		return err;
	err = EK_NOT_FOUND;
	if (where.path[0] != '\0')
		err = read_path(where.path, what, ret, reterr_why);
	if (err == EK_NOT_FOUND)
		err = read_other(&where, name, ret, reterr_why);
	return err;
}
