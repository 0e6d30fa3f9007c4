/*
 * recur_words - a rule as a person would say it: "Mon, Wed and Fri at 16:30",
 * "the first Friday of each month at 10:00".
 *
 * Every part of the rule is said, so that two rules that differ read
 * differently; the common ones read best.  English only.
 */
#include <stdio.h>
#include <string.h>

#include "core/recur_in.h"

static const char *const day_short[7] = {
    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const day_long[7] = {"Monday", "Tuesday", "Wednesday",
    "Thursday", "Friday", "Saturday", "Sunday"};
static const char *const month_long[12] = {"January", "February", "March",
    "April", "May", "June", "July", "August", "September", "October",
    "November", "December"};
static const char *const ordinals[6] = {
    "zeroth", "first", "second", "third", "fourth", "fifth"};

/* "a", "a and b", "a, b and c": call with each item in turn. */
struct list {
	struct buf *out;
	int left;
	bool begun;
};

static void
item(struct list *list)
{
	list->left--;
	if (list->begun)
		buf_str(list->out, list->left == 0 ? " and " : ", ");
	list->begun = true;
}

static void
put_ordinal(struct buf *out, int n)
{
	const char *suffix = "th";

	if (n % 100 / 10 != 1) {
		if (n % 10 == 1)
			suffix = "st";
		else if (n % 10 == 2)
			suffix = "nd";
		else if (n % 10 == 3)
			suffix = "rd";
	}
	buf_fmt(out, "%d%s", n, suffix);
}

/* "first", "12th", "last", "second to last", "12th to last" */
static void
put_place(struct buf *out, int n, bool back)
{
	if (back && n == 1) {
		buf_str(out, "last");
		return;
	}
	if (n <= 5)
		buf_str(out, ordinals[n]);
	else
		put_ordinal(out, n);
	if (back)
		buf_str(out, " to last");
}

static int
set_size(const struct recur_set *set)
{
	int count = 0;

	for (int i = 0; i < 6; i++)
		count += __builtin_popcountll(set->first[i]) +
			 __builtin_popcountll(set->last[i]);
	return count;
}

typedef void (*put_cb)(struct buf *out, int n, bool back);

static void
put_set(struct buf *out, const struct recur_set *set, put_cb put)
{
	struct list list = {.out = out, .left = set_size(set)};

	for (int n = 1; n <= RECUR_YEAR_MAX; n++) {
		if (recur_set_has(set->first, n)) {
			item(&list);
			put(out, n, false);
		}
	}
	for (int n = RECUR_YEAR_MAX; n >= 1; n--) {
		if (recur_set_has(set->last, n)) {
			item(&list);
			put(out, n, true);
		}
	}
}

/* --- days --------------------------------------------------------------- */

/* Three or more in a row, and no others: "Mon to Fri". */
static bool
put_run(struct buf *out, uint32_t days)
{
	int first = __builtin_ctz(days);
	int count = __builtin_popcount(days);

	if (count < 3 || days >> first != (UINT32_C(1) << count) - 1)
		return false;
	buf_fmt(
	    out, "%s to %s", day_short[first], day_short[first + count - 1]);
	return true;
}

static void
put_weekdays(struct buf *out, uint32_t days)
{
	struct list list = {.out = out, .left = __builtin_popcount(days)};

	if (put_run(out, days))
		return;
	for (int day = 0; day < 7; day++) {
		if ((days >> day & 1) == 0)
			continue;
		item(&list);
		buf_str(out, day_short[day]);
	}
}

static int
nth_count(const struct recur *recur)
{
	int count = recur->weekdays != 0 ? 1 : 0;

	for (int day = 0; day < 7; day++)
		count += __builtin_popcountll(recur->nth[day].first) +
			 __builtin_popcountll(recur->nth[day].last);
	return count;
}

/* "the first Friday and the last Sunday" */
static void
put_nth(struct buf *out, const struct recur *recur)
{
	struct list list = {.out = out, .left = nth_count(recur)};

	for (int n = 1; n <= 2 * 53; n++) {
		bool back = n > 53;
		int place = back ? 2 * 53 + 1 - n : n;

		for (int day = 0; day < 7; day++) {
			uint64_t bits =
			    back ? recur->nth[day].last : recur->nth[day].first;

			if ((bits >> (place - 1) & 1) == 0)
				continue;
			item(&list);
			buf_str(out, "the ");
			put_place(out, place, back);
			buf_fmt(out, " %s", day_long[day]);
		}
	}
	if (recur->weekdays != 0) {
		item(&list);
		buf_str(out, "every ");
		put_weekdays(out, recur->weekdays);
	}
}

static void
put_monthday(struct buf *out, int n, bool back)
{
	buf_str(out, "the ");
	if (!back) {
		put_ordinal(out, n);
		return;
	}
	put_place(out, n, true);
	buf_str(out, " day");
}

static void
put_yearday(struct buf *out, int n, bool back)
{
	if (back) {
		buf_str(out, "the ");
		put_place(out, n, true);
		buf_str(out, " day of the year");
	} else
		buf_fmt(out, "day %d of the year", n);
}

static void
put_week(struct buf *out, int n, bool back)
{
	if (back) {
		buf_str(out, "the ");
		put_place(out, n, true);
		buf_str(out, " week");
	} else
		buf_fmt(out, "week %d", n);
}

static void
put_setpos(struct buf *out, int n, bool back)
{
	buf_str(out, "the ");
	put_place(out, n, back);
}

static void
put_months(struct buf *out, uint32_t months)
{
	struct list list = {.out = out, .left = __builtin_popcount(months)};

	for (int month = 0; month < 12; month++) {
		if ((months >> month & 1) == 0)
			continue;
		item(&list);
		buf_str(out, month_long[month]);
	}
}

static const char *
unit(const struct recur *recur)
{
	switch (recur->freq) {
	case RECUR_DAILY:
		return "day";
	case RECUR_WEEKLY:
		return "week";
	case RECUR_MONTHLY:
		return "month";
	case RECUR_YEARLY:
		break;
	}
	return "year";
}

/* The days themselves, as the start has them when the rule says nothing. */
static void
put_start_day(
    struct buf *out, const struct recur *recur, const struct civil *start)
{
	bool clamp = recur_has(recur, PART_XCLAMP) && start->day > 28;

	if (recur->freq == RECUR_YEARLY && !recur_has(recur, PART_BYMONTH)) {
		buf_fmt(out, "%d %s", start->day, month_long[start->month - 1]);
		if (clamp)
			buf_str(out, " or the month's last day");
		else if (start->month == 2 && start->day == 29)
			buf_str(out, " in leap years");
		return;
	}
	buf_str(out, "the ");
	put_ordinal(out, start->day);
	if (clamp)
		buf_str(out, " or the month's last day");
	else if (start->day > 28)
		buf_str(out, " where there is one");
}

static void
put_month_days(
    struct buf *out, const struct recur *recur, const struct civil *start)
{
	if (recur_has(recur, PART_BYYEARDAY))
		put_set(out, &recur->yearday, put_yearday);
	if (recur_has(recur, PART_BYMONTHDAY)) {
		if (recur_has(recur, PART_BYYEARDAY))
			buf_str(out, " if it is ");
		put_set(out, &recur->monthday, put_monthday);
	}
	if (recur_has(recur, PART_BYDAY)) {
		if (recur_has(recur, PART_BYYEARDAY) ||
		    recur_has(recur, PART_BYMONTHDAY))
			buf_str(out, " if it is ");
		if (recur->has_nth)
			put_nth(out, recur);
		else
			put_weekdays(out, recur->weekdays);
	}
	if (recur_has(recur, PART_BYYEARDAY) ||
	    recur_has(recur, PART_BYMONTHDAY) || recur_has(recur, PART_BYDAY))
		return;
	if (recur_has(recur, PART_BYWEEKNO))
		put_weekdays(out, UINT32_C(1) << civil_weekday(civil_days(
				      start->year, start->month, start->day)));
	else
		put_start_day(out, recur, start);
}

/* "of each month", "of January and March each year", "in week 20" */
static void
put_within(struct buf *out, const struct recur *recur)
{
	bool named = recur_has(recur, PART_BYDAY) ||
		     recur_has(recur, PART_BYMONTHDAY) ||
		     recur_has(recur, PART_BYYEARDAY);
	bool plain = recur->interval == 1;

	if (recur_has(recur, PART_BYWEEKNO)) {
		buf_str(out, " in ");
		put_set(out, &recur->weekno, put_week);
	}
	if (recur_has(recur, PART_BYMONTH)) {
		buf_str(out, " of ");
		put_months(out, recur->months);
	} else if (recur->freq == RECUR_MONTHLY && plain)
		buf_str(out, " of each month");
	else if (recur->freq == RECUR_YEARLY && plain && named &&
		 !recur_has(recur, PART_BYYEARDAY) &&
		 !recur_has(recur, PART_BYWEEKNO)) {
		bool of_month = recur_has(recur, PART_BYMONTHDAY);

		buf_str(out, of_month ? " of each month" : " of each year");
	}
}

static uint32_t
weekly_days(const struct recur *recur, const struct civil *start)
{
	if (recur_has(recur, PART_BYDAY))
		return recur->weekdays;
	return UINT32_C(1) << civil_weekday(
		   civil_days(start->year, start->month, start->day));
}

/* "Mon, Wed and Fri", "every Friday", "every 2 weeks on Tue" */
static void
put_weekly(struct buf *out, const struct recur *recur, uint32_t days)
{
	if (recur->interval > 1) {
		buf_fmt(out, "every %d weeks on ", recur->interval);
		put_weekdays(out, days);
	} else if (days == 127)
		buf_str(out, "every day");
	else if ((days & (days - 1)) == 0)
		buf_fmt(out, "every %s", day_long[__builtin_ctz(days)]);
	else
		put_weekdays(out, days);
	/* which week a Sunday belongs to is only seen when weeks are left
	 * out */
	if (recur->interval > 1 && recur->wkst != 0)
		buf_fmt(out, " (weeks begin on %s)", day_long[recur->wkst]);
}

static void
put_daily(struct buf *out, const struct recur *recur)
{
	if (recur->interval > 1)
		buf_fmt(out, "every %d days", recur->interval);
	else if (!recur_has(recur, PART_BYDAY) &&
		 !recur_has(recur, PART_BYMONTHDAY))
		buf_str(out, "every day");
	if (recur_has(recur, PART_BYMONTHDAY)) {
		buf_str(out, recur->interval > 1 ? " if it is " : "");
		put_set(out, &recur->monthday, put_monthday);
	}
	if (recur_has(recur, PART_BYDAY)) {
		if (recur->interval > 1 || recur_has(recur, PART_BYMONTHDAY))
			buf_str(out, " if it is ");
		put_weekdays(out, recur->weekdays);
	}
}

static void
put_days(struct buf *out, const struct recur *recur, const struct civil *start)
{
	switch (recur->freq) {
	case RECUR_DAILY:
		put_daily(out, recur);
		break;
	case RECUR_WEEKLY:
		put_weekly(out, recur, weekly_days(recur, start));
		break;
	case RECUR_MONTHLY:
	case RECUR_YEARLY:
		if (recur->interval > 1)
			buf_fmt(out, "every %d %ss on ", recur->interval,
			    unit(recur));
		else if (recur->freq == RECUR_YEARLY)
			buf_str(out, "each year on ");
		put_month_days(out, recur, start);
		put_within(out, recur);
		return;
	}
	if (recur_has(recur, PART_BYMONTH)) {
		buf_str(out, " in ");
		put_months(out, recur->months);
	}
}

/* --- times and end ------------------------------------------------------ */

#define TIMES_SAID 6

static void
put_times(struct buf *out, const struct recur *recur, const struct civil *start)
{
	struct recur_iter iter;
	struct list list = {.out = out, .left = recur_times(recur)};

	recur_iter_init(&iter, recur, start, NULL, true);
	if (iter.times > TIMES_SAID) {
		buf_fmt(out, " at %d times of the day", iter.times);
		return;
	}
	buf_str(out, " at ");
	for (int i = 0; i < iter.times; i++) {
		int sec = iter.secs[i % iter.sec_count];
		int min = iter.mins[i / iter.sec_count % iter.min_count];
		int hour = iter.hours[i / iter.sec_count / iter.min_count];

		item(&list);
		buf_fmt(out, "%02d:%02d", hour, min);
		if (sec != 0)
			buf_fmt(out, ":%02d", sec);
	}
}

static void
put_end(struct buf *out, const struct recur *recur)
{
	struct civil civil;

	if (recur->count == 1)
		buf_str(out, ", once");
	else if (recur->count > 1)
		buf_fmt(out, ", %d times", recur->count);
	if (recur->until_kind == UNTIL_NONE)
		return;
	civil_from_secs(recur->until, &civil);
	buf_fmt(out, ", until %d %s %d", civil.day, month_long[civil.month - 1],
	    civil.year);
	if (recur->until_kind != UNTIL_DATE)
		buf_fmt(out, " %02d:%02d%s", civil.hour, civil.min,
		    recur->until_kind == UNTIL_UTC ? " UTC" : "");
}

enum ek_err
recur_words(
    const struct recur *recur, const struct civil *start, struct buf *ret)
{
	put_days(ret, recur, start);
	put_times(ret, recur, start);
	if (recur_has(recur, PART_BYSETPOS)) {
		buf_str(ret, ", of these ");
		put_set(ret, &recur->setpos, put_setpos);
		buf_fmt(ret, " of each %s", unit(recur));
	}
	put_end(ret, recur);
	return buf_err(ret);
}
