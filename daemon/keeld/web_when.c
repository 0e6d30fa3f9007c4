/*
 * web_when - local times of the API in words.
 */
#include <string.h>

#include "evenkeel/civil.h"
#include "keeld/html.h"
#include "keeld/web.h"

/* A day alone is midnight of it. */
static bool
read_local(const char *local, struct civil *ret, bool *ret_timed)
{
	*ret_timed = civil_parse_time(local, ret);
	return *ret_timed || civil_parse_date(local, ret);
}

static int64_t
day_of(const struct civil *civil)
{
	return civil_days(civil->year, civil->month, civil->day);
}

static void
put_day(struct buf *out, const struct civil *day, bool year)
{
	static const char *const weekdays[] = {"Monday", "Tuesday", "Wednesday",
	    "Thursday", "Friday", "Saturday", "Sunday"};
	static const char *const months[] = {"January", "February", "March",
	    "April", "May", "June", "July", "August", "September", "October",
	    "November", "December"};

	html_put(out, "%s %d %s", weekdays[civil_weekday(day_of(day))],
	    day->day, months[day->month - 1]);
	if (year)
		html_put(out, " %d", day->year);
}

void
web_put_day(struct buf *out, const char *local)
{
	struct civil day;
	bool timed;

	if (read_local(local, &day, &timed))
		put_day(out, &day, true);
}

void
web_put_when(struct buf *out, const char *local, const char *day)
{
	struct civil at, now;
	bool timed, ignored;
	int64_t ahead = 2;

	if (!read_local(local, &at, &timed))
		return;
	if (read_local(day, &now, &ignored))
		ahead = day_of(&at) - day_of(&now);
	else
		now = at;
	if (ahead == 1)
		html_put(out, "tomorrow");
	else if (ahead == 0 && !timed)
		html_put(out, "today");
	else if (ahead != 0)
		put_day(out, &at, at.year != now.year);
	if (ahead != 0 && timed)
		html_put(out, ", ");
	if (timed)
		buf_fmt(out, "%02d:%02d", at.hour, at.min);
}
