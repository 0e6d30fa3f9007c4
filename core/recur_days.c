/*
 * recur_days - which days of a year a rule's by-parts select.
 *
 * RFC 5545 §3.3.10's table, read as sets: a part that expands and one that
 * limits both keep only days that satisfy it, so all of them are
 * intersections of one bit a day; what differs by FREQ is what is taken from
 * the start when nothing names a day, and what an ordinal counts in.  A week
 * number is that of the day's own week, so that the ends of a year belong to
 * the weeks of its neighbours.
 */
#include <string.h>

#include "core/recur_in.h"

static uint32_t
all_days(int count)
{
	return (uint32_t)((UINT64_C(1) << count) - 1);
}

static int
month_len(const struct recur_year *year, int month)
{
	return year->starts[month + 1] - year->starts[month];
}

static int
month_of(const struct recur_year *year, int day_of_year)
{
	int month = day_of_year / 31;

	return month < 11 && day_of_year >= year->starts[month + 1] ? month + 1
								    : month;
}

static void
set_day(struct recur_year *year, uint32_t *days, int day_of_year)
{
	int month;

	if (day_of_year < 0 || day_of_year >= year->starts[12])
		return;
	month = month_of(year, day_of_year);
	days[month] |= UINT32_C(1) << (day_of_year - year->starts[month]);
}

static void
keep(struct recur_year *year, const uint32_t *days)
{
	for (int month = 0; month < 12; month++)
		year->days[month] &= days[month];
}

static void
keep_monthdays(const struct recur *recur, struct recur_year *year)
{
	uint32_t days[12];

	for (int month = 0; month < 12; month++) {
		int len = month_len(year, month);
		uint64_t last = recur->monthday.last[0];

		days[month] =
		    (uint32_t)recur->monthday.first[0] & all_days(len);
		for (; last != 0; last &= last - 1) {
			int back = __builtin_ctzll(last); /* 0: the last day */

			if (back < len)
				days[month] |= UINT32_C(1) << (len - 1 - back);
		}
	}
	keep(year, days);
}

static void
keep_yeardays(const struct recur *recur, struct recur_year *year)
{
	uint32_t days[12] = {0};
	int len = year->starts[12];

	for (int day = 0; day < len; day++) {
		if (recur_set_has(recur->yearday.first, day + 1) ||
		    recur_set_has(recur->yearday.last, len - day))
			set_day(year, days, day);
	}
	keep(year, days);
}

/* The first day of week 1: the week with at least four days in the year. */
static int64_t
week_one(const struct recur *recur, int year)
{
	int64_t first = civil_days(year, 1, 1);
	int into = (civil_weekday(first) - recur->wkst + 7) % 7;

	return into <= 3 ? first - into : first + 7 - into;
}

static void
keep_weeks(const struct recur *recur, struct recur_year *year)
{
	uint32_t days[12] = {0};
	int64_t ones[4]; /* week 1 of the year before, this, next and after */
	int of = 0;

	for (int i = 0; i < 4; i++)
		ones[i] = week_one(recur, year->year - 1 + i);
	for (int64_t week = ones[1] - 7; week < year->first + year->starts[12];
	     week += 7) {
		int number, total;

		while (week >= ones[of + 1])
			of++;
		number = (int)(week - ones[of]) / 7 + 1;
		total = (int)(ones[of + 1] - ones[of]) / 7;
		if (!recur_set_has(recur->weekno.first, number) &&
		    !recur_set_has(recur->weekno.last, total - number + 1))
			continue;
		for (int i = 0; i < 7; i++)
			set_day(year, days, (int)(week - year->first) + i);
	}
	keep(year, days);
}

/* Days of a month whose weekday is in the set; first: weekday of the 1st. */
static uint32_t
weekday_bits(uint32_t weekdays, int first, int len)
{
	uint64_t week = (weekdays >> first | weekdays << (7 - first)) & 127;
	uint64_t bits = week | week << 7 | week << 14 | week << 21 | week << 28;

	return (uint32_t)bits & all_days(len);
}

/* The nth weekdays within len days that begin base days into the year. */
static void
set_nth(const struct recur *recur, struct recur_year *year, uint32_t *days,
    int base, int len)
{
	int begins = civil_weekday(year->first + base);

	for (int weekday = 0; weekday < 7; weekday++) {
		uint64_t first = recur->nth[weekday].first;
		uint64_t last = recur->nth[weekday].last;
		int one = (weekday - begins + 7) % 7;
		int end = one + (len - 1 - one) / 7 * 7;

		for (; first != 0; first &= first - 1) {
			int day = one + 7 * __builtin_ctzll(first);

			if (day < len)
				set_day(year, days, base + day);
		}
		for (; last != 0; last &= last - 1) {
			int day = end - 7 * __builtin_ctzll(last);

			if (day >= 0)
				set_day(year, days, base + day);
		}
	}
}

/* An ordinal counts in the year only when no BYMONTH cuts it up. */
static bool
counts_in_year(const struct recur *recur)
{
	return recur->freq == RECUR_YEARLY && !recur_has(recur, PART_BYMONTH);
}

static void
keep_weekdays(const struct recur *recur, struct recur_year *year)
{
	uint32_t days[12];
	bool in_year = counts_in_year(recur);

	for (int month = 0; month < 12; month++) {
		int base = year->starts[month];

		days[month] = weekday_bits(recur->weekdays,
		    civil_weekday(year->first + base), month_len(year, month));
		if (recur->has_nth && !in_year)
			set_nth(
			    recur, year, days, base, month_len(year, month));
	}
	if (recur->has_nth && in_year)
		set_nth(recur, year, days, 0, year->starts[12]);
	keep(year, days);
}

static bool
names_days(const struct recur *recur)
{
	return recur_has(recur, PART_BYDAY) ||
	       recur_has(recur, PART_BYMONTHDAY) ||
	       recur_has(recur, PART_BYYEARDAY);
}

static void
keep_start_weekday(const struct recur_start *start, struct recur_year *year)
{
	for (int month = 0; month < 12; month++)
		year->days[month] &= weekday_bits(UINT32_C(1) << start->weekday,
		    civil_weekday(year->first + year->starts[month]),
		    month_len(year, month));
}

static void
keep_start_day(const struct recur *recur, const struct recur_start *start,
    struct recur_year *year)
{
	for (int month = 0; month < 12; month++) {
		int day = start->day;

		if (recur_has(recur, PART_XCLAMP) &&
		    day > month_len(year, month))
			day = month_len(year, month);
		year->days[month] &= UINT32_C(1) << (day - 1);
	}
}

/* What no part names is the start's: §3.3.10, "Information, not contained in
 * the rule". */
static void
keep_start(const struct recur *recur, const struct recur_start *start,
    struct recur_year *year)
{
	if (start->any || names_days(recur))
		return;
	if (recur_has(recur, PART_BYWEEKNO) || recur->freq == RECUR_WEEKLY) {
		keep_start_weekday(start, year);
		return;
	}
	if (recur->freq == RECUR_DAILY)
		return;
	keep_start_day(recur, start, year);
	if (recur->freq == RECUR_YEARLY && !recur_has(recur, PART_BYMONTH)) {
		for (int month = 0; month < 12; month++) {
			if (month != start->month - 1)
				year->days[month] = 0;
		}
	}
}

void
recur_year_make(const struct recur *recur, const struct recur_start *start,
    int year, struct recur_year *ret)
{
	ret->year = year;
	ret->first = civil_days(year, 1, 1);
	ret->starts[0] = 0;
	for (int month = 0; month < 12; month++) {
		int len = civil_month_days(year, month + 1);

		ret->starts[month + 1] = ret->starts[month] + len;
		ret->days[month] = all_days(len);
		if (recur_has(recur, PART_BYMONTH) &&
		    (recur->months >> month & 1) == 0)
			ret->days[month] = 0;
	}
	if (recur_has(recur, PART_BYWEEKNO))
		keep_weeks(recur, ret);
	if (recur_has(recur, PART_BYYEARDAY))
		keep_yeardays(recur, ret);
	if (recur_has(recur, PART_BYMONTHDAY))
		keep_monthdays(recur, ret);
	if (recur_has(recur, PART_BYDAY))
		keep_weekdays(recur, ret);
	keep_start(recur, start, ret);
}

/* The first selected day from day_of_year on, or -1. */
static int
find_in_year(const struct recur_year *year, int day_of_year)
{
	int month = month_of(year, day_of_year);
	uint32_t days =
	    year->days[month] >> (day_of_year - year->starts[month]);

	if (days != 0)
		return day_of_year + __builtin_ctz(days);
	while (++month < 12) {
		if (year->days[month] != 0)
			return year->starts[month] +
			       __builtin_ctz(year->days[month]);
	}
	return -1;
}

int64_t
recur_year_find(const struct recur *recur, const struct recur_start *start,
    struct recur_year *year, int64_t day)
{
	if (day < RECUR_FIRST)
		day = RECUR_FIRST;
	if (day > RECUR_LAST)
		return RECUR_NO_DAY;
	if (year->year == 0 || day < year->first ||
	    day >= year->first + year->starts[12]) {
		struct civil civil;

		civil_from_days(day, &civil);
		recur_year_make(recur, start, civil.year, year);
	}
	for (;;) {
		int found = find_in_year(year, (int)(day - year->first));

		if (found >= 0)
			return year->first + found;
		if (year->year == 9999)
			return RECUR_NO_DAY;
		recur_year_make(recur, start, year->year + 1, year);
		day = year->first;
	}
}
