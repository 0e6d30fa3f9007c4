/*
 * zone_in - what the three files of zone share.
 *
 * A zone is a table of changes, and a yearly rule after the last of them.
 * Table times are POSIX seconds: corrections of files that count leap
 * seconds ("right/") are taken out when read, and applied on the way in and
 * out (zone.c).
 */
#ifndef EVENKEEL_CORE_ZONE_IN_H
#define EVENKEEL_CORE_ZONE_IN_H

#include "evenkeel/zone.h"

/* RFC 8536 §3.2: a type's offset SHOULD lie in -25 h < x < 26 h; the search
 * of zone_instant rests on it, so others are refused. */
#define ZONE_OFFSET_MIN (-25 * 3600 + 1)
#define ZONE_OFFSET_MAX (26 * 3600 - 1)

enum zone_day_form { ZONE_DAY_JULIAN, ZONE_DAY_ZERO, ZONE_DAY_MONTH };

struct zone_when { /* one change of a yearly rule */
	enum zone_day_form form;
	int month; /* MONTH: 1..12 */
	int week;  /* MONTH: 1..5, 5 is the last */
	int day;   /* MONTH: 0 Sunday .. 6; else day of the year */
	int secs;  /* wall clock of the day, -167 h .. 167 h */
};

struct zone_rule {    /* a POSIX TZ string */
	int std, dst; /* seconds east of UTC */
	bool has_dst;
	struct zone_when start, end; /* of dst */
};

struct zone_change {
	int64_t at;
	int offset; /* from then on */
};

struct zone_leap {
	int64_t at; /* on the clock that counts leap seconds */
	int corr;
};

struct zone {
	struct zone_change *changes; /* ascending */
	size_t change_count;
	struct zone_leap *leaps; /* ascending */
	size_t leap_count;
	int first; /* offset before the first change */
	bool has_rule;
	struct zone_rule rule;
};

/* text needs no NUL behind len.  false when malformed. */
bool zone_rule_parse(const char *text, size_t len, struct zone_rule *ret);
int zone_rule_offset(const struct zone_rule *rule, int64_t utc);
/* The first change after utc, INT64_MAX when there is none. */
int64_t zone_rule_next(const struct zone_rule *rule, int64_t utc);

#endif
