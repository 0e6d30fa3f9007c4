/*
 * zone - which offset is in force when, and which instant a wall clock means.
 *
 * Changes before the table's last are looked up, later ones come from the
 * yearly rule.  A wall-clock time is searched for over the changes within 26
 * hours, so that the first pass of a doubled hour and the far side of a gap
 * (a whole day of it in Apia) fall out of one walk.  Knows no files.
 */
#include <stdlib.h>
#include <string.h>

#include "core/zone_in.h"
#include "evenkeel/limits.h"

enum ek_err
zone_utc(struct zone **ret)
{
	struct zone *zone = calloc(1, sizeof(*zone));

	if (zone == NULL)
		return EK_NOMEM;
	*ret = zone;
	return EK_OK;
}

enum ek_err
zone_posix(const char *text, struct zone **ret, struct ek_why *reterr_why)
{
	struct zone_rule rule;
	struct zone *zone;

	if (!zone_rule_parse(text, strlen(text), &rule))
		return ek_why(reterr_why, EK_INVALID,
		    "this is no zone rule; write it like EST5EDT,M3.2.0,"
		    "M11.1.0 or name a zone like Europe/London");
	if (zone_utc(&zone) != EK_OK)
		return EK_NOMEM;
	zone->first = rule.std;
	zone->has_rule = true;
	zone->rule = rule;
	*ret = zone;
	return EK_OK;
}

void
zone_free(struct zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->changes);
	free(zone->leaps);
	free(zone);
}

/* How many changes lie at or before utc. */
static size_t
changes_until(const struct zone *zone, int64_t utc)
{
	size_t low = 0, high = zone->change_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (zone->changes[mid].at <= utc)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int
posix_offset(const struct zone *zone, int64_t utc)
{
	size_t count = changes_until(zone, utc);

	if (count == zone->change_count && zone->has_rule)
		return zone_rule_offset(&zone->rule, utc);
	return count == 0 ? zone->first : zone->changes[count - 1].offset;
}

/* The first change after utc, INT64_MAX when there is none. */
static int64_t
posix_next(const struct zone *zone, int64_t utc)
{
	size_t count = changes_until(zone, utc);

	if (count < zone->change_count)
		return zone->changes[count].at;
	return zone->has_rule ? zone_rule_next(&zone->rule, utc) : INT64_MAX;
}

/* Leap seconds counted up to utc, on the clock that counts them. */
static int
leap_corr(const struct zone *zone, int64_t utc)
{
	int corr = 0;

	for (size_t i = 0; i < zone->leap_count && zone->leaps[i].at <= utc;
	     i++)
		corr = zone->leaps[i].corr;
	return corr;
}

/* The reverse: the correction for an instant given in POSIX seconds. */
static int
leap_corr_posix(const struct zone *zone, int64_t posix)
{
	int corr = 0;

	for (size_t i = 0; i < zone->leap_count &&
			   zone->leaps[i].at - zone->leaps[i].corr <= posix;
	     i++)
		corr = zone->leaps[i].corr;
	return corr;
}

int
zone_offset(const struct zone *zone, int64_t utc)
{
	int corr = leap_corr(zone, utc);

	return posix_offset(zone, utc - corr) - corr;
}

void
zone_local(const struct zone *zone, int64_t utc, struct civil *ret)
{
	civil_from_secs(utc + zone_offset(zone, utc), ret);
}

static int64_t
posix_instant(const struct zone *zone, int64_t wall)
{
	int64_t from = wall - ZONE_OFFSET_MAX - 1;
	int64_t last = wall - ZONE_OFFSET_MIN + 1;
	int64_t next = posix_next(zone, from);
	int before = posix_offset(zone, from);
	int64_t gap = 0;
	bool in_gap = false;

	while (next <= last) {
		int after = posix_offset(zone, next);

		if (wall - before < next) {
			/* within this stretch, or already behind it */
			if (wall - before >= from)
				return wall - before;
		} else if (wall - after < next && !in_gap) {
			in_gap = true;
			gap = wall - before;
		}
		from = next;
		before = after;
		next = posix_next(zone, from);
	}
	if (wall - before >= from || !in_gap)
		return wall - before;
	return gap;
}

int64_t
zone_instant(const struct zone *zone, const struct civil *civil)
{
	int64_t posix = posix_instant(zone, civil_secs(civil));

	return posix + leap_corr_posix(zone, posix);
}

bool
zone_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > EK_NAME_MAX || name[0] == '/' ||
	    name[len - 1] == '/')
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') || c == '+' || c == '-' ||
			c == '_' || c == '/'))
			return false;
		if (c == '/' && name[i + 1] == '/')
			return false;
	}
	return true;
}
