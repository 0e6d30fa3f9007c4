/*
 * reply - see reply.h.
 */
#include "reply.h"

#include <string.h>

#include "evenkeel/civil.h"
#include "ops.h"

#define SHORT_MIN 4
#define ID_DIGITS 32

const char *
reply_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

void
reply_days(long long days, struct buf *ret)
{
	if (days <= 0)
		buf_str(ret, "today");
	else if (days == 1)
		buf_str(ret, "1 day");
	else
		buf_fmt(ret, "%lld days", days);
}

static bool
read_local(const char *local, struct civil *ret, bool *ret_timed)
{
	*ret_timed = civil_parse_time(local, ret);
	return *ret_timed || civil_parse_date(local, ret);
}

static void
put_day(const struct civil *at, const struct civil *today, struct buf *ret)
{
	static const char weekdays[][4] = {
	    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t day = civil_days(at->year, at->month, at->day);
	int64_t from = today == NULL
			   ? INT64_MIN / 2
			   : civil_days(today->year, today->month, today->day);

	if (day == from) {
		buf_str(ret, "today");
	} else if (day == from + 1) {
		buf_str(ret, "tomorrow");
	} else if (day == from - 1) {
		buf_str(ret, "yesterday");
	} else {
		buf_fmt(ret, "%s %d %s", weekdays[civil_weekday(day)], at->day,
		    months[at->month - 1]);
		if (today == NULL || today->year != at->year)
			buf_fmt(ret, " %d", at->year);
	}
}

void
reply_when(const char *local, const char *today, struct buf *ret)
{
	struct civil at, now;
	bool timed, ignored;

	if (local == NULL || !read_local(local, &at, &timed)) {
		buf_str(ret, local == NULL ? "" : local);
		return;
	}
	if (today != NULL && read_local(today, &now, &ignored))
		put_day(&at, &now, ret);
	else
		put_day(&at, NULL, ret);
	if (timed)
		buf_fmt(ret, " at %02d:%02d", at.hour, at.min);
}

void
reply_url(const char *text, struct buf *ret)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_')
			buf_char(ret, (char)c);
		else
			buf_fmt(ret, "%%%02X", c);
	}
}

static size_t
common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

int
reply_short(const json_t *list)
{
	size_t i, j, need = SHORT_MIN;
	const json_t *one, *other;

	json_array_foreach(list, i, one)
	{
		for (j = i + 1; j < json_array_size(list); j++) {
			size_t n;

			other = json_array_get(list, j);
			n = common(ops_text(one, "id"), ops_text(other, "id"));
			if (n + 1 > need && n < ID_DIGITS)
				need = n + 1;
		}
	}
	return (int)need;
}

enum ek_err
reply_find(const json_t *list, const char *prefix, const char *what,
    const char *how, const json_t **ret, struct ek_why *reterr_why)
{
	const json_t *json, *found = NULL;
	size_t i, len = strlen(prefix), hits = 0;

	if (len < SHORT_MIN || len > ID_DIGITS ||
	    strspn(prefix, "0123456789abcdefABCDEF") != len)
		return ek_why(reterr_why, EK_USAGE,
		    "that is not the id of %s; `%s` shows them, and four "
		    "digits or more of one are enough",
		    what, how);
	json_array_foreach(list, i, json)
	{
		if (strncasecmp(ops_text(json, "id"), prefix, len) == 0) {
			found = json;
			hits++;
		}
	}
	if (hits == 0)
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "%s of this id is not there; `%s` shows which are", what,
		    how);
	if (hits > 1)
		return ek_why(reterr_why, EK_USAGE,
		    "%zu ids begin like this; give more of its digits", hits);
	*ret = found;
	return EK_OK;
}
