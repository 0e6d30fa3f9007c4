/*
 * schedule_rule - `keel schedule next --rule`: the fixed JSON, zones, what is
 * left out, and status 3 for whatever is wrong on the line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../cli/out.h"
#include "../../cli/schedule_rule.h"
#include "../../cli/zonefile.h"
#include "evenkeel/limits.h"

static char said[64000], complained[2000];

static void
slurp(FILE *file, char *to, size_t size)
{
	rewind(file);
	to[fread(to, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* words are split at spaces; the exit status. */
static int
run(const char *words, bool json)
{
	char copy[2000];
	char *argv[60] = {copy}, *save = NULL;
	struct cmd_env env = {.json = json};
	FILE *to = tmpfile(), *errors = tmpfile();
	enum ek_err err;
	int argc = 0;

	assert_true(to != NULL && errors != NULL);
	snprintf(copy, sizeof(copy), "next %s", words);
	for (char *word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	assert_int_equal(out_new(to, errors, json, &env.out), EK_OK);
	err = schedule_rule_run(&env, argc, argv);
	assert_int_equal(out_flush(env.out), EK_OK);
	fflush(errors);
	out_free(env.out);
	slurp(to, said, sizeof(said));
	slurp(errors, complained, sizeof(complained));
	return ek_err_exit(err);
}

static const struct {
	const char *words, *want;
} good[] = {
    {"--rule FREQ=DAILY --start 2025-03-29T09:00 --zone Europe/London "
     "--count 2",
	"{\"slots\":[\"2025-03-29T09:00:00Z\",\"2025-03-30T08:00:00Z\"]}"},
    {"--rule FREQ=DAILY --start 2025-03-29T09:00:30 --zone UTC --count=1",
	"{\"slots\":[\"2025-03-29T09:00:30Z\"]}"},
    /* the gap, and the day after it */
    {"--rule FREQ=DAILY --start 2025-03-29T02:30 --zone Europe/Berlin "
     "--count 3",
	"{\"slots\":[\"2025-03-29T01:30:00Z\",\"2025-03-30T01:30:00Z\","
	"\"2025-03-31T00:30:00Z\"]}"},
    /* the first pass of a doubled hour */
    {"--rule FREQ=DAILY --start 2025-10-26T02:30 --zone Europe/Berlin "
     "--count 1",
	"{\"slots\":[\"2025-10-26T00:30:00Z\"]}"},
    /* no instant twice where the date line took a day */
    {"--rule FREQ=DAILY --start 2011-12-29T09:00 --zone Pacific/Apia "
     "--count 3",
	"{\"slots\":[\"2011-12-29T19:00:00Z\",\"2011-12-30T19:00:00Z\","
	"\"2011-12-31T19:00:00Z\"]}"},
    /* what is left out counts for COUNT, not for --count */
    {"--rule FREQ=DAILY;COUNT=4 --start 2025-03-29T09:00 --zone UTC "
     "--exdate 2025-03-29T09:00 --exdate 2025-03-31 "
     "--exdate 2025-03-30T11:00:00+02:00 --count 4",
	"{\"slots\":[\"2025-04-01T09:00:00Z\"]}"},
    {"--rule FREQ=DAILY --start 2025-03-29T02:30 --zone Europe/Berlin "
     "--exdate 2025-03-30T02:30 --exdate 2025-03-31T02:31 --count 2",
	"{\"slots\":[\"2025-03-29T01:30:00Z\",\"2025-03-31T00:30:00Z\"]}"},
    {"--rule FREQ=WEEKLY;UNTIL=20250101 --start 2025-03-29T09:00 --count 5",
	"{\"slots\":[]}"},
    {"--rule FREQ=DAILY;INTERVAL=7;BYDAY=MO --start 2025-01-01T09:00 "
     "--count 5",
	"{\"slots\":[]}"},
    {"--rule FREQ=YEARLY;COUNT=2 --start 9999-01-01T00:00 --zone UTC",
	"{\"slots\":[\"9999-01-01T00:00:00Z\"]}"},
};

static void
test_json(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (run(good[i].words, true) != 0)
			fail_msg("%s: %s", good[i].words, complained);
		said[strcspn(said, "\n")] = '\0';
		if (strcmp(said, good[i].want) != 0)
			fail_msg("%s: %s", good[i].words, said);
		assert_string_equal(complained, "");
	}
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
	    "--rule FREQ=HOURLY --start 2025-03-29T09:00 --count 1",
	    ("--rule FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30 --start "
	     "2025-03-29T09:00"),
	    "--rule FREQ=DAILY --start 2025-03-29",
	    "--rule FREQ=DAILY --start 2025-02-29T09:00",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00Z",
	    "--rule FREQ=DAILY",
	    "--start 2025-03-29T09:00",
	    "--count 3",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --count 0",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --count -1",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --count 1001",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --count 1e3",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --count 99999999999",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --count",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --zone Mars/Olympus",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --zone ../../passwd",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --zone /etc/passwd",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --zone Europe",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --zone zone.tab",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --exdate yesterday",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 --until 2026-01-01",
	    "--rule FREQ=DAILY --rule FREQ=WEEKLY --start 2025-03-29T09:00",
	    "--rule FREQ=DAILY --start 2025-03-29T09:00 5",
	};

	(void)state;
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int status = run(bad[i], true);

		if (status != 3)
			fail_msg("%s: status %d", bad[i], status);
		assert_non_null(strstr(said, "{\"error\":{\"code\":\"usage\""));
		assert_non_null(strstr(complained, "keel: "));
		assert_non_null(strstr(complained, "; "));
	}
}

static void
test_most(void **state)
{
	const char *at;
	int slots = 0;

	(void)state;
	assert_int_equal(run("--rule FREQ=DAILY --start 2025-03-29T09:00 "
			     "--zone UTC --count 1000",
			     true),
	    0);
	for (at = said; (at = strchr(at, 'Z')) != NULL; at++)
		slots++;
	assert_int_equal(slots, EK_NEXT_MAX);
}

static void
test_text(void **state)
{
	(void)state;
	assert_int_equal(run("--rule FREQ=WEEKLY;BYDAY=MO,FR;COUNT=2 --start "
			     "2025-03-29T09:00 --zone Europe/London --count 5",
			     false),
	    0);
	assert_string_equal(said,
	    "Mon and Fri at 09:00, 2 times\n"
	    "Mon 31 Mar 2025 at 09:00    2025-03-31T08:00:00Z\n"
	    "Fri 4 Apr 2025 at 09:00     2025-04-04T08:00:00Z\n"
	    "Then it ends.\n");
	assert_int_equal(run("--rule FREQ=WEEKLY;UNTIL=20250101 --start "
			     "2025-03-29T09:00",
			     false),
	    0);
	assert_non_null(strstr(said, "It never fires from this start."));
}

static void
local_is(const char *tz, int offset)
{
	struct zone *zone = NULL;

	if (tz != NULL)
		setenv("TZ", tz, 1);
	else
		unsetenv("TZ");
	assert_int_equal(zonefile_read(NULL, &zone, NULL), EK_OK);
	if (offset != -1)
		assert_int_equal(zone_offset(zone, 1750000000), offset);
	zone_free(zone);
}

static void
test_workstation(void **state)
{
	struct zone *zone = NULL;
	struct ek_why why = {""};

	(void)state;
	local_is("Asia/Tokyo", 9 * 3600);
	local_is(":Asia/Tokyo", 9 * 3600);
	local_is("/usr/share/zoneinfo/Asia/Tokyo", 9 * 3600);
	local_is("EST5EDT,M3.2.0,M11.1.0", -4 * 3600);
	local_is("<+0545>-5:45", 5 * 3600 + 45 * 60);
	local_is("", 0);
	local_is(NULL, -1); /* whatever this computer is set to */
	setenv("TZDIR", "/usr/share/zoneinfo/Europe", 1);
	local_is("Berlin", 2 * 3600);
	unsetenv("TZDIR");
	setenv("TZ", "Nowhere/At_All", 1);
	assert_int_equal(zonefile_read(NULL, &zone, &why), EK_INVALID);
	assert_non_null(strstr(why.text, "TZ"));
	setenv("TZ", "/etc/hostname", 1);
	assert_int_not_equal(zonefile_read(NULL, &zone, &why), EK_OK);
	assert_null(zone);
	setenv("TZ", "UTC", 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_most),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_workstation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
