/*
 * schedule: versions out of records in any order, slots and what became of
 * them, across edits, ends, zones and two desks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "evenkeel/schedule.h"

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

struct desk { /* a book, the zones it sees, and what is asked of it */
	struct book *book;
	struct zone *local, *berlin;
	struct schedules *schedules;
};

static struct zone *
zone_of(const char *rule)
{
	struct zone *zone = NULL;

	assert_int_equal(zone_posix(rule, &zone, NULL), EK_OK);
	return zone;
}

static const struct zone *
zone_cb(const char *name, void *arg)
{
	const struct desk *desk = arg;

	if (name == NULL)
		return desk->local;
	return strcmp(name, "Europe/Berlin") == 0 ? desk->berlin : NULL;
}

static int
setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	assert_non_null(desk);
	assert_int_equal(book_new(&desk->book), EK_OK);
	desk->local = zone_of("UTC0");
	desk->berlin = zone_of(BERLIN);
	*state = desk;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *desk = *state;

	schedules_free(desk->schedules);
	book_free(desk->book);
	zone_free(desk->local);
	zone_free(desk->berlin);
	free(desk);
	return 0;
}

static int64_t
utc(const char *text)
{
	struct civil civil;

	if (!civil_parse_time(text, &civil))
		fail_msg("no time: %s", text);
	return civil_secs(&civil);
}

static int64_t
day(const char *text)
{
	struct civil civil;

	if (!civil_parse_date(text, &civil))
		fail_msg("no date: %s", text);
	return civil_days(civil.year, civil.month, civil.day);
}

static void
rid_of(unsigned char n, unsigned char *ret)
{
	memset(ret, 0, EK_ID_LEN);
	ret[0] = 0xab;
	ret[1] = 0xcd;
	ret[2] = n;
}

static void
take(struct desk *desk, struct record_build *build)
{
	struct record *rec = NULL;

	assert_int_equal(record_end(build, &rec), EK_OK);
	assert_int_equal(book_apply(desk->book, rec, NULL), EK_OK);
	record_free(rec);
}

struct wish {
	const char *made, *name, *rule, *start, *from, *zone, *instrument;
};

static void
schedule(struct desk *desk, unsigned char n, const struct wish *wish)
{
	struct record_build build;
	unsigned char rid[EK_ID_LEN];

	rid_of(n, rid);
	record_begin(&build, REC_SCHEDULE, rid, utc(wish->made) * 1000);
	record_put_str(&build, SCHEDULE_NAME, wish->name);
	record_put_str(&build, SCHEDULE_INSTRUMENT,
	    wish->instrument != NULL ? wish->instrument : wish->name);
	record_put_str(&build, SCHEDULE_RULE, wish->rule);
	record_put_str(&build, SCHEDULE_START, wish->start);
	record_put_str(&build, SCHEDULE_ZONE, wish->zone);
	record_put_str(&build, SCHEDULE_FROM, wish->from);
	take(desk, &build);
}

static void
end(struct desk *desk, unsigned char n, unsigned char of, const char *made,
    const char *from)
{
	struct record_build build;
	unsigned char rid[EK_ID_LEN], of_rid[EK_ID_LEN];

	rid_of(n, rid);
	rid_of(of, of_rid);
	record_begin(&build, REC_SCHEDULE_END, rid, utc(made) * 1000);
	record_put_id(&build, SCHEDULE_END_SCHEDULE, of_rid);
	record_put_str(&build, SCHEDULE_END_FROM, from);
	take(desk, &build);
}

static void
state_of(struct desk *desk, unsigned char n, unsigned char of,
    const char *start, const char *state, const char *made, const char *until)
{
	struct record_build build;
	unsigned char rid[EK_ID_LEN], of_rid[EK_ID_LEN];

	rid_of(n, rid);
	rid_of(of, of_rid);
	record_begin(&build, REC_SLOT, rid, utc(made) * 1000);
	record_put_id(&build, SLOT_SCHEDULE, of_rid);
	record_put_str(&build, SLOT_START, start);
	record_put_str(&build, SLOT_STATE, state);
	if (until != NULL)
		record_put_int(&build, SLOT_UNTIL, utc(until));
	take(desk, &build);
}

static void
answer(struct desk *desk, unsigned char n, unsigned char of, const char *start,
    const char *made)
{
	struct record_build build;
	unsigned char rid[EK_ID_LEN], of_rid[EK_ID_LEN];

	rid_of(n, rid);
	rid_of(of, of_rid);
	record_begin(&build, REC_CHECKIN, rid, utc(made) * 1000);
	record_put_str(&build, CHECKIN_INSTRUMENT, "pulse");
	record_put_str(&build, CHECKIN_LOCAL, made);
	record_put_id(&build, CHECKIN_SCHEDULE, of_rid);
	record_put_str(&build, CHECKIN_START, start);
	take(desk, &build);
}

static const struct schedules *
look(struct desk *desk)
{
	schedules_free(desk->schedules);
	desk->schedules = NULL;
	assert_int_equal(
	    schedules_new(desk->book, zone_cb, desk, &desk->schedules), EK_OK);
	return desk->schedules;
}

/* "n start state" of each slot, in one row. */
static const char *
row(struct desk *desk, const char *from, const char *to, const char *now)
{
	static char text[4096];
	struct schedule_slot *slots = NULL;
	size_t count = 0, len = 0;

	text[0] = '\0';
	assert_int_equal(schedule_slots(look(desk), utc(from), utc(to),
			     utc(now), &slots, &count),
	    EK_OK);
	for (size_t i = 0; i < count; i++) {
		char start[CIVIL_TIME_LEN + 1];

		civil_format_time(&slots[i].start, start);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%d %.16s %s", i > 0 ? ", " : "",
		    slots[i].schedule->rid[2], start,
		    slot_state_name(slots[i].slot.state));
		assert_true(len < sizeof(text));
	}
	free(slots);
	return text;
}

static const char *
open_row(struct desk *desk, const char *now)
{
	static char text[1024];
	struct schedule_slot *slots = NULL;
	size_t count = 0, len = 0;

	text[0] = '\0';
	assert_int_equal(
	    schedule_open(look(desk), utc(now), &slots, &count), EK_OK);
	for (size_t i = 0; i < count; i++) {
		char start[CIVIL_TIME_LEN + 1];

		civil_format_time(&slots[i].start, start);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%d %.16s", i > 0 ? ", " : "", slots[i].schedule->rid[2],
		    start);
	}
	free(slots);
	return text;
}

static const struct wish pulse = {
    .made = "2026-11-02T08:00:00",
    .name = "pulse",
    .rule = "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    .start = "2016-01-01T16:30:00",
    .from = "2026-11-02",
};

/* --- slots -------------------------------------------------------------- */

static void
test_no_backlog(void **state)
{
	struct desk *desk = *state;

	schedule(desk, 1, &pulse);
	/* the start lies ten years back: nothing before it was made */
	assert_string_equal(row(desk, "2016-01-01T00:00", "2026-11-06T23:00",
				"2026-11-06T17:00"),
	    "1 2026-11-02T16:30 missed, 1 2026-11-04T16:30 missed, "
	    "1 2026-11-06T16:30 due");
}

static void
test_made_after_todays(void **state)
{
	struct desk *desk = *state;
	struct wish late = pulse;

	late.made = "2026-11-02T16:30:01";
	schedule(desk, 1, &late);
	assert_string_equal(row(desk, "2026-11-01T00:00", "2026-11-04T23:00",
				"2026-11-04T17:00"),
	    "1 2026-11-04T16:30 due");
}

static void
test_outcomes(void **state)
{
	struct desk *desk = *state;

	schedule(desk, 1, &pulse);
	answer(desk, 10, 1, "2026-11-02T16:30:00", "2026-11-02T16:40:00");
	state_of(desk, 11, 1, "2026-11-04T16:30:00", "skipped",
	    "2026-11-04T16:40:00", NULL);
	state_of(desk, 12, 1, "2026-11-06T16:30:00", "off-record",
	    "2026-11-06T16:40:00", NULL);
	state_of(desk, 13, 1, "2026-11-09T16:30:00", "away",
	    "2026-11-12T16:40:00", NULL);
	/* a state a newer program knows is passed over */
	state_of(desk, 14, 1, "2026-11-11T16:30:00", "dreamt",
	    "2026-11-12T16:40:00", NULL);
	/* no such slot: nothing happens */
	answer(desk, 15, 1, "2026-11-03T16:30:00", "2026-11-02T16:40:00");
	answer(desk, 16, 9, "2026-11-04T16:30:00", "2026-11-02T16:40:00");
	assert_string_equal(row(desk, "2026-11-02T00:00", "2026-11-13T23:00",
				"2026-11-13T16:30"),
	    "1 2026-11-02T16:30 answered, 1 2026-11-04T16:30 skipped, "
	    "1 2026-11-06T16:30 off-record, 1 2026-11-09T16:30 away, "
	    "1 2026-11-11T16:30 missed, 1 2026-11-13T16:30 due");
}

/* The same records from two desks, in either order. */
static void
test_two_desks(void **state)
{
	struct desk *desk = *state;

	state_of(desk, 11, 1, "2026-11-02T16:30:00", "missed",
	    "2026-11-03T04:30:00", NULL);
	answer(desk, 10, 1, "2026-11-02T16:30:00", "2026-11-02T16:40:00");
	state_of(desk, 12, 1, "2026-11-02T16:30:00", "skipped",
	    "2026-11-02T16:35:00", NULL);
	state_of(desk, 13, 1, "2026-11-04T16:30:00", "skipped",
	    "2026-11-04T16:35:00", NULL);
	state_of(desk, 14, 1, "2026-11-04T16:30:00", "missed",
	    "2026-11-05T04:35:00", NULL);
	state_of(desk, 15, 1, "2026-11-04T16:30:00", "shown",
	    "2026-11-04T16:30:00", NULL);
	schedule(desk, 1, &pulse);
	assert_string_equal(row(desk, "2026-11-02T00:00", "2026-11-05T23:00",
				"2026-11-05T16:30"),
	    "1 2026-11-02T16:30 answered, 1 2026-11-04T16:30 skipped");
}

static void
test_states_that_pass(void **state)
{
	struct desk *desk = *state;
	struct schedule_slot slot;
	char id[SCHEDULE_SLOT_ID_LEN + 1];
	struct civil start;
	unsigned char rid[EK_ID_LEN];

	schedule(desk, 1, &pulse);
	state_of(desk, 11, 1, "2026-11-04T16:30:00", "held",
	    "2026-11-04T16:30:05", NULL);
	state_of(desk, 12, 1, "2026-11-04T16:30:00", "shown",
	    "2026-11-04T16:40:00", NULL);
	state_of(desk, 13, 1, "2026-11-04T16:30:00", "snoozed",
	    "2026-11-04T16:41:00", "2026-11-04T17:41:00");
	rid_of(1, rid);
	assert_true(civil_parse_time("2026-11-04T16:30:00", &start));
	schedule_slot_id(rid, &start, id);
	assert_int_equal(schedule_slot_find(look(desk), id,
			     utc("2026-11-04T16:45"), &slot, NULL),
	    EK_OK);
	assert_int_equal(slot.slot.state, SLOT_SNOOZED);
	assert_true(slot.slot.until == utc("2026-11-04T17:41"));
	assert_true(slot.shown_ms == utc("2026-11-04T16:40") * 1000);
	assert_int_equal(slot.outcome->rid[2], 13);
	assert_true(slot.slot.ends == utc("2026-11-05T04:30"));
	assert_string_equal(
	    open_row(desk, "2026-11-04T16:45"), "1 2026-11-04T16:30");
	/* an hour later it was shown again, and in the end missed */
	state_of(desk, 14, 1, "2026-11-04T16:30:00", "shown",
	    "2026-11-04T17:41:00", NULL);
	assert_string_equal(row(desk, "2026-11-04T00:00", "2026-11-04T23:00",
				"2026-11-04T18:00"),
	    "1 2026-11-04T16:30 shown");
	assert_string_equal(row(desk, "2026-11-04T00:00", "2026-11-04T23:00",
				"2026-11-05T04:30"),
	    "1 2026-11-04T16:30 missed");
}

static void
test_ends(void **state)
{
	struct desk *desk = *state;
	struct wish twice = pulse, check = pulse;
	struct schedule_slot *slots = NULL;
	size_t count = 0;

	twice.rule = "FREQ=DAILY;BYHOUR=9,16;BYMINUTE=0";
	schedule(desk, 1, &twice);
	check.name = "work-check";
	check.rule = "FREQ=MONTHLY;BYDAY=1FR";
	schedule(desk, 2, &check);
	assert_int_equal(schedule_slots(look(desk), utc("2026-11-06T00:00"),
			     utc("2026-11-06T23:00"), utc("2026-11-06T23:00"),
			     &slots, &count),
	    EK_OK);
	assert_int_equal(count, 3);
	/* the next of the day comes before twelve hours are over */
	assert_true(slots[0].slot.ends == utc("2026-11-06T16:00"));
	/* the last of the day ends by its twelve hours, though its successor
	 * lies outside what was asked */
	assert_true(slots[1].slot.ends == utc("2026-11-07T04:00"));
	assert_string_equal(slots[2].schedule->name, "work-check");
	assert_true(slots[2].slot.ends == utc("2026-11-13T16:30"));
	free(slots);
}

static void
test_open_latest(void **state)
{
	struct desk *desk = *state;
	struct wish daily = pulse, other = pulse, check = pulse;

	daily.name = "evening";
	daily.instrument = "pulse";
	daily.rule = "FREQ=DAILY;BYHOUR=18";
	schedule(desk, 1, &pulse);
	schedule(desk, 2, &daily);
	check.name = "work-check";
	check.rule = "FREQ=MONTHLY;BYMONTHDAY=3";
	schedule(desk, 3, &check);
	other.name = "other";
	other.rule = "FREQ=MONTHLY;BYMONTHDAY=20";
	schedule(desk, 4, &other);
	/* of one instrument the latest only; the rare one stays for a week */
	assert_string_equal(open_row(desk, "2026-11-04T19:00"),
	    "3 2026-11-03T16:30, 2 2026-11-04T18:30");
	answer(desk, 10, 2, "2026-11-04T18:30:00", "2026-11-04T19:05:00");
	assert_string_equal(open_row(desk, "2026-11-04T19:10"),
	    "3 2026-11-03T16:30, 1 2026-11-04T16:30");
	assert_string_equal(
	    open_row(desk, "2026-11-10T16:29:59"), "3 2026-11-03T16:30");
	assert_string_equal(open_row(desk, "2026-11-10T16:30"), "");
	assert_string_equal(open_row(desk, "2026-11-02T10:00"), "");
}

/* --- edits and ends ----------------------------------------------------- */

static void
test_edit(void **state)
{
	struct desk *desk = *state;
	struct wish edit = pulse;

	schedule(desk, 1, &pulse);
	edit.made = "2026-11-04T12:00:00";
	edit.from = "2026-11-05";
	edit.rule = "FREQ=DAILY";
	edit.start = "2026-11-04T12:30:00";
	schedule(desk, 2, &edit);
	/* today's stays as drawn, the new one is in force from tomorrow */
	assert_string_equal(row(desk, "2026-11-02T00:00", "2026-11-07T23:00",
				"2026-11-01T00:00"),
	    "1 2026-11-02T16:30 due, 1 2026-11-04T16:30 due, "
	    "2 2026-11-05T12:30 due, 2 2026-11-06T12:30 due, "
	    "2 2026-11-07T12:30 due");
}

static void
test_end_of_schedule(void **state)
{
	struct desk *desk = *state;
	struct wish again = pulse;

	schedule(desk, 1, &pulse);
	end(desk, 2, 1, "2026-11-04T12:00:00", "2026-11-05");
	assert_string_equal(row(desk, "2026-11-02T00:00", "2026-11-30T23:00",
				"2026-11-01T00:00"),
	    "1 2026-11-02T16:30 due, 1 2026-11-04T16:30 due");
	/* made anew later: in force again */
	again.made = "2026-11-20T12:00:00";
	again.from = "2026-11-20";
	schedule(desk, 3, &again);
	assert_string_equal(row(desk, "2026-11-05T00:00", "2026-11-23T23:00",
				"2026-11-01T00:00"),
	    "3 2026-11-20T16:30 due, 3 2026-11-23T16:30 due");
}

/* Any order of the same records says the same. */
static void
test_order(void **state)
{
	unsigned seed = (unsigned)time(NULL);
	char want[4096] = "";

	print_message("seed %u\n", seed);
	for (int round = 0; round < 40; round++) {
		static const struct wish edits[] = {
		    {"2026-11-02T08:00:00", "pulse", "FREQ=DAILY",
			"2026-11-02T09:00", "2026-11-02", NULL, NULL},
		    {"2026-11-03T08:00:00", "pulse", "FREQ=DAILY;BYHOUR=11",
			"2026-11-02T09:00", "2026-11-04", NULL, NULL},
		    /* two desks edit on one day */
		    {"2026-11-03T09:00:00", "pulse", "FREQ=DAILY;BYHOUR=12",
			"2026-11-02T09:00", "2026-11-04", NULL, NULL},
		    {"2026-11-06T09:00:00", "pulse", "FREQ=DAILY;BYHOUR=13",
			"2026-11-02T09:00", "2026-11-07", NULL, NULL},
		    {"2026-11-02T09:00:00", "wave", "FREQ=DAILY;INTERVAL=3",
			"2026-11-02T10:00", "2026-11-02", NULL, NULL},
		};
		int order[] = {0, 1, 2, 3, 4, 5};
		struct desk *desk;
		const char *got;

		for (int i = 5; round > 0 && i > 0; i--) {
			int j = rand_r(&seed) % (i + 1), swap = order[i];

			order[i] = order[j];
			order[j] = swap;
		}
		(void)setup(state);
		desk = *state;
		for (int i = 0; i < 6; i++) {
			if (order[i] == 5)
				end(desk, 20, 4, "2026-11-08T09:00:00",
				    "2026-11-09");
			else
				schedule(desk, (unsigned char)(order[i] + 1),
				    &edits[order[i]]);
		}
		got = row(desk, "2026-11-01T00:00", "2026-11-12T00:00",
		    "2026-11-01T00:00");
		if (round == 0)
			snprintf(want, sizeof(want), "%s", got);
		assert_string_equal(got, want);
		(void)teardown(state);
	}
	assert_string_equal(want,
	    "1 2026-11-02T09:00 due, 5 2026-11-02T10:00 due, "
	    "1 2026-11-03T09:00 due, 3 2026-11-04T12:00 due, "
	    "5 2026-11-05T10:00 due, 3 2026-11-05T12:00 due, "
	    "3 2026-11-06T12:00 due, 4 2026-11-07T13:00 due, "
	    "5 2026-11-08T10:00 due, 4 2026-11-08T13:00 due, "
	    "5 2026-11-11T10:00 due");
}

static void
test_unreadable(void **state)
{
	struct desk *desk = *state;
	struct wish odd = pulse;

	schedule(desk, 1, &pulse);
	odd.name = "odd";
	odd.rule = "FREQ=HOURLY";
	schedule(desk, 2, &odd);
	odd.rule = "FREQ=DAILY";
	odd.start = "tomorrow";
	schedule(desk, 3, &odd);
	odd.start = "2026-11-02T09:00";
	odd.from = "soon";
	schedule(desk, 4, &odd);
	odd.from = NULL;
	schedule(desk, 5, &odd);
	odd.from = "2026-11-02";
	odd.rule = "FREQ=DAILY;BYHOUR=9,10,11,12,13;BYMINUTE=1,2,3,4,5";
	schedule(desk, 6, &odd); /* 25 times a day */
	end(desk, 7, 99, "2026-11-03T00:00", "2026-11-03");
	end(desk, 8, 1, "2026-11-03T00:00", "never");
	assert_string_equal(row(desk, "2026-11-02T00:00", "2026-11-04T23:00",
				"2026-11-01T00:00"),
	    "1 2026-11-02T16:30 due, 1 2026-11-04T16:30 due");
}

/* --- listing and finding ------------------------------------------------ */

static void
test_list(void **state)
{
	struct desk *desk = *state;
	struct wish edit = pulse, other = pulse;
	const struct schedules *schedules;
	const struct schedule *one;
	size_t at = 0;

	schedule(desk, 1, &pulse);
	edit.made = "2026-11-04T12:00:00";
	edit.from = "2026-11-05";
	edit.zone = "Europe/Berlin";
	schedule(desk, 2, &edit);
	other.name = "aaa";
	other.zone = "Atlantis/Centre";
	schedule(desk, 3, &other);
	schedules = look(desk);
	one = schedules_next(
	    schedules, day("2026-11-04"), day("2026-11-04"), &at);
	assert_string_equal(one->name, "aaa");
	assert_string_equal(one->zone_name, "Atlantis/Centre");
	assert_false(one->zone_known);
	assert_ptr_equal(one->zone, desk->local);
	one = schedules_next(
	    schedules, day("2026-11-04"), day("2026-11-04"), &at);
	assert_int_equal(one->rid[2], 1);
	assert_true(one->until == day("2026-11-05"));
	assert_true(one->dense);
	assert_null(one->zone_name);
	assert_true(one->zone_known);
	assert_null(schedules_next(
	    schedules, day("2026-11-04"), day("2026-11-04"), &at));
	at = 2;
	one =
	    schedules_next(schedules, day("2026-11-04"), SCHEDULE_NO_DAY, &at);
	assert_int_equal(one->rid[2], 2);
	assert_true(one->until == SCHEDULE_NO_DAY);
	assert_ptr_equal(one->zone, desk->berlin);
}

static void
test_find(void **state)
{
	struct desk *desk = *state;
	struct wish edit = pulse;
	const struct schedules *schedules;
	const struct schedule *one = NULL;
	struct ek_why why = {""};

	schedule(desk, 1, &pulse);
	edit.made = "2026-11-04T12:00:00";
	edit.from = "2026-11-05";
	schedule(desk, 2, &edit);
	schedules = look(desk);
	assert_int_equal(
	    schedules_find(schedules, "pulse", day("2026-11-04"), &one, NULL),
	    EK_OK);
	assert_int_equal(one->rid[2], 2);
	assert_int_equal(
	    schedules_find(schedules, "abcd01", day("2026-11-04"), &one, NULL),
	    EK_OK);
	assert_int_equal(one->rid[2], 1);
	/* ended since */
	assert_int_equal(
	    schedules_find(schedules, "abcd01", day("2026-11-05"), &one, &why),
	    EK_NOT_FOUND);
	assert_int_equal(
	    schedules_find(schedules, "abcd", day("2026-11-04"), &one, &why),
	    EK_CONFLICT);
	assert_int_equal(
	    schedules_find(schedules, "abc", day("2026-11-04"), &one, &why),
	    EK_NOT_FOUND);
	assert_int_equal(
	    schedules_find(schedules, "", day("2026-11-04"), &one, &why),
	    EK_NOT_FOUND);
	assert_non_null(strstr(why.text, "; "));
}

static void
test_next(void **state)
{
	struct desk *desk = *state;
	const struct schedules *schedules;
	const struct schedule *one = NULL;
	struct schedule_slot slots[4];
	size_t count = 0;

	schedule(desk, 1, &pulse);
	end(desk, 2, 1, "2026-11-04T12:00:00", "2026-11-10");
	schedules = look(desk);
	assert_int_equal(
	    schedules_find(schedules, "pulse", day("2026-11-04"), &one, NULL),
	    EK_OK);
	assert_int_equal(schedule_next(schedules, one, utc("2026-11-04T16:30"),
			     slots, 1, &count),
	    EK_OK);
	assert_int_equal(count, 1); /* due after now */
	assert_true(slots[0].slot.due == utc("2026-11-06T16:30"));
	assert_true(slots[0].slot.ends == utc("2026-11-07T04:30"));
	assert_int_equal(schedule_next(schedules, one, utc("2026-11-04T16:29"),
			     slots, 4, &count),
	    EK_OK);
	assert_int_equal(count, 3);
	assert_int_equal(slots[0].start.day, 4);
	assert_true(slots[2].slot.due == utc("2026-11-09T16:30"));
	assert_int_equal(schedule_next(schedules, one, utc("2026-12-04T16:29"),
			     slots, 4, &count),
	    EK_OK);
	assert_int_equal(count, 0);
}

static void
test_slot_id(void **state)
{
	static const char *const bad[] = {"", "abcd",
	    "abcd0100000000000000000000000000",
	    "abcd0100000000000000000000000000@",
	    "abcd0100000000000000000000000000@2026-11-04",
	    "abcd0100000000000000000000000000@2026-11-04T16:30",
	    "abcd0100000000000000000000000000@2026-02-30T16:30:00",
	    "abcd010000000000000000000000000@02026-11-04T16:30:00",
	    "abcd010000000000000000000000000g@2026-11-04T16:30:00",
	    "abcd0100000000000000000000000000@2026-11-04T16:30:00Z",
	    "abcd0100000000000000000000000000 2026-11-04T16:30:00"};
	struct desk *desk = *state;
	unsigned char rid[EK_ID_LEN];
	struct civil start;
	struct schedule_slot slot;
	struct ek_why why = {""};
	const char *id = "abcd0100000000000000000000000000@"
			 "2026-11-04T16:30:00";
	char again[SCHEDULE_SLOT_ID_LEN + 1];

	schedule(desk, 1, &pulse);
	assert_true(schedule_slot_id_parse(id, rid, &start));
	schedule_slot_id(rid, &start, again);
	assert_string_equal(again, id);
	assert_int_equal(schedule_slot_find(look(desk), id,
			     utc("2026-11-04T16:45"), &slot, NULL),
	    EK_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(schedule_slot_id_parse(bad[i], rid, &start));
		assert_int_equal(
		    schedule_slot_find(desk->schedules, bad[i], 0, &slot, &why),
		    EK_INVALID);
	}
	/* well-formed, but no occurrence: a Tuesday, before it was made, of
	 * no schedule */
	assert_int_equal(
	    schedule_slot_find(desk->schedules,
		"abcd0100000000000000000000000000@2026-11-03T16:30:00", 0,
		&slot, &why),
	    EK_NOT_FOUND);
	assert_int_equal(
	    schedule_slot_find(desk->schedules,
		"abcd0100000000000000000000000000@2026-10-30T16:30:00", 0,
		&slot, &why),
	    EK_NOT_FOUND);
	assert_int_equal(
	    schedule_slot_find(desk->schedules,
		"abcd0900000000000000000000000000@2026-11-04T16:30:00", 0,
		&slot, &why),
	    EK_NOT_FOUND);
}

static void
test_due(void **state)
{
	struct desk *desk = *state;
	struct wish other = pulse;
	int64_t due[8];
	size_t count = 0;

	schedule(desk, 1, &pulse);
	other.name = "same time";
	schedule(desk, 2, &other);
	assert_int_equal(
	    schedule_due(look(desk), utc("2026-11-04T16:30"), due, 8, &count),
	    EK_OK);
	assert_int_equal(count, 6); /* two weeks, none twice */
	assert_true(due[0] == utc("2026-11-06T16:30"));
	assert_true(due[5] == utc("2026-11-18T16:30"));
	assert_int_equal(schedule_due(desk->schedules, utc("2026-11-04T16:30"),
			     due, 2, &count),
	    EK_OK);
	assert_int_equal(count, 2);
	assert_true(due[1] == utc("2026-11-09T16:30"));
}

/* --- zones -------------------------------------------------------------- */

/* A floating schedule follows the workstation; what was answered stays so
 * though it is due at another instant now. */
static void
test_zone_change(void **state)
{
	struct desk *desk = *state;
	struct wish fixed = pulse;

	schedule(desk, 1, &pulse);
	fixed.name = "fixed";
	fixed.zone = "Europe/Berlin";
	schedule(desk, 2, &fixed);
	answer(desk, 10, 1, "2026-11-04T16:30:00", "2026-11-04T16:40:00");
	assert_string_equal(row(desk, "2026-11-04T00:00", "2026-11-04T23:59",
				"2026-11-04T17:00"),
	    "2 2026-11-04T16:30 due, 1 2026-11-04T16:30 answered");
	zone_free(desk->local);
	desk->local = zone_of("NZST-12"); /* 16:30 is now 04:30 UTC */
	assert_string_equal(row(desk, "2026-11-04T00:00", "2026-11-04T23:59",
				"2026-11-04T17:00"),
	    "1 2026-11-04T16:30 answered, 2 2026-11-04T16:30 due");
	zone_free(desk->local);
	desk->local = zone_of("HST10"); /* 02:30 UTC of the next day */
	assert_string_equal(row(desk, "2026-11-05T00:00", "2026-11-05T12:00",
				"2026-11-05T03:00"),
	    "1 2026-11-04T16:30 answered");
	assert_string_equal(
	    open_row(desk, "2026-11-05T03:00"), "2 2026-11-04T16:30");
}

static void
test_gap_and_fold(void **state)
{
	struct desk *desk = *state;
	struct wish night = pulse;

	night.made = "2025-01-01T00:00:00";
	night.from = "2025-01-01";
	night.rule = "FREQ=DAILY";
	night.start = "2025-01-01T02:30";
	night.zone = "Europe/Berlin";
	schedule(desk, 1, &night);
	assert_string_equal(row(desk, "2025-03-29T12:00", "2025-03-31T12:00",
				"2025-03-01T00:00"),
	    "1 2025-03-30T02:30 due, 1 2025-03-31T02:30 due");
	assert_string_equal(row(desk, "2025-10-25T12:00", "2025-10-27T12:00",
				"2025-10-01T00:00"),
	    "1 2025-10-26T02:30 due, 1 2025-10-27T02:30 due");
}

/* --- wishes ------------------------------------------------------------- */

static enum ek_err
check(struct desk *desk, const struct schedule_new *wish)
{
	struct ek_why why = {""};
	enum ek_err err = schedule_check(
	    look(desk), wish, desk->local, utc("2026-11-24T12:00"), &why);

	if (err != EK_OK)
		assert_non_null(strstr(why.text, "; "));
	return err;
}

static const struct schedule_new good = {
    "my pulse", "pulse", "FREQ=WEEKLY;BYDAY=MO", "2026-11-24T16:30", NULL};

#define REFUSES(field, value)                                                  \
	do {                                                                   \
		struct schedule_new wish_ = good;                              \
		wish_.field = (value);                                         \
		assert_int_equal(check(desk, &wish_), EK_INVALID);             \
	} while (0)

static void
test_check(void **state)
{
	struct desk *desk = *state;
	struct schedule_new wish = good;
	char lengthy[EK_NAME_MAX + 2];

	assert_int_equal(check(desk, &good), EK_OK);
	wish.zone = "Europe/Berlin";
	assert_int_equal(check(desk, &wish), EK_OK);
	REFUSES(name, "");
	REFUSES(name, "  ");
	REFUSES(name, "two\nlines");
	REFUSES(name, "\x1b[31mred");
	REFUSES(name, "\xff");
	REFUSES(instrument, "");
	REFUSES(instrument, "a b");
	REFUSES(instrument, "../x");
	REFUSES(start, "2026-02-30T10:00");
	REFUSES(start, "noon");
	REFUSES(zone, "../../etc/passwd");
	REFUSES(rule, "FREQ=HOURLY");
	REFUSES(rule, "FREQ=DAILY;UNTIL=20250101");
	REFUSES(rule, "FREQ=DAILY;INTERVAL=7;BYDAY=MO");
	REFUSES(rule, "FREQ=DAILY;BYHOUR=9,10,11,12,13;BYMINUTE=1,2,3,4,5");
	memset(lengthy, 'x', sizeof(lengthy));
	lengthy[EK_NAME_MAX] = '\0';
	wish = good;
	wish.name = lengthy;
	assert_int_equal(check(desk, &wish), EK_OK);
	lengthy[EK_NAME_MAX] = 'x';
	lengthy[EK_NAME_MAX + 1] = '\0';
	assert_int_equal(check(desk, &wish), EK_TOO_LARGE);
}

static void
test_room(void **state)
{
	struct desk *desk = *state;
	struct schedule_new wish = good;
	char name[16];
	struct wish one = pulse;

	one.name = name;
	for (int i = 0; i < EK_SCHEDULES_MAX - 1; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		schedule(desk, (unsigned char)i, &one);
	}
	assert_int_equal(check(desk, &wish), EK_OK);
	snprintf(name, sizeof(name), "n%d", EK_SCHEDULES_MAX - 1);
	schedule(desk, EK_SCHEDULES_MAX, &one);
	assert_int_equal(check(desk, &wish), EK_TOO_LARGE);
	wish.name = "n3"; /* an edit takes no room */
	assert_int_equal(check(desk, &wish), EK_OK);
}

static void
test_from_day(void **state)
{
	struct desk *desk = *state;
	int64_t today = day("2026-11-04");

	assert_true(schedule_from_day(NULL, "pulse", today) == today);
	schedule(desk, 1, &pulse);
	look(desk);
	assert_true(
	    schedule_from_day(desk->schedules, "pulse", today) == today + 1);
	assert_true(schedule_from_day(desk->schedules, "wave", today) == today);
	end(desk, 2, 1, "2026-11-03T12:00", "2026-11-04");
	look(desk);
	assert_true(
	    schedule_from_day(desk->schedules, "pulse", today) == today);
}

static void
test_suggest(void **state)
{
	static const char *const days[] = {
	    "2026-10-31", "2026-01-01", "2026-12-31", "2024-02-29"};
	static const char *const waves[] = {"2027-02-28T10:00:00",
	    "2026-05-01T10:00:00", "2027-04-30T10:00:00",
	    "2024-06-29T10:00:00"};
	struct schedule_suggestion all[SCHEDULE_SUGGESTIONS];
	struct desk *desk = *state;

	for (size_t i = 0; i < 4; i++) {
		schedule_suggest(day(days[i]), all);
		assert_string_equal(all[2].start, waves[i]);
		for (int j = 0; j < SCHEDULE_SUGGESTIONS; j++) {
			struct schedule_new wish = {all[j].name, all[j].name,
			    all[j].rule, all[j].start, NULL};

			assert_int_equal(check(desk, &wish), EK_OK);
			assert_true(strlen(all[j].why) > 40);
		}
	}
	assert_string_equal(all[0].name, "pulse");
	assert_string_equal(all[1].name, "work-check");
	assert_string_equal(all[2].name, "wave");
}

/* 50 schedules armed out of a book of ten years. */
static void
test_speed(void **state)
{
	struct desk *desk = *state;
	struct timespec before, after;
	struct wish one = pulse;
	int64_t due[2000];
	size_t count = 0;
	char name[16];
	double ms;

	one.name = name;
	for (int i = 0; i < EK_SCHEDULES_MAX; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		schedule(desk, (unsigned char)i, &one);
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
	assert_int_equal(schedule_due(look(desk), utc("2036-11-04T16:30"), due,
			     2000, &count),
	    EK_OK);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
	ms = (double)(after.tv_sec - before.tv_sec) * 1e3 +
	     (double)(after.tv_nsec - before.tv_nsec) / 1e6;
	print_message("50 schedules loaded and armed: %.2f ms\n", ms);
	assert_true(ms < 1000); /* 5 in the release build: tests/bench */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_no_backlog),
	    CASE(test_made_after_todays),
	    CASE(test_outcomes),
	    CASE(test_two_desks),
	    CASE(test_states_that_pass),
	    CASE(test_ends),
	    CASE(test_open_latest),
	    CASE(test_edit),
	    CASE(test_end_of_schedule),
	    cmocka_unit_test(test_order),
	    CASE(test_unreadable),
	    CASE(test_list),
	    CASE(test_find),
	    CASE(test_next),
	    CASE(test_slot_id),
	    CASE(test_due),
	    CASE(test_zone_change),
	    CASE(test_gap_and_fold),
	    CASE(test_check),
	    CASE(test_room),
	    CASE(test_from_day),
	    CASE(test_suggest),
	    CASE(test_speed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
