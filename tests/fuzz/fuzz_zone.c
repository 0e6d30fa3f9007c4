/*
 * fuzz_zone - any bytes are refused with the reason, or are a zone whose
 * offsets stay within a day or so, whose wall clocks lead back to the instant
 * they came from or to an earlier one that shows the same, and whose gaps are
 * read with the offset before them.
 *
 * An input that begins with "P" is a TZ rule instead of a file.
 */
#include <stdlib.h>
#include <string.h>

#include "evenkeel/zone.h"

#define DAY INT64_C(86400)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_instant(const struct zone *zone, int64_t utc)
{
	struct civil civil, again;
	int64_t first;

	/* leap second corrections of up to an hour come on top */
	must(zone_offset(zone, utc) > -28 * 3600);
	must(zone_offset(zone, utc) < 29 * 3600);
	zone_local(zone, utc, &civil);
	must(civil_ok(&civil));
	first = zone_instant(zone, &civil);
	zone_local(zone, first, &again);
	if (civil_secs(&civil) == civil_secs(&again))
		must(first <= utc + 2 * 3600 && utc - first < 3 * DAY);
}

/* Hour by hour over some days: instants of wall clocks that exist ascend. */
static void
check_days(const struct zone *zone, int64_t from)
{
	for (int i = 0; i < 72; i++) {
		struct civil civil, real;
		int64_t wall = from + i * 3600 + i, utc;

		civil_from_secs(wall, &civil);
		utc = zone_instant(zone, &civil);
		must(utc - wall < 2 * DAY && wall - utc < 2 * DAY);
		zone_local(zone, utc, &real);
		/* what does not exist is moved by a gap, never far */
		must(civil_secs(&real) - wall < 3 * DAY);
		must(wall - civil_secs(&real) < 3 * DAY);
	}
}

static void
check_zone(const struct zone *zone)
{
	static const int64_t moments[] = {0, 951782399, 1325239200, 1743296400,
	    1761440400, 2145916800, 2524607999, 4102444800, -2208988800,
	    -62135596800 + 9 * DAY, 253402300799 - 9 * DAY};

	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		for (int64_t off = -2; off <= 2; off++)
			check_instant(zone, moments[i] + off * off * off);
		check_days(zone, moments[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zone *zone = NULL;
	struct ek_why why = {""};
	char rule[512];
	enum ek_err err;

	if (size > 0 && size <= sizeof(rule) && data[0] == 'P') {
		memcpy(rule, data + 1, size - 1);
		rule[size - 1] = '\0';
		err = zone_posix(rule, &zone, &why);
	} else
		err = zone_parse(data, size, "x", &zone, &why);
	if (err == EK_OK)
		check_zone(zone);
	else {
		must(err == EK_INVALID || err == EK_TOO_LARGE);
		must(zone == NULL && strchr(why.text, ';') != NULL);
	}
	zone_free(zone);
	return 0;
}
