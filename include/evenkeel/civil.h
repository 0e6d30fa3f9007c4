/*
 * civil - dates and wall-clock times without zone or clock (proleptic
 * Gregorian).  Pure arithmetic; years 1 to 9999.
 */
#ifndef EVENKEEL_CIVIL_H
#define EVENKEEL_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct civil {
	int year;  /* 1..9999 */
	int month; /* 1..12 */
	int day;   /* 1..31 */
	int hour;  /* 0..23 */
	int min;   /* 0..59 */
	int sec;   /* 0..59 */
};

#define CIVIL_DATE_LEN 10 /* "2026-03-29" */
#define CIVIL_TIME_LEN 19 /* "2026-03-29T09:00:00" */

/* Days since 1970-01-01 and back; back is clamped to the years 1 to 9999. */
int64_t civil_days(int year, int month, int day);
void civil_from_days(int64_t days, struct civil *ret); /* time 00:00:00 */
/* Seconds since 1970-01-01T00:00:00 as if the wall clock were UTC. */
int64_t civil_secs(const struct civil *civil);
void civil_from_secs(int64_t secs, struct civil *ret);
int civil_weekday(int64_t days); /* 0 Monday .. 6 Sunday */
int civil_month_days(int year, int month);
bool civil_ok(const struct civil *civil); /* every part in range */

/* "YYYY-MM-DD" exactly. */
bool civil_parse_date(const char *text, struct civil *ret);
/* "YYYY-MM-DDTHH:MM" or with ":SS"; nothing behind it. */
bool civil_parse_time(const char *text, struct civil *ret);
/* RFC 3339 with zone ("2026-03-29T09:00:00Z", "+01:00"); *ret_utc in seconds,
 * *ret_offset east of UTC; fractions are cut. */
bool civil_parse_rfc3339(const char *text, int64_t *ret_utc, int *ret_offset);
/* out has room for CIVIL_DATE_LEN + 1, CIVIL_TIME_LEN + 1. */
void civil_format_date(const struct civil *civil, char *out);
void civil_format_time(const struct civil *civil, char *out);
/* "2026-03-29T09:00:00Z"; out has room for 21. */
void civil_format_utc(int64_t utc, char *out);

#endif
