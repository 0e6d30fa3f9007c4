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
#include "when.h"

#define PULSE "pulse"
#define USUAL "16:30"

/* Days and a time as a weekly rule. */
static enum ek_err
read_words(
    const char *when, struct buf *rule, char *time, struct ek_why *reterr_why)
{
	char words[EK_RULE_MAX + 1];
	char *rest = NULL;
	char *word;
	unsigned days = 0;

	snprintf(words, sizeof(words), "%s", when);
	for (word = strtok_r(words, " ,\t", &rest); word != NULL;
	     word = strtok_r(NULL, " ,\t", &rest)) {
		unsigned named = when_days(word, strlen(word));

		days |= named;
		if (named != 0 || strcasecmp(word, "and") == 0 ||
		    strcasecmp(word, "at") == 0 || when_time(word, time))
			continue;
		return ek_why(reterr_why, EK_INVALID,
		    "these are not days and a time; write them like Tue Thu "
		    "15:00, or say suggested, daily or none");
	}
	if (days == 0)
		return ek_why(reterr_why, EK_INVALID,
		    "there is no day in it; write days and a time like Tue "
		    "Thu 15:00, or say suggested, daily or none");
	when_rule(days, rule);
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
	char time[WHEN_TIME_LEN + 1] = USUAL;
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
