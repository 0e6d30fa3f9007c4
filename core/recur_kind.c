/*
 * recur_kind - what sort of rule it is: how many times a day, and whether it
 * comes weekly or more often.
 */
#include "core/recur_in.h"

int
recur_times(const struct recur *recur)
{
	int hours = recur->hours == 0 ? 1 : __builtin_popcountll(recur->hours);
	int mins = recur->mins == 0 ? 1 : __builtin_popcountll(recur->mins);
	int secs = recur->secs == 0 ? 1 : __builtin_popcountll(recur->secs);

	return hours * mins * secs;
}

#define GAPS 60

/* The first gaps between occurrences, ascending; returns how many. */
static int
sorted_gaps(const struct recur *recur, const struct civil *start, int64_t *ret)
{
	struct recur_iter iter;
	struct civil civil;
	int64_t last = 0;
	int count = -1;

	recur_iter_init(&iter, recur, start, NULL, false);
	while (count < GAPS && recur_iter_next(&iter, &civil)) {
		int64_t gap = civil_secs(&civil) - last;
		int at = count;

		last += gap;
		if (count++ < 0)
			continue;
		for (; at > 0 && ret[at - 1] > gap; at--)
			ret[at] = ret[at - 1];
		ret[at] = gap;
	}
	return count > 0 ? count : 0;
}

/* Weekly or denser when the median gap is: "each day in June" is dense
 * although a year's wait follows.  Which weekday a rule begins on may decide
 * whether it fires at all: all seven are asked. */
bool
recur_is_dense(const struct recur *recur)
{
	struct recur endless = *recur;
	struct civil start = {.year = 2024, .month = 1};
	int64_t gaps[GAPS];
	int count = 0;

	endless.count = 0;
	endless.until_kind = UNTIL_NONE;
	for (start.day = 1; start.day <= 7 && count == 0; start.day++)
		count = sorted_gaps(&endless, &start, gaps);
	if (count == 0)
		return false;
	return (gaps[(count - 1) / 2] + gaps[count / 2]) / 2 <=
	       7 * RECUR_DAY_SECS;
}
