/*
 * export_ics - schedule.ics of an export: RFC 5545, floating or by zone name.
 */
#include <stdio.h>
#include <string.h>

#include "evenkeel/civil.h"
#include "evenkeel/limits.h"
#include "evenkeel/recur.h"
#include "export_text.h"
#include "ops.h"

#define FOLD_AT   74 /* octets of a line before CRLF and a space */
#define CLAMP     "X-CLAMP=1"
#define ALWAYS_28 28 /* a day every month has */

/* Folded by RFC 5545 §3.1; our lines are ASCII. */
static void
put_line(struct buf *ret, const char *line)
{
	size_t len = strlen(line);
	size_t room = FOLD_AT;

	while (len > room) {
		buf_add(ret, line, room);
		buf_str(ret, "\r\n ");
		line += room;
		len -= room;
		room = FOLD_AT - 1;
	}
	buf_add(ret, line, len);
	buf_str(ret, "\r\n");
}

/* The rule without our own clamp: a day that short months lack becomes the
 * last of those up to it. */
static void
put_rule(struct buf *ret, const char *rule, int day)
{
	struct buf line;
	const char *clamp;

	if (strncmp(rule, "RRULE:", 6) == 0)
		rule += 6;
	buf_init(&line, EK_RULE_MAX + 128);
	buf_str(&line, "RRULE:");
	clamp = strstr(rule, CLAMP);
	if (clamp == NULL) {
		buf_str(&line, rule);
	} else {
		const char *rest = clamp + strlen(CLAMP);
		size_t before = (size_t)(clamp - rule);

		/* a semicolon stands before it or after it */
		if (before > 0 && rule[before - 1] == ';')
			before--;
		else if (*rest == ';')
			rest++;
		buf_add(&line, rule, before);
		buf_str(&line, rest);
		buf_fmt(&line,
		    "%sBYMONTHDAY=", line.len > strlen("RRULE:") ? ";" : "");
		for (int d = day < ALWAYS_28 ? day : ALWAYS_28; d <= day; d++)
			buf_fmt(&line, d < day ? "%d," : "%d", d);
		if (day > ALWAYS_28)
			buf_str(&line, ";BYSETPOS=-1");
	}
	put_line(ret, buf_text(&line));
	buf_done(&line);
}

/* DTSTART is an occurrence to every calendar; ours may lie before the first
 * (DESIGN.md §6), so the first is written. */
static void
first_of(const char *rule, struct civil *start)
{
	struct recur *recur = NULL;
	struct recur_iter *iter = NULL;
	struct civil first;

	if (recur_parse(rule, &recur, NULL) != EK_OK)
		return;
	if (recur_iter_new(recur, start, NULL, &iter) == EK_OK &&
	    recur_iter_next(iter, &first))
		*start = first;
	recur_iter_free(iter);
	recur_free(recur);
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7E)
			return false;
	return true;
}

static void
put_event(struct buf *ret, const json_t *schedule)
{
	const char *rule = ops_text(schedule, "rule");
	const char *zone = ops_text(schedule, "zone");
	const char *id = ops_text(schedule, "id");
	struct civil start;
	char line[256];
	int day;

	if (!civil_parse_time(ops_text(schedule, "start"), &start) ||
	    !is_plain(rule) || !is_plain(zone) || !is_plain(id))
		return;
	day = start.day;
	first_of(rule, &start);
	put_line(ret, "BEGIN:VEVENT");
	snprintf(line, sizeof(line), "UID:%.64s@evenkeel.invalid", id);
	put_line(ret, line);
	put_line(ret, "DTSTAMP:20000101T000000Z");
	snprintf(line, sizeof(line), "DTSTART%s%.64s:%04d%02d%02dT%02d%02d%02d",
	    zone[0] != '\0' ? ";TZID=/" : "", zone, start.year, start.month,
	    start.day, start.hour, start.min, start.sec);
	put_line(ret, line);
	put_line(ret, "DURATION:PT5M");
	put_rule(ret, rule, day);
	put_line(ret, "SUMMARY:Evenkeel");
	put_line(ret, "CLASS:PRIVATE");
	put_line(ret, "TRANSP:TRANSPARENT");
	put_line(ret, "END:VEVENT");
}

enum ek_err
export_schedule(const json_t *schedules, struct buf *ret)
{
	const json_t *schedule;
	size_t i;

	put_line(ret, "BEGIN:VCALENDAR");
	put_line(ret, "VERSION:2.0");
	put_line(ret, "PRODID:-//Evenkeel//keel//EN");
	json_array_foreach(schedules, i, schedule)
	{
		put_event(ret, schedule);
	}
	put_line(ret, "END:VCALENDAR");
	return buf_err(ret);
}
