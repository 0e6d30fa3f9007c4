/*
 * zone against the C library for every installed zone, against the RFC for
 * what the C library does not say (gaps, doubled hours), and against broken
 * files.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "evenkeel/limits.h"
#include "evenkeel/zone.h"

#define ZONES "/usr/share/zoneinfo"
#define Y1970 INT64_C(0)
#define Y2041 INT64_C(2240524800)

struct file {
	unsigned char bytes[ZONE_FILE_MAX];
	size_t len;
};

static bool
load(const char *path, struct file *file)
{
	FILE *in = fopen(path, "rb");

	if (in == NULL)
		return false;
	file->len = fread(file->bytes, 1, sizeof(file->bytes), in);
	fclose(in);
	return file->len >= 44 && memcmp(file->bytes, "TZif", 4) == 0;
}

static struct zone *
named(const char *name)
{
	static struct file file;
	struct zone *zone = NULL;
	struct ek_why why = {""};
	char path[512];

	snprintf(path, sizeof(path), ZONES "/%s", name);
	if (!load(path, &file))
		fail_msg("%s is not installed", path);
	if (zone_parse(file.bytes, file.len, name, &zone, &why) != EK_OK)
		fail_msg("%s", why.text);
	return zone;
}

static struct zone *
posix(const char *text)
{
	struct zone *zone = NULL;

	assert_int_equal(zone_posix(text, &zone, NULL), EK_OK);
	return zone;
}

static uint32_t
be32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/* --- every installed zone against localtime_r --------------------------- */

struct sweep {
	uint64_t *seen; /* hashes of files compared already */
	size_t count, room, points, zones;
	unsigned rand;
};

static void
same(struct sweep *sweep, const struct zone *zone, const char *path, int64_t at)
{
	time_t t = (time_t)at;
	struct civil civil;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		fail();
	zone_local(zone, at, &civil);
	/* "right" files print the leap second as 60, we as a second 59. */
	if (tm.tm_sec == 60)
		tm.tm_sec = 59;
	if (civil.year != tm.tm_year + 1900 || civil.month != tm.tm_mon + 1 ||
	    civil.day != tm.tm_mday || civil.hour != tm.tm_hour ||
	    civil.min != tm.tm_min || civil.sec != tm.tm_sec)
		fail_msg("%s at %lld: %d-%02d-%02d %02d:%02d:%02d, not "
			 "%d-%02d-%02d %02d:%02d:%02d",
		    path, (long long)at, civil.year, civil.month, civil.day,
		    civil.hour, civil.min, civil.sec, tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		    tm.tm_sec);
	sweep->points++;
}

static void
around(
    struct sweep *sweep, const struct zone *zone, const char *path, int64_t at)
{
	if (at < Y1970 || at > Y2041)
		return;
	for (int i = -1; i <= 1; i++)
		same(sweep, zone, path, at + i);
}

static long
gmtoff(int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	localtime_r(&t, &tm);
	return tm.tm_gmtoff;
}

/* The changes a file's yearly rule makes are found by asking the library. */
static void
bisect(struct sweep *sweep, const struct zone *zone, const char *path,
    int64_t low, int64_t high)
{
	long before = gmtoff(low);

	if (before == gmtoff(high))
		return;
	while (high - low > 1) {
		int64_t mid = low + (high - low) / 2;

		if (gmtoff(mid) == before)
			low = mid;
		else
			high = mid;
	}
	around(sweep, zone, path, high);
}

static void
listed(struct sweep *sweep, const struct zone *zone, const char *path,
    const struct file *file)
{
	const unsigned char *at = file->bytes;
	size_t skip = 44 + be32(at + 20) + be32(at + 24) + be32(at + 28) * 8 +
		      be32(at + 32) * 5 + be32(at + 36) * 6 + be32(at + 40);

	assert_true(at[4] >= '2');
	at += skip;
	for (size_t i = 0; i < be32(at + 32); i++) {
		const unsigned char *time = at + 44 + 8 * i;

		around(sweep, zone, path,
		    (int64_t)((uint64_t)be32(time) << 32 | be32(time + 4)));
	}
}

static bool
seen(struct sweep *sweep, const struct file *file)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < file->len; i++)
		hash = (hash ^ file->bytes[i]) * 1099511628211u;
	for (size_t i = 0; i < sweep->count; i++) {
		if (sweep->seen[i] == hash)
			return true;
	}
	if (sweep->count == sweep->room) {
		sweep->room = 2 * sweep->room + 64;
		sweep->seen =
		    realloc(sweep->seen, sweep->room * sizeof(*sweep->seen));
		assert_non_null(sweep->seen);
	}
	sweep->seen[sweep->count++] = hash;
	return false;
}

static void
compare(struct sweep *sweep, const char *path)
{
	static struct file file;
	struct zone *zone = NULL;
	struct ek_why why = {""};
	char tz[600];

	if (!load(path, &file) || seen(sweep, &file))
		return;
	if (zone_parse(file.bytes, file.len, path, &zone, &why) != EK_OK)
		fail_msg("%s", why.text);
	snprintf(tz, sizeof(tz), ":%s", path);
	setenv("TZ", tz, 1);
	tzset();
	listed(sweep, zone, path, &file);
	for (int64_t at = Y1970; at < Y2041; at += 20 * 86400)
		bisect(sweep, zone, path, at, at + 20 * 86400);
	for (int i = 0; i < 400; i++)
		same(sweep, zone, path,
		    (int64_t)((double)rand_r(&sweep->rand) / RAND_MAX * Y2041));
	zone_free(zone);
	sweep->zones++;
}

static void
walk(struct sweep *sweep, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		char path[512];
		struct stat info;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (lstat(path, &info) != 0)
			continue;
		if (S_ISDIR(info.st_mode))
			walk(sweep, path);
		else if (S_ISREG(info.st_mode))
			compare(sweep, path);
	}
	closedir(dir);
}

static void
test_every_zone_as_the_library(void **state)
{
	struct sweep sweep = {.rand = (unsigned)time(NULL)};
	unsigned seed = sweep.rand;

	(void)state;
	print_message("seed %u\n", seed);
	walk(&sweep, ZONES);
	free(sweep.seen);
	unsetenv("TZ");
	tzset();
	print_message("%zu zones, %zu points\n", sweep.zones, sweep.points);
	assert_true(sweep.zones >= 300);
}

/* --- wall clock to instant ---------------------------------------------- */

static void
means(const struct zone *zone, const char *wall, const char *utc)
{
	struct civil civil;
	char got[21];

	assert_true(civil_parse_time(wall, &civil));
	civil_format_utc(zone_instant(zone, &civil), got);
	if (strcmp(got, utc) != 0)
		fail_msg("%s is %s, not %s", wall, got, utc);
}

static const struct {
	const char *zone, *wall, *utc;
} walls[] = {
    /* Berlin: gap 02:00-03:00, doubled 02:00-03:00 */
    {"Europe/Berlin", "2025-03-30T01:59:59", "2025-03-30T00:59:59Z"},
    {"Europe/Berlin", "2025-03-30T02:00:00", "2025-03-30T01:00:00Z"},
    {"Europe/Berlin", "2025-03-30T02:30:00", "2025-03-30T01:30:00Z"},
    {"Europe/Berlin", "2025-03-30T02:59:59", "2025-03-30T01:59:59Z"},
    {"Europe/Berlin", "2025-03-30T03:00:00", "2025-03-30T01:00:00Z"},
    {"Europe/Berlin", "2025-03-31T02:30:00", "2025-03-31T00:30:00Z"},
    {"Europe/Berlin", "2025-10-26T01:59:59", "2025-10-25T23:59:59Z"},
    {"Europe/Berlin", "2025-10-26T02:00:00", "2025-10-26T00:00:00Z"},
    {"Europe/Berlin", "2025-10-26T02:30:00", "2025-10-26T00:30:00Z"},
    {"Europe/Berlin", "2025-10-26T03:00:00", "2025-10-26T02:00:00Z"},
    {"America/New_York", "2007-03-11T02:30:00", "2007-03-11T07:30:00Z"},
    {"America/New_York", "2007-11-04T01:30:00", "2007-11-04T05:30:00Z"},
    {"America/New_York", "2040-03-11T02:30:00", "2040-03-11T07:30:00Z"},
    {"America/New_York", "2040-11-04T01:30:00", "2040-11-04T05:30:00Z"},
    /* Dublin: winter time is the negative summer time */
    {"Europe/Dublin", "2025-03-30T01:30:00", "2025-03-30T01:30:00Z"},
    {"Europe/Dublin", "2025-10-26T01:30:00", "2025-10-26T00:30:00Z"},
    {"Europe/Dublin", "2045-03-26T01:30:00", "2045-03-26T01:30:00Z"},
    {"Europe/Dublin", "2045-10-29T01:30:00", "2045-10-29T00:30:00Z"},
    /* Lord Howe: half an hour */
    {"Australia/Lord_Howe", "2025-10-05T02:15:00", "2025-10-04T15:45:00Z"},
    {"Australia/Lord_Howe", "2025-04-06T01:45:00", "2025-04-05T14:45:00Z"},
    {"Australia/Lord_Howe", "2045-10-01T02:15:00", "2045-09-30T15:45:00Z"},
    /* Casablanca: back an hour for Ramadan */
    {"Africa/Casablanca", "2025-02-23T02:30:00", "2025-02-23T01:30:00Z"},
    {"Africa/Casablanca", "2025-04-06T02:30:00", "2025-04-06T02:30:00Z"},
    /* Apia had no 30 December 2011, Kwajalein no 21 August 1993 */
    {"Pacific/Apia", "2011-12-29T09:00:00", "2011-12-29T19:00:00Z"},
    {"Pacific/Apia", "2011-12-30T09:00:00", "2011-12-30T19:00:00Z"},
    {"Pacific/Apia", "2011-12-31T09:00:00", "2011-12-30T19:00:00Z"},
    {"Pacific/Apia", "2012-01-01T09:00:00", "2011-12-31T19:00:00Z"},
    {"Pacific/Kwajalein", "1993-08-20T12:00:00", "1993-08-21T00:00:00Z"},
    {"Pacific/Kwajalein", "1993-08-21T12:00:00", "1993-08-22T00:00:00Z"},
    {"Pacific/Kwajalein", "1993-08-22T12:00:00", "1993-08-22T00:00:00Z"},
    /* Monrovia 1972: 44 minutes 30 seconds west until then */
    {"Africa/Monrovia", "1972-01-06T00:00:00", "1972-01-06T00:44:30Z"},
    {"Africa/Monrovia", "1972-01-07T01:00:00", "1972-01-07T01:00:00Z"},
    {"UTC", "9999-12-31T23:59:59", "9999-12-31T23:59:59Z"},
    {"UTC", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"},
};

static void
test_wall_clock(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(walls) / sizeof(walls[0]); i++) {
		struct zone *zone = named(walls[i].zone);

		means(zone, walls[i].wall, walls[i].utc);
		zone_free(zone);
	}
}

/* The first instant that shows a wall clock, found the slow way. */
static void
test_instant_is_first(void **state)
{
	static const char *const zones[] = {"Europe/Berlin", "Europe/Dublin",
	    "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns",
	    "Antarctica/Troll", "Asia/Gaza", "Pacific/Apia"};
	unsigned seed = (unsigned)time(NULL);

	(void)state;
	print_message("seed %u\n", seed);
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		struct zone *zone = named(zones[i]);

		for (int j = 0; j < 20000; j++) {
			int64_t at = INT64_C(1262304000) + rand_r(&seed);
			struct civil civil, again;
			int64_t first;

			zone_local(zone, at, &civil);
			first = zone_instant(zone, &civil);
			zone_local(zone, first, &again);
			assert_memory_equal(&civil, &again, sizeof(civil));
			assert_true(first <= at && at - first <= 86400);
		}
		zone_free(zone);
	}
}

static void
test_posix_rules(void **state)
{
	static const struct {
		const char *rule, *wall, *utc;
	} cases[] = {
	    {"UTC0", "2025-06-01T12:00:00", "2025-06-01T12:00:00Z"},
	    {"<+0330>-3:30", "2025-06-01T12:00:00", "2025-06-01T08:30:00Z"},
	    {"EST5EDT", "2025-07-01T12:00:00", "2025-07-01T16:00:00Z"},
	    {"EST5EDT", "2025-12-01T12:00:00", "2025-12-01T17:00:00Z"},
	    {"EST5EDT,M3.2.0,M11.1.0", "2025-07-01T12:00:00",
		"2025-07-01T16:00:00Z"},
	    /* southern: summer time over the year's end */
	    {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2025-01-01T00:30:00",
		"2024-12-31T13:30:00Z"},
	    {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2025-07-01T00:30:00",
		"2025-06-30T14:30:00Z"},
	    /* negative */
	    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2025-01-15T12:00:00",
		"2025-01-15T12:00:00Z"},
	    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2025-07-15T12:00:00",
		"2025-07-15T11:00:00Z"},
	    /* all year: RFC 8536 §3.3.1 */
	    {"EST5EDT,0/0,J365/25", "2025-01-01T00:30:00",
		"2025-01-01T04:30:00Z"},
	    {"EST5EDT,0/0,J365/25", "2024-12-31T23:30:00",
		"2025-01-01T03:30:00Z"},
	    {"XXX3EDT4,0/0,J365/23", "2025-01-01T00:30:00",
		"2025-01-01T04:30:00Z"},
	    /* Godthab before 2023: Saturday 22:00 written from Sunday */
	    {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2022-03-26T21:59:59",
		"2022-03-27T00:59:59Z"},
	    {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2022-03-26T23:00:00",
		"2022-03-27T01:00:00Z"},
	    /* J never counts 29 February, n does */
	    {"AAA0BBB,J60/0,J300", "2024-02-29T23:00:00",
		"2024-02-29T23:00:00Z"},
	    {"AAA0BBB,J60/0,J300", "2024-03-01T01:00:00",
		"2024-03-01T00:00:00Z"},
	    {"AAA0BBB,59/0,300", "2024-02-29T01:00:00", "2024-02-29T00:00:00Z"},
	    {"AAA0BBB,59/0,300", "2025-03-01T01:00:00", "2025-03-01T00:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct zone *zone = posix(cases[i].rule);

		means(zone, cases[i].wall, cases[i].utc);
		zone_free(zone);
	}
}

static void
test_bad_rules(void **state)
{
	static const char *const bad[] = {"", "EST", "5EDT", "ES5", "<>5",
	    "<ab5", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,",
	    "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0",
	    "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0",
	    "EST5EDT,J0,J300", "EST5EDT,J366,J300", "EST5EDT,366,300",
	    "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0/1:60,M11.1.0",
	    "EST5EDT,M3.2.0,M11.1.0 ", "EST25", "EST5:60", "EST99999999999",
	    "EST5EDT,M3.2.0,M11.1.0,M1.1.1", "E\xc3\xa9T5"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct zone *zone = NULL;
		struct ek_why why = {""};

		if (zone_posix(bad[i], &zone, &why) != EK_INVALID)
			fail_msg("taken: %s", bad[i]);
		assert_null(zone);
		assert_non_null(strstr(why.text, "; "));
	}
}

/* --- files that are not right ------------------------------------------- */

static void
refused(const void *bytes, size_t len, enum ek_err want)
{
	struct zone *zone = NULL;
	struct ek_why why = {""};

	assert_int_equal(zone_parse(bytes, len, "X", &zone, &why), want);
	assert_null(zone);
	assert_non_null(strstr(why.text, "; "));
}

static void
test_cut_anywhere(void **state)
{
	static struct file file;

	(void)state;
	assert_true(load(ZONES "/Europe/Dublin", &file));
	for (size_t len = 0; len < file.len; len++)
		refused(file.bytes, len, EK_INVALID);
}

static void
test_one_byte_wrong(void **state)
{
	static struct file file;
	size_t taken = 0;

	(void)state;
	assert_true(load(ZONES "/Pacific/Apia", &file));
	for (size_t i = 0; i < file.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			struct zone *zone = NULL;
			struct civil civil;

			file.bytes[i] ^= (unsigned char)(1 << bit);
			if (zone_parse(file.bytes, file.len, "X", &zone,
				NULL) == EK_OK) {
				taken++;
				zone_local(zone, 1764000000, &civil);
				(void)zone_instant(zone, &civil);
				zone_free(zone);
			}
			file.bytes[i] ^= (unsigned char)(1 << bit);
		}
	}
	assert_true(taken > 0);
}

static void
put32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* A version 1 file: one change at 1000000000 from +1 h to +2 h. */
static size_t
tiny(unsigned char *file)
{
	static const unsigned char types[] = {
	    0, 0, 0x0e, 0x10, 0, 0, 0, 0, 0x1c, 0x20, 1, 0, 'A', 'B', 'C', 0};

	memset(file, 0, 128);
	memcpy(file, "TZif", 4);
	put32(file + 32, 1);
	put32(file + 36, 2);
	put32(file + 40, 4);
	put32(file + 44, 1000000000);
	file[48] = 1;
	memcpy(file + 49, types, sizeof(types));
	return 49 + sizeof(types);
}

static void
test_version_1(void **state)
{
	unsigned char file[128];
	struct zone *zone = NULL;
	size_t len = tiny(file);

	(void)state;
	assert_int_equal(zone_parse(file, len, "X", &zone, NULL), EK_OK);
	assert_int_equal(zone_offset(zone, 999999999), 3600);
	assert_int_equal(zone_offset(zone, 1000000000), 7200);
	assert_int_equal(zone_offset(zone, INT64_MAX / 4), 7200);
	assert_int_equal(zone_offset(zone, INT64_MIN / 4), 3600);
	zone_free(zone);
}

static void
test_malformed(void **state)
{
	unsigned char file[128];
	size_t len;

	(void)state;
	len = tiny(file);
	file[4] = '5';
	refused(file, len, EK_INVALID);
	len = tiny(file);
	file[48] = 2; /* no such type */
	refused(file, len, EK_INVALID);
	len = tiny(file);
	file[53] = 2; /* neither summer nor not */
	refused(file, len, EK_INVALID);
	len = tiny(file);
	file[54] = 4; /* name behind the names */
	refused(file, len, EK_INVALID);
	len = tiny(file);
	put32(file + 49, 26 * 3600); /* more than a day */
	refused(file, len, EK_INVALID);
	len = tiny(file);
	put32(file + 36, 0);
	refused(file, len, EK_INVALID);
	len = tiny(file);
	put32(file + 36, 0xffffffff);
	refused(file, len, EK_INVALID);
	len = tiny(file);
	put32(file + 20, 1); /* neither none nor one a type */
	refused(file, len, EK_INVALID);
}

static void
test_too_large(void **state)
{
	unsigned char *file = calloc(1, ZONE_FILE_MAX + 1);

	(void)state;
	assert_non_null(file);
	(void)tiny(file);
	refused(file, ZONE_FILE_MAX + 1, EK_TOO_LARGE);
	free(file);
}

static void
test_names(void **state)
{
	static const char *const good[] = {"UTC", "Europe/London",
	    "America/Argentina/Buenos_Aires", "Etc/GMT+12",
	    "America/Port-au-Prince"};
	static const char *const bad[] = {"", "/etc/passwd", "../x", "a/../b",
	    "Europe/", "a//b", "Europe/Lon don", "Europe/London\n", "a.b",
	    "\xc3\xa9", "a%2fb", ":UTC"};
	char lengthy[EK_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(zone_name_ok(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(zone_name_ok(bad[i]));
	memset(lengthy, 'a', sizeof(lengthy));
	lengthy[EK_NAME_MAX] = '\0';
	assert_true(zone_name_ok(lengthy));
	lengthy[EK_NAME_MAX] = 'a';
	lengthy[EK_NAME_MAX + 1] = '\0';
	assert_false(zone_name_ok(lengthy));
}

static void
where(const char *name, const char *tz, const char *tzdir, const char *path,
    const char *rule)
{
	struct zone_where got;

	assert_int_equal(zone_where(name, tz, tzdir, &got, NULL), EK_OK);
	assert_string_equal(got.path, path);
	assert_string_equal(got.posix, rule);
}

static void
test_where(void **state)
{
	static char lengthy[ZONE_PATH_MAX + 8] = "/";
	struct zone_where got;

	(void)state;
	memset(lengthy + 1, 'x', ZONE_PATH_MAX);
	where(NULL, NULL, NULL, "/etc/localtime", "");
	where(NULL, "", NULL, "", "UTC0");
	where(NULL, "Europe/Rome", NULL, ZONES "/Europe/Rome", "Europe/Rome");
	where(NULL, ":Asia/Tokyo", "/tz", "/tz/Asia/Tokyo", "Asia/Tokyo");
	where(NULL, "/my/zone", NULL, "/my/zone", "");
	where(NULL, "AAA1BBB,J1,J9", NULL, "", "AAA1BBB,J1,J9");
	where("Europe/Rome", "UTC", "/tz", "/tz/Europe/Rome", "");
	where("Europe/Rome", NULL, "relative", ZONES "/Europe/Rome", "");
	assert_int_equal(
	    zone_where("../x", NULL, NULL, &got, NULL), EK_INVALID);
	assert_int_equal(
	    zone_where(NULL, lengthy, NULL, &got, NULL), EK_INVALID);
	assert_int_equal(
	    zone_where("UTC", NULL, lengthy, &got, NULL), EK_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_zone_as_the_library),
	    cmocka_unit_test(test_wall_clock),
	    cmocka_unit_test(test_instant_is_first),
	    cmocka_unit_test(test_posix_rules),
	    cmocka_unit_test(test_bad_rules),
	    cmocka_unit_test(test_cut_anywhere),
	    cmocka_unit_test(test_one_byte_wrong),
	    cmocka_unit_test(test_version_1),
	    cmocka_unit_test(test_malformed),
	    cmocka_unit_test(test_too_large),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
