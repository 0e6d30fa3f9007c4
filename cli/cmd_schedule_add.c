/*
 * cmd_schedule_add - planning a check-in: a suggested one by its name, days
 * and a time, or a rule of RFC 5545.  keeld judges the rule.
 */
#include <stdio.h>
#include <string.h>

#include "cmd_schedule.h"
#include "evenkeel/civil.h"
#include "evenkeel/limits.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "steps.h"

struct wish {
	const char *name, *instrument;
	const char *rule, *start, *zone;
	const char *at, *on;
};

static enum ek_err
read_wish(int argc, char **argv, struct wish *ret, struct ek_why *reterr_why)
{
	const struct {
		const char *name;
		const char **to;
	} places[] = {{"--rule", &ret->rule}, {"--start", &ret->start},
	    {"--zone", &ret->zone}, {"--at", &ret->at}, {"--on", &ret->on},
	    {"--instrument", &ret->instrument}};
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_schedule_add, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt == NULL && ret->name != NULL)
			return ek_why(reterr_why, EK_USAGE,
			    "one schedule at a time is added; give one name");
		if (opt == NULL)
			ret->name = value;
		for (size_t i = 0;
		     opt != NULL && i < sizeof(places) / sizeof(places[0]); i++)
			if (strcmp(places[i].name, opt->name) == 0)
				*places[i].to = value;
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (ret->name == NULL) {
		ek_why(reterr_why, EK_USAGE,
		    "add wants a name; pulse, work-check and wave are "
		    "suggested");
		return EK_USAGE;
	}
	if (ret->rule != NULL && (ret->at != NULL || ret->on != NULL))
		return ek_why(reterr_why, EK_USAGE,
		    "--rule goes with --start; --at and --on make a rule of "
		    "their own");
	return EK_OK;
}

/* The day a word names: its short or its whole English name; 7 for none. */
static size_t
day_named(const char *word, size_t len)
{
	static const char *const names[] = {"monday", "tuesday", "wednesday",
	    "thursday", "friday", "saturday", "sunday"};
	size_t i;

	for (i = 0; i < 7; i++)
		if (strncasecmp(word, names[i], len) == 0 &&
		    (len == 3 || len == strlen(names[i])))
			break;
	return i;
}

/* "mon,wed,fri", "Tue Thu" into "FREQ=WEEKLY;BYDAY=MO,WE,FR".  A word that is
 * no day is refused: a day left out in silence is a question never asked. */
static enum ek_err
read_days(const char *on, struct buf *rule, struct ek_why *reterr_why)
{
	static const char codes[][3] = {
	    "MO", "TU", "WE", "TH", "FR", "SA", "SU"};
	unsigned seen = 0;
	const char *at = on;

	if (strcmp(on, "day") == 0 || strcmp(on, "daily") == 0) {
		buf_str(rule, "FREQ=DAILY");
		return EK_OK;
	}
	for (at += strspn(at, ", "); *at != '\0'; at += strspn(at, ", ")) {
		size_t len = strcspn(at, ", ");
		size_t i = day_named(at, len);

		if (i == 7)
			return ek_why(reterr_why, EK_USAGE,
			    "--on has a word that is no day: %.*s; give days "
			    "as --on mon,wed,fri",
			    (int)(len < 20 ? len : 20), at);
		seen |= 1u << i;
		at += len;
	}
	for (size_t i = 0; i < 7; i++)
		if ((seen & 1u << i) != 0)
			buf_fmt(rule, "%s%s",
			    rule->len == 0 ? "FREQ=WEEKLY;BYDAY=" : ",",
			    codes[i]);
	if (seen == 0)
		return ek_why(reterr_why, EK_USAGE,
		    "--on names no day; give them as --on mon,wed,fri");
	return EK_OK;
}

static bool
is_time(const char *at)
{
	char whole[32];
	struct civil civil;

	snprintf(whole, sizeof(whole), "2000-01-01T%.8s", at);
	return strlen(at) <= 8 && civil_parse_time(whole, &civil);
}

static const json_t *
find_suggested(const json_t *schedules, const char *name)
{
	const json_t *list = json_object_get(schedules, "suggested"), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(ops_text(one, "name"), name) == 0)
			return one;
	}
	return NULL;
}

/* The start: as given, or today or the suggestion's day with the time. */
static enum ek_err
make_start(struct cmd_env *env, const struct wish *wish,
    const json_t *suggested, struct buf *ret)
{
	json_t *today = NULL;
	enum ek_err err;

	if (wish->start != NULL) {
		buf_str(ret, wish->start);
		return EK_OK;
	}
	if (wish->at == NULL && wish->on == NULL) {
		buf_str(ret, ops_text(suggested, "start"));
		return EK_OK;
	}
	if (wish->at != NULL && !is_time(wish->at))
		return ops_fail(env, EK_USAGE,
		    "--at wants a time of day; give it as --at 16:30");
	if (wish->on == NULL) { /* the same days at another time */
		buf_fmt(
		    ret, "%.10sT%s", ops_text(suggested, "start"), wish->at);
		return EK_OK;
	}
	err = ops_call(env, "GET", "/v1/today", NULL, &today);
	if (err != EK_OK)
		return err;
	buf_fmt(ret, "%.10sT%s", ops_text(today, "day"),
	    wish->at != NULL ? wish->at : ops_text(suggested, "start") + 11);
	json_decref(today);
	return EK_OK;
}

/* What of the wish must be there when nothing is suggested by that name. */
static enum ek_err
check_wish(
    struct cmd_env *env, const struct wish *wish, const json_t *suggested)
{
	if (wish->rule != NULL && wish->start == NULL)
		return ops_fail(env, EK_USAGE,
		    "--rule wants a --start to count from; give --start "
		    "2026-11-24T16:30");
	if (suggested != NULL)
		return EK_OK;
	if (wish->rule == NULL && (wish->at == NULL || wish->on == NULL))
		return ops_fail(env, EK_USAGE,
		    "nothing is suggested by this name; say when, with --at "
		    "16:30 --on mon,wed,fri or with --rule and --start");
	return EK_OK;
}

static enum ek_err
make_body(struct cmd_env *env, const struct wish *wish, const json_t *suggested,
    json_t **ret)
{
	const char *instrument = wish->instrument;
	struct ek_why why = {""};
	struct buf rule, start;
	enum ek_err err = EK_OK;

	buf_init(&rule, EK_RULE_MAX);
	buf_init(&start, 64);
	if (wish->on != NULL)
		err = read_days(wish->on, &rule, &why);
	else
		buf_str(&rule, wish->rule != NULL
				   ? wish->rule
				   : ops_text(suggested, "rule"));
	if (err == EK_OK && buf_err(&rule) != EK_OK)
		err = ek_why(&why, EK_TOO_LARGE,
		    "the rule is longer than %d bytes; shorten it",
		    EK_RULE_MAX);
	if (err != EK_OK)
		out_fail(env->out, err, &why);
	else
		err = make_start(env, wish, suggested, &start);
	if (instrument == NULL && suggested != NULL)
		instrument = ops_text(suggested, "instrument");
	if (err == EK_OK)
		*ret = json_pack("{s:s,s:s,s:s,s:s,s:s*}", "name", wish->name,
		    "instrument", instrument == NULL ? wish->name : instrument,
		    "rule", buf_text(&rule), "start", buf_text(&start), "zone",
		    wish->zone);
	buf_done(&start);
	buf_done(&rule);
	return err;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	json_t *schedules = NULL, *body = NULL, *reply = NULL;
	const json_t *suggested;
	struct wish wish = {.name = NULL};
	struct ek_why why = {""};
	enum ek_err err;

	err = read_wish(argc, argv, &wish, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	err = ops_call(env, "GET", "/v1/schedules", NULL, &schedules);
	if (err != EK_OK)
		return err;
	suggested = find_suggested(schedules, wish.name);
	err = check_wish(env, &wish, suggested);
	if (err == EK_OK)
		err = make_body(env, &wish, suggested, &body);
	if (err == EK_OK)
		err = steps_post_take(env, "/v1/schedules", body, &reply);
	if (err == EK_OK) {
		out_line(env->out, "Planned: %s.", ops_text(reply, "words"));
		schedule_put_next(env, json_object_get(reply, "next"));
		out_json(env->out, reply);
	}
	json_decref(reply);
	json_decref(schedules);
	return err;
}

static const struct cmd_opt opts[] = {
    {"--at", "HH:MM", "the time of day", NULL},
    {"--on", "DAYS", "the days, as in mon,wed,fri, or daily", NULL},
    {"--rule", "RRULE", "a rule as in RFC 5545, with --start", NULL},
    {"--start", "LOCAL", "where the rule begins, 2026-11-24T16:30", NULL},
    {"--zone", "ZONE", "keep to this time zone; without it, to this computer's",
	NULL},
    {"--instrument", "NAME", "what is asked, when it is not the name", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_schedule_add = {
    .name = "add",
    .args = "NAME [--at HH:MM] [--on DAYS] | NAME --rule RRULE --start LOCAL "
	    "[--zone ZONE]",
    .summary = "plan a check-in, or change one that is planned",
    .help = "keel schedule add pulse, work-check or wave plans what is "
	    "suggested under that name; --at and --on change its time and "
	    "days. The name of one that is planned already changes it, from "
	    "the next day on.",
    .flags = CMD_DAEMON,
    .opts = opts,
    .run = run,
};
