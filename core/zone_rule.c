/*
 * zone_rule - yearly rules of a zone: POSIX TZ strings with the extensions
 * of RFC 8536 version 3 (hours from -167 to 167).
 *
 * Summer time may be the negative one (Dublin: "IST-1GMT0,M10.5.0,M3.5.0/1"),
 * may begin in one year and end in the next, or last all year.
 */
#include "core/zone_in.h"

#define DAY_SECS 86400
#define YEAR_MIN 1
#define YEAR_MAX 9999

struct text {
	const char *at, *end;
};

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
take(struct text *text, char c)
{
	if (text->at == text->end || *text->at != c)
		return false;
	text->at++;
	return true;
}

/* Three letters or more, or anything of letters, digits and signs in <>. */
static bool
name_part(struct text *text)
{
	const char *start = text->at;

	if (take(text, '<')) {
		start++;
		while (text->at < text->end &&
		       (is_letter(*text->at) || is_digit(*text->at) ||
			   *text->at == '+' || *text->at == '-'))
			text->at++;
		return text->at - start >= 1 && take(text, '>');
	}
	while (text->at < text->end && is_letter(*text->at))
		text->at++;
	return text->at - start >= 3;
}

static bool
number_part(struct text *text, int max, int *ret)
{
	int value = 0;
	const char *start = text->at;

	while (text->at < text->end && is_digit(*text->at)) {
		value = value * 10 + (*text->at++ - '0');
		if (value > max)
			return false;
	}
	*ret = value;
	return text->at > start;
}

/* [+-]hh[:mm[:ss]] */
static bool
clock_part(struct text *text, int hours_max, int *ret)
{
	int sign = 1;
	int hours, mins = 0, secs = 0;

	if (take(text, '-'))
		sign = -1;
	else
		(void)take(text, '+');
	if (!number_part(text, hours_max, &hours))
		return false;
	if (take(text, ':')) {
		if (!number_part(text, 59, &mins))
			return false;
		if (take(text, ':') && !number_part(text, 59, &secs))
			return false;
	}
	*ret = sign * (hours * 3600 + mins * 60 + secs);
	return true;
}

static bool
month_day(struct text *text, struct zone_when *ret)
{
	ret->form = ZONE_DAY_MONTH;
	return number_part(text, 12, &ret->month) && ret->month >= 1 &&
	       take(text, '.') && number_part(text, 5, &ret->week) &&
	       ret->week >= 1 && take(text, '.') &&
	       number_part(text, 6, &ret->day);
}

static bool
when_part(struct text *text, struct zone_when *ret)
{
	struct zone_when when = {.secs = 2 * 3600};

	if (take(text, 'M')) {
		if (!month_day(text, &when))
			return false;
	} else if (take(text, 'J')) {
		when.form = ZONE_DAY_JULIAN;
		if (!number_part(text, 365, &when.day) || when.day < 1)
			return false;
	} else {
		when.form = ZONE_DAY_ZERO;
		if (!number_part(text, 365, &when.day))
			return false;
	}
	if (take(text, '/') && !clock_part(text, 167, &when.secs))
		return false;
	*ret = when;
	return true;
}

static bool
dst_part(struct text *text, struct zone_rule *rule)
{
	rule->has_dst = true;
	rule->dst = rule->std + 3600;
	if (!name_part(text))
		return false;
	if (text->at < text->end && *text->at != ',') {
		if (!clock_part(text, 24, &rule->dst))
			return false;
		rule->dst = -rule->dst; /* POSIX counts west of Greenwich */
	}
	if (text->at == text->end) {
		/* No rule given: the one every C library falls back to. */
		rule->start = (struct zone_when){ZONE_DAY_MONTH, 3, 2, 0, 7200};
		rule->end = (struct zone_when){ZONE_DAY_MONTH, 11, 1, 0, 7200};
		return true;
	}
	return take(text, ',') && when_part(text, &rule->start) &&
	       take(text, ',') && when_part(text, &rule->end);
}

bool
zone_rule_parse(const char *text, size_t len, struct zone_rule *ret)
{
	struct text rest = {text, text + len};
	struct zone_rule rule = {0};

	if (!name_part(&rest) || !clock_part(&rest, 24, &rule.std))
		return false;
	rule.std = -rule.std;
	if (rest.at < rest.end && !dst_part(&rest, &rule))
		return false;
	if (rest.at != rest.end)
		return false;
	*ret = rule;
	return true;
}

/* The day of the year's change, in days since 1970. */
static int64_t
when_day(const struct zone_when *when, int year)
{
	int64_t first = civil_days(year, 1, 1);
	int64_t day;

	switch (when->form) {
	case ZONE_DAY_JULIAN: /* 29 February is never counted */
		return first + when->day - 1 +
		       (when->day >= 60 && civil_month_days(year, 2) == 29);
	case ZONE_DAY_ZERO:
		return first + when->day;
	case ZONE_DAY_MONTH:
		break;
	}
	day = civil_days(year, when->month, 1);
	/* civil_weekday counts from Monday, TZ strings from Sunday. */
	day += (when->day + 6 - civil_weekday(day)) % 7 + 7 * (when->week - 1);
	if (day >= civil_days(year, when->month, 1) +
		       civil_month_days(year, when->month))
		day -= 7;
	return day;
}

struct yearly { /* the changes of one year, as instants */
	int64_t start, end;
};

static struct yearly
yearly(const struct zone_rule *rule, int year)
{
	return (struct yearly){
	    .start = when_day(&rule->start, year) * DAY_SECS +
		     rule->start.secs - rule->std,
	    .end = when_day(&rule->end, year) * DAY_SECS + rule->end.secs -
		   rule->dst,
	};
}

static int
year_of(int64_t utc)
{
	struct civil civil;

	civil_from_secs(utc, &civil);
	return civil.year;
}

int
zone_rule_offset(const struct zone_rule *rule, int64_t utc)
{
	int64_t latest = INT64_MIN;
	int offset = rule->std;
	int year = year_of(utc);

	if (!rule->has_dst)
		return rule->std;
	/* A change of last year may be the latest one, and hours up to 167
	 * carry next year's into this. */
	for (int y = year - 1; y <= year + 1; y++) {
		struct yearly change = yearly(rule, y);

		if (change.end <= utc && change.end >= latest) {
			latest = change.end;
			offset = rule->std;
		}
		/* All-year summer time ends and begins in one instant:
		 * summer time then stands. */
		if (change.start <= utc && change.start >= latest) {
			latest = change.start;
			offset = rule->dst;
		}
	}
	return offset;
}

int64_t
zone_rule_next(const struct zone_rule *rule, int64_t utc)
{
	int64_t next = INT64_MAX;
	int year = year_of(utc);

	if (!rule->has_dst)
		return INT64_MAX;
	for (int y = year - 1; y <= year + 1 && y <= YEAR_MAX; y++) {
		struct yearly change =
		    yearly(rule, y < YEAR_MIN ? YEAR_MIN : y);

		if (change.start > utc && change.start < next)
			next = change.start;
		if (change.end > utc && change.end < next)
			next = change.end;
	}
	return next;
}
