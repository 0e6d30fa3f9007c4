/*
 * recur_in - what the files of recur share: a parsed rule, the days of one
 * year it selects, and the iterator.
 *
 * Every by-part that names days comes down to one bit a day, twelve words a
 * year (recur_days.c).  Periods, INTERVAL and BYSETPOS only cut that ribbon
 * of bits (recur.c), which is what keeps every search bounded: there are
 * fewer than 3 million days before year 9999.
 */
#ifndef EVENKEEL_CORE_RECUR_IN_H
#define EVENKEEL_CORE_RECUR_IN_H

#include "evenkeel/recur.h"

#define RECUR_NO_DAY   INT64_MAX
#define RECUR_FIRST    (-719162) /* 0001-01-01 */
#define RECUR_LAST     2932896   /* 9999-12-31 */
#define RECUR_DAY_SECS 86400
#define RECUR_YEAR_MAX 366 /* days of a year; entries of BYSETPOS a sign */

enum recur_freq { RECUR_DAILY, RECUR_WEEKLY, RECUR_MONTHLY, RECUR_YEARLY };
enum recur_until { UNTIL_NONE, UNTIL_DATE, UNTIL_LOCAL, UNTIL_UTC };

enum recur_part { /* a bit each in struct recur.parts */
	PART_FREQ,
	PART_INTERVAL,
	PART_COUNT,
	PART_UNTIL,
	PART_WKST,
	PART_BYSECOND,
	PART_BYMINUTE,
	PART_BYHOUR,
	PART_BYDAY,
	PART_BYMONTHDAY,
	PART_BYYEARDAY,
	PART_BYWEEKNO,
	PART_BYMONTH,
	PART_BYSETPOS,
	PART_XCLAMP,
};

/* Numbers from one end and from the other: bit n - 1 for n and for -n.  Large
 * enough for BYYEARDAY and BYSETPOS. */
struct recur_set {
	uint64_t first[6], last[6];
};

struct recur_nth { /* BYDAY with an ordinal: bit n - 1 */
	uint64_t first, last;
};

struct recur {
	unsigned parts;
	enum recur_freq freq;
	int interval;
	int count; /* 0: no COUNT */
	enum recur_until until_kind;
	int64_t until; /* seconds, of a wall clock or UTC */
	int wkst;      /* 0 Monday .. 6 */
	uint32_t months;
	uint32_t weekdays;       /* BYDAY without ordinal, bit 0 Monday */
	struct recur_nth nth[7]; /* BYDAY with one */
	bool has_nth;
	uint64_t hours, mins, secs; /* bit n for n */
	struct recur_set monthday, yearday, weekno, setpos;
};

static inline bool
recur_has(const struct recur *recur, enum recur_part part)
{
	return (recur->parts >> part & 1) != 0;
}

static inline bool
recur_set_has(const uint64_t *bits, int n)
{
	return (bits[(n - 1) / 64] >> ((n - 1) % 64) & 1) != 0;
}

/* What a rule takes from its start when it does not say it itself. */
struct recur_start {
	int year, month, day, weekday;
	bool any; /* any start: nothing is taken (is there a day at all?) */
};

struct recur_year {        /* the days a rule selects in one year */
	int year;          /* 0: not made yet */
	int64_t first;     /* its first day */
	int starts[13];    /* of the months, days into the year */
	uint32_t days[12]; /* bit 0: the 1st */
};

/* What the parts may not be together, and rules that can never fire. */
enum ek_err recur_check(const struct recur *recur, struct ek_why *reterr_why);
const char *recur_part_name(enum recur_part part);

void recur_year_make(const struct recur *recur, const struct recur_start *start,
    int year, struct recur_year *ret);
/* The first selected day at or after day, RECUR_NO_DAY when there is none
 * before year 10000; year is the cache it looks in. */
int64_t recur_year_find(const struct recur *recur,
    const struct recur_start *start, struct recur_year *year, int64_t day);

struct recur_iter { /* plain memory: may be copied */
	const struct recur *recur;
	const struct zone *zone;
	struct recur_start start;
	int64_t start_day;
	int64_t start_secs;
	int64_t from;     /* nothing before is handed out, only counted */
	int64_t left;     /* of COUNT; -1: no COUNT */
	int64_t last_day; /* UNTIL lies on or before it */
	struct recur_year year;
	unsigned char hours[24], mins[60], secs[60];
	int hour_count, min_count, sec_count, times;
	int64_t day; /* a selected day in phase, or RECUR_NO_DAY */
	int time;    /* next time of that day, < times or == times: done */
	/* BYSETPOS: the selected days of one period and the places in it */
	int64_t days[RECUR_YEAR_MAX];
	int day_count;
	int places[2 * RECUR_YEAR_MAX];
	int place_count, place_at;
	int place_of; /* size of the set places was made for */
};

/* Which period of the rule a day lies in, counted from the start's; day is
 * not before that period. */
int64_t recur_period_of(struct recur_iter *iter, int64_t day);
int64_t recur_period_first(const struct recur_iter *iter, int64_t period);
/* The first selected day at or after day whose period is in phase. */
int64_t recur_find_day(struct recur_iter *iter, int64_t day);

void recur_iter_init(struct recur_iter *iter, const struct recur *recur,
    const struct civil *start, const struct zone *zone, bool any);

#endif
