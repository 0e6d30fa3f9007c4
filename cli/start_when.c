/*
 * start_when - when she wants to be asked, in her words or as a rule, made
 * into schedules.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "evenkeel/civil.h"
#include "evenkeel/limits.h"
#include "evenkeel/recur.h"
#include "evenkeel/schedule.h"
#include "start_ask.h"

#define PULSE     "pulse"
#define USUAL     "16:30"
#define TIME_ROOM 6 /* "16:30" and NUL */

static const struct {
	const char *begins; /* three letters or more of it */
	const char *byday;
} days[] = {
    {"monday", "MO"},
    {"tuesday", "TU"},
    {"wednesday", "WE"},
    {"thursday", "TH"},
    {"friday", "FR"},
    {"saturday", "SA"},
    {"sunday", "SU"},
    {"weekdays", "MO,TU,WE,TH,FR"},
    {"daily", "MO,TU,WE,TH,FR,SA,SU"},
};

static const char *
find_day(const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (len >= 3 && len <= strlen(days[i].begins) &&
		    strncasecmp(word, days[i].begins, len) == 0)
			return days[i].byday;
	return NULL;
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

/* "9:00", "16.30", "16:30". */
static bool
read_time(const char *word, char *out)
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
	snprintf(out, TIME_ROOM, "%02d:%02d", hour, min);
	return true;
}

/* Days and a time as a weekly rule. */
static enum ek_err
read_words(
    const char *when, struct buf *rule, char *time, struct ek_why *reterr_why)
{
	char words[EK_RULE_MAX + 1];
	char *rest = NULL;
	char *word;
	bool any = false;

	snprintf(words, sizeof(words), "%s", when);
	snprintf(time, TIME_ROOM, "%s", USUAL);
	buf_str(rule, "FREQ=WEEKLY;BYDAY=");
	for (word = strtok_r(words, " ,\t", &rest); word != NULL;
	     word = strtok_r(NULL, " ,\t", &rest)) {
		const char *byday = find_day(word);

		if (strcasecmp(word, "and") == 0 ||
		    strcasecmp(word, "at") == 0 || read_time(word, time))
			continue;
		if (byday == NULL)
			return ek_why(reterr_why, EK_INVALID,
			    "these are not days and a time; write them like "
			    "Tue Thu 15:00, or say suggested, daily or none");
		if (any)
			buf_char(rule, ',');
		buf_str(rule, byday);
		any = true;
	}
	if (!any)
		return ek_why(reterr_why, EK_INVALID,
		    "there is no day in it; write days and a time like Tue "
		    "Thu 15:00, or say suggested, daily or none");
	return buf_err(rule);
}

static enum ek_err
add(json_t *list, const char *name, const char *rule, const char *start)
{
	json_t *one = json_pack("{s:s,s:s,s:s,s:s}", "name", name, "instrument",
	    name, "rule", rule, "start", start);

	if (one == NULL || json_array_append_new(list, one) != 0)
		return EK_NOMEM;
	return EK_OK;
}

/* Her own rule in place of the suggested one for the short questions. */
static enum ek_err
own_rule(const char *when, const char *day, struct buf *rule, char *start,
    struct ek_why *reterr_why)
{
	char time[TIME_ROOM] = USUAL;
	struct recur *recur = NULL;
	enum ek_err err = EK_OK;

	if (strncasecmp(when, "RRULE:", 6) == 0)
		when += 6;
	if (strncasecmp(when, "FREQ=", 5) == 0)
		buf_str(rule, when);
	else
		err = read_words(when, rule, time, reterr_why);
	if (err == EK_OK)
		err = buf_err(rule);
	if (err == EK_OK)
		err = recur_parse(buf_text(rule), &recur, reterr_why);
	recur_free(recur);
	snprintf(start, CIVIL_TIME_LEN + 1, "%s", day);
	snprintf(start + CIVIL_DATE_LEN, CIVIL_TIME_LEN - CIVIL_DATE_LEN + 1,
	    "T%s:00", time);
	return err;
}

static bool
is_suggested(const char *when)
{
	return when[0] == '\0' || strcasecmp(when, "suggested") == 0;
}

enum ek_err
start_when(
    const char *when, const char *day, json_t **ret, struct ek_why *reterr_why)
{
	struct schedule_suggestion suggested[SCHEDULE_SUGGESTIONS];
	char start[CIVIL_TIME_LEN + 1] = "";
	struct civil today;
	json_t *list = json_array();
	struct buf own;
	enum ek_err err = EK_OK;

	buf_init(&own, EK_RULE_MAX);
	if (list == NULL)
		err = EK_NOMEM;
	else if (!civil_parse_date(day, &today))
		err = EK_BUG;
	else if (!is_suggested(when) && strcasecmp(when, "none") != 0)
		err = own_rule(when, day, &own, start, reterr_why);
	if (err == EK_OK && strcasecmp(when, "none") != 0) {
		schedule_suggest(
		    civil_days(today.year, today.month, today.day), suggested);
		for (int i = 0; i < SCHEDULE_SUGGESTIONS && err == EK_OK; i++) {
			bool mine = own.len > 0 &&
				    strcmp(suggested[i].name, PULSE) == 0;

			err = add(list, suggested[i].name,
			    mine ? buf_text(&own) : suggested[i].rule,
			    mine ? start : suggested[i].start);
		}
	}
	if (err == EK_OK)
		*ret = list;
	else
		json_decref(list);
	buf_done(&own);
	return err;
}
