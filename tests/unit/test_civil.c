/*
 * civil against the C library's gmtime for four centuries, against a count
 * by hand for all others, and its strict readers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "evenkeel/civil.h"

static void
test_every_day(void **state)
{
	int64_t days = civil_days(1, 1, 1);

	(void)state;
	assert_int_equal(days, -719162);
	for (int year = 1; year <= 9999; year++) {
		for (int month = 1; month <= 12; month++) {
			int last = civil_month_days(year, month);

			for (int day = 1; day <= last; day++, days++) {
				struct civil civil;

				civil_from_days(days, &civil);
				if (civil_days(year, month, day) != days ||
				    civil.year != year ||
				    civil.month != month || civil.day != day)
					fail_msg("%d-%d-%d", year, month, day);
			}
		}
	}
	assert_int_equal(days, 2932897);
}

static void
test_as_the_library(void **state)
{
	(void)state;
	for (int64_t at = -6000000000; at < 7000000000; at += 86399 * 7) {
		time_t t = (time_t)at;
		struct civil civil;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		civil_from_secs(at, &civil);
		assert_int_equal(civil.year, tm.tm_year + 1900);
		assert_int_equal(civil.month, tm.tm_mon + 1);
		assert_int_equal(civil.day, tm.tm_mday);
		assert_int_equal(civil.hour, tm.tm_hour);
		assert_int_equal(civil.min, tm.tm_min);
		assert_int_equal(civil.sec, tm.tm_sec);
		assert_int_equal(civil_secs(&civil), at);
		assert_int_equal(civil_weekday(civil_days(
				     civil.year, civil.month, civil.day)),
		    (tm.tm_wday + 6) % 7);
	}
}

static void
test_month_days(void **state)
{
	(void)state;
	assert_int_equal(civil_month_days(2000, 2), 29);
	assert_int_equal(civil_month_days(1900, 2), 28);
	assert_int_equal(civil_month_days(2024, 2), 29);
	assert_int_equal(civil_month_days(2025, 2), 28);
	assert_int_equal(civil_month_days(2025, 4), 30);
	assert_int_equal(civil_month_days(2025, 12), 31);
}

static void
test_dates(void **state)
{
	static const char *const bad[] = {"", "2026", "2026-03", "2026-3-29",
	    "2026-03-29 ", " 2026-03-29", "2026-02-29", "2026-00-10",
	    "2026-13-10", "2026-10-00", "2026-10-32", "0000-01-01",
	    "10000-01-01", "2026/03/29", "20260329", "2026-03-29T00:00",
	    "-026-03-29", "+026-03-29", "2026-03-2\xd9\xa9"};
	struct civil civil;
	char out[CIVIL_DATE_LEN + 1];

	(void)state;
	assert_true(civil_parse_date("2024-02-29", &civil));
	civil_format_date(&civil, out);
	assert_string_equal(out, "2024-02-29");
	assert_int_equal(civil.hour + civil.min + civil.sec, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&civil, 7, sizeof(civil));
		if (civil_parse_date(bad[i], &civil))
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(civil.year, 0x07070707);
	}
}

static void
test_times(void **state)
{
	static const char *const bad[] = {"2026-03-29", "2026-03-29T",
	    "2026-03-29T9:00", "2026-03-29T24:00", "2026-03-29T09:60",
	    "2026-03-29T09:00:60", "2026-03-29T09:00:0",
	    "2026-03-29T09:00:", "2026-03-29T09:00Z", "2026-03-29 09:00",
	    "2026-03-29t09:00", "2026-03-29T09:00:00.5", "2026-03-29T0900"};
	struct civil civil;
	char out[CIVIL_TIME_LEN + 1];

	(void)state;
	assert_true(civil_parse_time("2026-03-29T09:05", &civil));
	civil_format_time(&civil, out);
	assert_string_equal(out, "2026-03-29T09:05:00");
	assert_true(civil_parse_time("9999-12-31T23:59:59", &civil));
	civil_format_time(&civil, out);
	assert_string_equal(out, "9999-12-31T23:59:59");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (civil_parse_time(bad[i], &civil))
			fail_msg("taken: %s", bad[i]);
	}
}

static void
test_rfc3339(void **state)
{
	static const struct {
		const char *text, *utc;
		int offset;
	} good[] = {
	    {"2026-03-29T09:00:00Z", "2026-03-29T09:00:00Z", 0},
	    {"2026-03-29t09:00:00z", "2026-03-29T09:00:00Z", 0},
	    {"2026-03-29 09:00:00Z", "2026-03-29T09:00:00Z", 0},
	    {"2026-03-29T09:00:00+01:00", "2026-03-29T08:00:00Z", 3600},
	    {"2026-03-29T09:00:00.999-05:30", "2026-03-29T14:30:00Z", -19800},
	    {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z", 0},
	};
	static const char *const bad[] = {"2026-03-29T09:00:00", "2026-03-29",
	    "2026-03-29T09:00Z", "2026-03-29T09:00:00.Z",
	    "2026-03-29T09:00:00+0100", "2026-03-29T09:00:00+01",
	    "2026-03-29T09:00:00+24:00", "2026-03-29T09:00:00+01:60",
	    "2026-03-29T09:00:00ZZ", "2026-02-30T09:00:00Z",
	    "2026-03-29T09:00:61Z"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t utc;
		int offset;
		char out[21];

		assert_true(civil_parse_rfc3339(good[i].text, &utc, &offset));
		civil_format_utc(utc, out);
		assert_string_equal(out, good[i].utc);
		assert_int_equal(offset, good[i].offset);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t utc;
		int offset;

		if (civil_parse_rfc3339(bad[i], &utc, &offset))
			fail_msg("taken: %s", bad[i]);
	}
}

/* An instant of year 9999 may lie in 10000 elsewhere: clamped, never junk. */
static void
test_edges(void **state)
{
	char out[21];

	(void)state;
	civil_format_utc(INT64_C(253402300800), out);
	assert_string_equal(out, "9999-12-31T00:00:00Z");
	civil_format_utc(INT64_MAX, out);
	assert_int_equal(strncmp(out, "9999-12-31T", 11), 0);
	civil_format_utc(INT64_MIN, out);
	assert_int_equal(strncmp(out, "0001-01-01T", 11), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_day),
	    cmocka_unit_test(test_as_the_library),
	    cmocka_unit_test(test_month_days),
	    cmocka_unit_test(test_dates),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_rfc3339),
	    cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
