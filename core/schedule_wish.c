/*
 * schedule_wish - what she may ask for, and what we suggest.
 *
 * A schedule is refused before it is kept, with the reason; kept ones are
 * never judged again.  The suggestions are DESIGN.md §7's, each with what
 * it costs and gives.
 */
#include <string.h>

#include "core/schedule_in.h"
#include "evenkeel/text.h"

static enum ek_err
check_name(const char *name, struct ek_why *why)
{
	size_t len = strlen(name);

	if (len > EK_NAME_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "the schedule's name is longer than %d bytes; shorten it",
		    EK_NAME_MAX);
	if (strspn(name, " ") == len || !text_plain_ok(name, len) ||
	    strpbrk(name, "\n\t") != NULL)
		return ek_why(why, EK_INVALID,
		    "the schedule's name is empty or not plain text; give it "
		    "a name on one line");
	return EK_OK;
}

static enum ek_err
check_instrument(const char *name, struct ek_why *why)
{
	size_t len = strlen(name);

	if (len == 0 || len > EK_NAME_MAX ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789-_.") != len)
		return ek_why(why, EK_INVALID,
		    "the schedule's instrument is no name of one; see keel "
		    "instrument list");
	return EK_OK;
}

/* Names that will still be asked; edits do not add one. */
static enum ek_err
check_room(const struct schedules *schedules, const char *name, int64_t day,
    struct ek_why *why)
{
	const struct schedule *one, *last = NULL;
	size_t at = 0, count = 0;

	if (schedules == NULL)
		return EK_OK;
	while ((one = schedules_next(schedules, day, SCHEDULE_NO_DAY, &at)) !=
	       NULL) {
		if (strcmp(one->name, name) == 0)
			return EK_OK;
		if (last == NULL || strcmp(one->name, last->name) != 0)
			count++;
		last = one;
	}
	if (count >= EK_SCHEDULES_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "there are %d schedules already; remove one first",
		    EK_SCHEDULES_MAX);
	return EK_OK;
}

static enum ek_err
check_fires(const struct recur *recur, const struct civil *start,
    const struct zone *zone, int64_t now, struct ek_why *why)
{
	struct recur_due *due = NULL;
	int64_t utc;
	enum ek_err err;

	if (recur_times(recur) > SCHEDULE_TIMES_MAX)
		return ek_why(why, EK_INVALID,
		    "the rule asks more than %d times a day; ask less often",
		    SCHEDULE_TIMES_MAX);
	err = recur_due_new(recur, start, zone, &due);
	if (err != EK_OK)
		return err;
	recur_due_seek(due, now + 1);
	if (!recur_due_next(due, &utc, NULL))
		err = ek_why(why, EK_INVALID,
		    "with this start the rule never asks again; change the "
		    "rule or the start");
	recur_due_free(due);
	return err;
}

enum ek_err
schedule_check(const struct schedules *schedules,
    const struct schedule_new *wish, const struct zone *zone, int64_t now,
    struct ek_why *reterr_why)
{
	struct recur *recur = NULL;
	struct civil start, today;
	enum ek_err err;

	err = check_name(wish->name, reterr_why);
	if (err == EK_OK)
		err = check_instrument(wish->instrument, reterr_why);
	if (err == EK_OK && !civil_parse_time(wish->start, &start))
		err = ek_why(reterr_why, EK_INVALID,
		    "the schedule's start is no time; write it like "
		    "2026-11-24T16:30");
	if (err == EK_OK && wish->zone != NULL && !zone_name_ok(wish->zone))
		err = ek_why(reterr_why, EK_INVALID,
		    "the schedule's zone is no zone name; write it like "
		    "Europe/London");
	if (err == EK_OK)
		err = recur_parse(wish->rule, &recur, reterr_why);
	if (err == EK_OK)
		err = check_fires(recur, &start, zone, now, reterr_why);
	recur_free(recur);
	if (err != EK_OK)
		return err;
	zone_local(zone, now, &today);
	return check_room(schedules, wish->name,
	    civil_days(today.year, today.month, today.day), reterr_why);
}

int64_t
schedule_from_day(
    const struct schedules *schedules, const char *name, int64_t today)
{
	const struct schedule *one;
	size_t at = 0;

	while (schedules != NULL &&
	       (one = schedules_next(schedules, today, today, &at)) != NULL) {
		if (strcmp(one->name, name) == 0)
			return today + 1;
	}
	return today;
}

/* --- suggestions -------------------------------------------------------- */

/* The same day four months on, or that month's last. */
static struct civil
after_months(int64_t day, int months)
{
	struct civil civil;
	int last;

	civil_from_days(day, &civil);
	civil.month += months;
	if (civil.month > 12) {
		civil.month -= 12;
		civil.year++;
	}
	last = civil_month_days(civil.year, civil.month);
	if (civil.day > last)
		civil.day = last;
	return civil;
}

static void
put_start(struct civil civil, int hour, int min, char *out)
{
	civil.hour = hour;
	civil.min = min;
	civil_format_time(&civil, out);
}

void
schedule_suggest(int64_t today, struct schedule_suggestion *ret)
{
	ret[0] = (struct schedule_suggestion){
	    .name = "pulse",
	    .rule = "FREQ=WEEKLY;BYDAY=MO,WE,FR",
	    .why = "A usual range needs 14 check-ins, better 28: three a week "
		   "give one in about five weeks, ten for the better one. "
		   "Asked less often it disturbs you less and takes longer "
		   "to show anything.",
	};
	ret[1] = (struct schedule_suggestion){
	    .name = "work-check",
	    .rule = "FREQ=MONTHLY;BYDAY=1FR",
	    .why = "Support, role and room to do the work change slowly, so "
		   "once a month is enough. A usual range would take more "
		   "than a year: you see dots and the change since last time "
		   "instead.",
	};
	ret[2] = (struct schedule_suggestion){
	    .name = "wave",
	    .rule = "FREQ=MONTHLY;INTERVAL=4;X-CLAMP=1",
	    .why = "A longer look every four months, in your own words, when "
		   "you are also asked again what you want to share. It takes "
		   "longer than a check-in and gives no scores.",
	};
	put_start(after_months(today, 0), 16, 30, ret[0].start);
	put_start(after_months(today, 0), 10, 0, ret[1].start);
	/* the first one not on the day she begins */
	put_start(after_months(today, 4), 10, 0, ret[2].start);
}
