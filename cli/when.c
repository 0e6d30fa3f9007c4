/*
 * when - see when.h.
 */
#include "when.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	unsigned days;
} names[] = {
    {"monday", 1U << 0},
    {"tuesday", 1U << 1},
    {"wednesday", 1U << 2},
    {"thursday", 1U << 3},
    {"friday", 1U << 4},
    {"saturday", 1U << 5},
    {"sunday", 1U << 6},
    {"weekdays", 0x1fU},
    {"daily", WHEN_EVERY_DAY},
    {"day", WHEN_EVERY_DAY},
};

unsigned
when_days(const char *word, size_t len)
{
	for (size_t i = 0; len >= 3 && i < sizeof(names) / sizeof(names[0]);
	     i++)
		if (len <= strlen(names[i].name) &&
		    strncasecmp(word, names[i].name, len) == 0)
			return names[i].days;
	return 0;
}

/* One or two digits; NULL when there are none. */
static const char *
read_two(const char *text, int *ret)
{
	const char *at = text;

	*ret = 0;
	while (at - text < 2 && *at >= '0' && *at <= '9')
		*ret = *ret * 10 + (*at++ - '0');
	return at == text ? NULL : at;
}

bool
when_time(const char *word, char ret[WHEN_TIME_LEN + 1])
{
	int hour = 0;
	int min = 0;
	const char *at = read_two(word, &hour);

	if (at == NULL || (*at != ':' && *at != '.'))
		return false;
	word = at + 1;
	at = read_two(word, &min);
	if (at == NULL || at - word != 2 || *at != '\0' || hour > 23 ||
	    min > 59)
		return false;
	snprintf(ret, WHEN_TIME_LEN + 1, "%02d:%02d", hour, min);
	return true;
}

void
when_rule(unsigned days, struct buf *ret)
{
	static const char codes[][3] = {
	    "MO", "TU", "WE", "TH", "FR", "SA", "SU"};
	bool first = true;

	if (days == WHEN_EVERY_DAY) {
		buf_str(ret, "FREQ=DAILY");
		return;
	}
	buf_str(ret, "FREQ=WEEKLY;BYDAY=");
	for (size_t i = 0; i < 7; i++) {
		if ((days & 1U << i) == 0)
			continue;
		buf_fmt(ret, "%s%s", first ? "" : ",", codes[i]);
		first = false;
	}
}
