/*
 * recur - walks the occurrences of a rule: periods in phase, the days
 * selected in them, the times of each day, and BYSETPOS over both.
 *
 * A search never visits a day twice and never leaves the years 1 to 9999, so
 * even a rule that fires nowhere ends within milliseconds.  Times of the day
 * are numbered, not listed: place p of a period is day p / times, time
 * p % times.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/recur_in.h"

void
recur_free(struct recur *recur)
{
	free(recur);
}

/* --- times of the day --------------------------------------------------- */

static int
list_bits(uint64_t bits, int otherwise, unsigned char *ret)
{
	int count = 0;

	if (bits == 0) {
		ret[0] = (unsigned char)otherwise;
		return 1;
	}
	for (; bits != 0; bits &= bits - 1)
		ret[count++] = (unsigned char)__builtin_ctzll(bits);
	return count;
}

static int
time_secs(const struct recur_iter *iter, int time)
{
	int sec = time % iter->sec_count;
	int min = time / iter->sec_count % iter->min_count;
	int hour = time / iter->sec_count / iter->min_count;

	return iter->hours[hour] * 3600 + iter->mins[min] * 60 +
	       iter->secs[sec];
}

/* The first time of the day at or after secs; times if there is none. */
static int
time_from(const struct recur_iter *iter, int64_t secs)
{
	int low = 0, high = iter->times;

	while (low < high) {
		int mid = low + (high - low) / 2;

		if (time_secs(iter, mid) < secs)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* --- BYSETPOS ----------------------------------------------------------- */

/* Which places of a set of size the rule keeps, ascending. */
static void
make_places(struct recur_iter *iter, int size)
{
	const struct recur_set *setpos = &iter->recur->setpos;
	int count = 0;

	if (iter->place_of == size)
		return;
	for (int n = 1; n <= RECUR_YEAR_MAX && n <= size; n++) {
		/* from the end, unless the same place came from the front */
		bool twice = size - n + 1 <= RECUR_YEAR_MAX &&
			     recur_set_has(setpos->last, size - n + 1);

		if (recur_set_has(setpos->first, n) || twice)
			iter->places[count++] = n - 1;
	}
	for (int n = RECUR_YEAR_MAX; n >= 1; n--) {
		if (size - n >= RECUR_YEAR_MAX &&
		    recur_set_has(setpos->last, n))
			iter->places[count++] = size - n;
	}
	iter->place_count = count;
	iter->place_of = size;
}

/* Gathers the selected days of the first period in phase that has any, at or
 * after the period of day, and the places kept in it. */
static void
make_set(struct recur_iter *iter, int64_t day)
{
	int64_t end, period;

	iter->day_count = 0;
	iter->place_at = 0;
	iter->day = recur_find_day(iter, day);
	if (iter->day == RECUR_NO_DAY) {
		iter->place_count = 0;
		iter->place_of = 0;
		return;
	}
	period = recur_period_of(iter, iter->day);
	end = recur_period_first(iter, period + 1);
	for (day = iter->day; day < end;) {
		assert(iter->day_count < RECUR_YEAR_MAX);
		iter->days[iter->day_count++] = day;
		day = recur_year_find(
		    iter->recur, &iter->start, &iter->year, day + 1);
	}
	iter->day = day; /* where the next period's search begins */
	make_places(iter, iter->day_count * iter->times);
}

static bool
step_set(struct recur_iter *iter, int64_t *ret)
{
	int place;

	while (iter->place_at == iter->place_count) {
		/* sets none of whose places is kept may go on for ever */
		if (iter->day > iter->last_day)
			return false;
		make_set(iter, iter->day);
	}
	place = iter->places[iter->place_at++];
	*ret = iter->days[place / iter->times] * RECUR_DAY_SECS +
	       time_secs(iter, place % iter->times);
	return true;
}

static bool
step_day(struct recur_iter *iter, int64_t *ret)
{
	if (iter->time == iter->times) {
		if (iter->day == RECUR_NO_DAY)
			return false;
		iter->day = recur_find_day(iter, iter->day + 1);
		iter->time = 0;
	}
	if (iter->day == RECUR_NO_DAY)
		return false;
	*ret = iter->day * RECUR_DAY_SECS + time_secs(iter, iter->time++);
	return true;
}

/* A day on or after the one of UNTIL; in UTC it may be read in any zone. */
static int64_t
last_day(const struct recur *recur)
{
	int64_t day = recur->until / RECUR_DAY_SECS + 1;

	switch (recur->until_kind) {
	case UNTIL_NONE:
		break;
	case UNTIL_UTC:
		return day + 2;
	case UNTIL_DATE:
	case UNTIL_LOCAL:
		return day;
	}
	return RECUR_LAST;
}

/* --- the iterator ------------------------------------------------------- */

void
recur_iter_init(struct recur_iter *iter, const struct recur *recur,
    const struct civil *start, const struct zone *zone, bool any)
{
	memset(iter, 0, sizeof(*iter));
	iter->recur = recur;
	iter->zone = zone;
	iter->start_day = civil_days(start->year, start->month, start->day);
	iter->start_secs = civil_secs(start);
	iter->from = iter->start_secs;
	iter->start = (struct recur_start){start->year, start->month,
	    start->day, civil_weekday(iter->start_day), any};
	iter->left = recur->count == 0 ? -1 : recur->count;
	iter->last_day = last_day(recur);
	iter->hour_count = list_bits(recur->hours, start->hour, iter->hours);
	iter->min_count = list_bits(recur->mins, start->min, iter->mins);
	iter->sec_count = list_bits(recur->secs, start->sec, iter->secs);
	iter->times = iter->hour_count * iter->min_count * iter->sec_count;
	if (recur_has(recur, PART_BYSETPOS)) {
		/* the whole first period counts, also before the start */
		make_set(iter, recur_period_first(iter, 0));
		return;
	}
	iter->day = recur_find_day(iter, iter->start_day);
	if (iter->day == iter->start_day)
		iter->time = time_from(
		    iter, iter->start_secs - iter->start_day * RECUR_DAY_SECS);
}

enum ek_err
recur_iter_new(const struct recur *recur, const struct civil *start,
    const struct zone *zone, struct recur_iter **ret)
{
	struct recur_iter *iter;

	if (!civil_ok(start))
		return EK_INVALID;
	iter = malloc(sizeof(*iter));
	if (iter == NULL)
		return EK_NOMEM;
	recur_iter_init(iter, recur, start, zone, false);
	*ret = iter;
	return EK_OK;
}

void
recur_iter_free(struct recur_iter *iter)
{
	free(iter);
}

enum until { WITHIN, SKIPPED, PAST };

/* UNTIL in UTC is compared with instants; a wall clock in a gap stands for a
 * later one, so being past it does not yet end the set. */
static enum until
until_utc(const struct recur_iter *iter, int64_t secs)
{
	struct civil civil, real;
	int64_t utc;

	civil_from_secs(secs, &civil);
	utc = zone_instant(iter->zone, &civil);
	if (utc <= iter->recur->until)
		return WITHIN;
	zone_local(iter->zone, utc, &real);
	return civil_secs(&real) == secs ? PAST : SKIPPED;
}

static enum until
until(const struct recur_iter *iter, int64_t secs)
{
	int64_t last = iter->recur->until;

	switch (iter->recur->until_kind) {
	case UNTIL_NONE:
		return WITHIN;
	case UNTIL_DATE:
		return secs < last + RECUR_DAY_SECS ? WITHIN : PAST;
	case UNTIL_UTC:
		if (iter->zone != NULL)
			return until_utc(iter, secs);
		break;
	case UNTIL_LOCAL:
		break;
	}
	return secs <= last ? WITHIN : PAST;
}

static void
finish(struct recur_iter *iter)
{
	iter->day = RECUR_NO_DAY;
	iter->time = iter->times;
	iter->place_at = iter->place_count;
}

bool
recur_iter_next(struct recur_iter *iter, struct civil *ret)
{
	bool by_set = recur_has(iter->recur, PART_BYSETPOS);
	int64_t secs;

	while (iter->left != 0 &&
	       (by_set ? step_set(iter, &secs) : step_day(iter, &secs))) {
		enum until state;

		if (secs < iter->start_secs)
			continue;
		if (iter->left > 0)
			iter->left--;
		if (secs < iter->from)
			continue;
		state = until(iter, secs);
		if (state == PAST)
			break;
		if (state == SKIPPED)
			continue;
		civil_from_secs(secs, ret);
		return true;
	}
	finish(iter);
	return false;
}

/* COUNT has to see every occurrence, but it may see them a day at a time. */
static void
count_days(struct recur_iter *iter, int64_t day)
{
	while (iter->left > 0 && iter->day < day) {
		int left = iter->times - iter->time;

		iter->left = iter->left > left ? iter->left - left : 0;
		iter->day = recur_find_day(iter, iter->day + 1);
		iter->time = 0;
	}
}

/* How many of a period's places, still to come, are not before the start. */
static int
places_left(const struct recur_iter *iter)
{
	int left = 0;

	for (int i = iter->place_at; i < iter->place_count; i++) {
		int place = iter->places[i];

		if (iter->days[place / iter->times] * RECUR_DAY_SECS +
			time_secs(iter, place % iter->times) >=
		    iter->start_secs)
			left++;
	}
	return left;
}

/* The same by periods: none of the sets before the one that holds day. */
static void
count_sets(struct recur_iter *iter, int64_t day)
{
	while (iter->left > 0 && iter->day_count > 0 &&
	       iter->days[iter->day_count - 1] < day) {
		int left = iter->place_count - iter->place_at;

		if (iter->days[0] < iter->start_day + 1)
			left = places_left(iter);
		iter->left = iter->left > left ? iter->left - left : 0;
		iter->place_at = iter->place_count;
		if (iter->day == RECUR_NO_DAY)
			return;
		make_set(iter, iter->day);
	}
}

static void
seek_day(struct recur_iter *iter, int64_t day)
{
	if (iter->left >= 0) {
		count_days(iter, day);
		return;
	}
	if (iter->day >= day)
		return;
	iter->day = recur_find_day(iter, day);
	iter->time = 0;
}

static void
seek_set(struct recur_iter *iter, int64_t day)
{
	if (iter->left >= 0) {
		count_sets(iter, day);
		return;
	}
	if (iter->day_count == 0 || iter->days[iter->day_count - 1] >= day)
		return;
	make_set(iter, recur_period_first(iter, recur_period_of(iter, day)));
}

void
recur_iter_seek(struct recur_iter *iter, const struct civil *from)
{
	int64_t secs = civil_secs(from);
	int64_t day = civil_days(from->year, from->month, from->day);

	if (secs <= iter->from)
		return;
	iter->from = secs;
	if (recur_has(iter->recur, PART_BYSETPOS))
		seek_set(iter, day);
	else
		seek_day(iter, day);
}
