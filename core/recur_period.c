/*
 * recur_period - the rule's periods (days, weeks from WKST, months, years),
 * numbered from the start's, and the days that lie in those INTERVAL keeps.
 *
 * Searching jumps from one period in phase to the next: what lies between is
 * never looked at.
 */
#include "core/recur_in.h"

static int
year_of(struct recur_iter *iter, int64_t day)
{
	struct civil civil;

	if (iter->year.year != 0 && day >= iter->year.first &&
	    day < iter->year.first + iter->year.starts[12])
		return iter->year.year;
	civil_from_days(day, &civil);
	return civil.year;
}

int64_t
recur_period_of(struct recur_iter *iter, int64_t day)
{
	struct civil civil;

	switch (iter->recur->freq) {
	case RECUR_DAILY:
		return day - iter->start_day;
	case RECUR_WEEKLY: {
		int into = (iter->start.weekday - iter->recur->wkst + 7) % 7;

		/* never negative: day is not before the start's week */
		return (day - (iter->start_day - into)) / 7;
	}
	case RECUR_MONTHLY:
		civil_from_days(day, &civil);
		return (civil.year - iter->start.year) * 12 + civil.month -
		       iter->start.month;
	case RECUR_YEARLY:
		break;
	}
	return year_of(iter, day) - iter->start.year;
}

int64_t
recur_period_first(const struct recur_iter *iter, int64_t period)
{
	int64_t month;

	/* No period is longer than a day times this: past year 9999. */
	if (period > RECUR_LAST - RECUR_FIRST)
		return RECUR_NO_DAY;
	switch (iter->recur->freq) {
	case RECUR_DAILY:
		return iter->start_day + period;
	case RECUR_WEEKLY:
		return iter->start_day -
		       (iter->start.weekday - iter->recur->wkst + 7) % 7 +
		       7 * period;
	case RECUR_MONTHLY:
		month = iter->start.month - 1 + period;
		return civil_days((int)(iter->start.year + month / 12),
		    (int)(month % 12) + 1, 1);
	case RECUR_YEARLY:
		break;
	}
	return civil_days((int)(iter->start.year + period), 1, 1);
}

int64_t
recur_find_day(struct recur_iter *iter, int64_t day)
{
	int64_t interval = iter->recur->interval;

	for (;;) {
		int64_t period, off;

		day = recur_year_find(
		    iter->recur, &iter->start, &iter->year, day);
		if (day == RECUR_NO_DAY || interval == 1)
			return day;
		period = recur_period_of(iter, day);
		off = period % interval;
		if (off == 0)
			return day;
		day = recur_period_first(iter, period + interval - off);
		if (day > RECUR_LAST)
			return RECUR_NO_DAY;
	}
}
