/*
 * cmd_schedule_add - planning a check-in, or changing one: days and a time,
 * or a rule of RFC 5545, which keeld judges.
 *
 * What is not given is taken from the schedule of that name if there is one,
 * else from what is suggested by that name.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmd_schedule.h"
#include "evenkeel/limits.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "steps.h"
#include "when.h"

#define ZONE_NONE "none" /* no zone has this name */

struct wish {
	const char *name; /* "" until it is read */
	const char *instrument;
	const char *rule, *start, *zone;
	const char *at, *on;
};

struct base {                    /* where what is not given comes from */
	const json_t *schedule;  /* of that name, in force or from tomorrow */
	const json_t *suggested; /* by that name */
};

/* What will hold, given or taken over. */
struct planned {
	const char *instrument, *zone; /* zone may be NULL */
	struct buf rule, start;
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
		if (opt == NULL && ret->name[0] != '\0')
			return ek_why(reterr_why, EK_USAGE,
			    "one schedule at a time is added; give one name, "
			    "and days with commas, as in --on tue,thu");
		if (opt == NULL)
			ret->name = value;
		for (size_t i = 0;
		     opt != NULL && i < sizeof(places) / sizeof(places[0]); i++)
			if (strcmp(places[i].name, opt->name) == 0)
				*places[i].to = value;
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (ret->name[0] == '\0')
		return ek_why(reterr_why, EK_USAGE,
		    "add wants a name; pulse, work-check and wave are "
		    "suggested");
	if (ret->rule != NULL && (ret->at != NULL || ret->on != NULL))
		return ek_why(reterr_why, EK_USAGE,
		    "--at and --on make a rule of their own; leave out "
		    "--rule, or both of them");
	if (ret->start != NULL && ret->at != NULL)
		return ek_why(reterr_why, EK_USAGE,
		    "--start holds a time already; leave out --at");
	return EK_OK;
}

/* "mon,wed,fri", "Tue and Thu", "weekdays".  A word that is no day is refused:
 * a day left out in silence is a question never asked. */
static enum ek_err
read_days(const char *on, struct buf *rule, struct ek_why *reterr_why)
{
	const char *at = on;
	unsigned days = 0;
	int count = 1;

	for (at += strspn(at, ", "); *at != '\0';
	     at += strspn(at, ", "), count++) {
		size_t len = strcspn(at, ", ");
		unsigned named = when_days(at, len);

		if (named == 0 && (len != 3 || strncasecmp(at, "and", 3) != 0))
			return ek_why(reterr_why, EK_USAGE,
			    "word %d of --on is no day; give days as --on "
			    "mon,wed,fri, or daily",
			    count);
		days |= named;
		at += len;
	}
	if (days == 0)
		return ek_why(reterr_why, EK_USAGE,
		    "--on names no day; give them as --on mon,wed,fri, or "
		    "daily");
	when_rule(days, rule);
	return buf_err(rule);
}

/* The last of that name in the list; an ended one is no base.  NULL: none. */
static const json_t *
find_named(const json_t *list, const char *name)
{
	const json_t *one, *found = NULL;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(ops_text(one, "name"), name) == 0 &&
		    reply_text(one, "until") == NULL)
			found = one;
	}
	return found;
}

static const char *
base_text(const struct base *base, const char *member)
{
	return ops_text(
	    base->schedule != NULL ? base->schedule : base->suggested, member);
}

static enum ek_err
check_wish(
    const struct wish *wish, const struct base *base, struct ek_why *reterr_why)
{
	const char *rule = base_text(base, "rule");

	if (wish->rule != NULL && wish->start == NULL && base->schedule == NULL)
		return ek_why(reterr_why, EK_USAGE,
		    "--rule wants a --start to count from; give --start "
		    "2026-11-24T16:30");
	if (wish->rule == NULL && (wish->at != NULL || wish->on != NULL) &&
	    (strstr(rule, "BYHOUR") != NULL ||
		strstr(rule, "BYMINUTE") != NULL))
		return ek_why(reterr_why, EK_USAGE,
		    "this schedule goes by a rule that names its own times; "
		    "change it with --rule and --start");
	if (base->schedule == NULL && base->suggested == NULL &&
	    wish->rule == NULL && (wish->at == NULL || wish->on == NULL))
		return ek_why(reterr_why, EK_USAGE,
		    "nothing is planned or suggested by this name; say when, "
		    "with --at 16:30 --on mon,wed,fri or with --rule and "
		    "--start");
	return EK_OK;
}

static enum ek_err
make_rule(const struct wish *wish, const struct base *base, struct buf *ret,
    struct ek_why *reterr_why)
{
	enum ek_err err = EK_OK;

	if (wish->on != NULL)
		err = read_days(wish->on, ret, reterr_why);
	else
		buf_str(ret,
		    wish->rule != NULL ? wish->rule : base_text(base, "rule"));
	if (err == EK_OK && buf_err(ret) != EK_OK)
		err = ek_why(reterr_why, EK_TOO_LARGE,
		    "the rule is longer than %d bytes; shorten it",
		    EK_RULE_MAX);
	return err;
}

/* Counting begins where it did, unless the days are others: then today. */
static enum ek_err
make_start(struct cmd_env *env, const struct wish *wish,
    const struct base *base, struct planned *planned)
{
	const char *was = base_text(base, "start");
	char time[WHEN_TIME_LEN + 1];
	json_t *today = NULL;
	enum ek_err err;

	if (wish->start != NULL) {
		buf_str(&planned->start, wish->start);
		return buf_err(&planned->start);
	}
	if (wish->at != NULL && !when_time(wish->at, time))
		return ops_fail(env, EK_USAGE,
		    "--at wants a time of day; give it as --at 16:30");
	if (wish->on != NULL &&
	    strcmp(buf_text(&planned->rule), base_text(base, "rule")) != 0) {
		err = ops_call(env, "GET", "/v1/today", NULL, &today);
		if (err != EK_OK)
			return err;
		buf_fmt(&planned->start, "%.10s", ops_text(today, "day"));
		json_decref(today);
	} else {
		buf_fmt(&planned->start, "%.10s", was);
	}
	if (wish->at != NULL)
		buf_fmt(&planned->start, "T%s:00", time);
	else
		buf_str(&planned->start, strlen(was) > 10 ? was + 10 : "");
	return buf_err(&planned->start);
}

static enum ek_err
make_plan(struct cmd_env *env, const struct wish *wish, const struct base *base,
    struct planned *ret)
{
	struct ek_why why = {""};
	enum ek_err err;

	ret->instrument = wish->instrument;
	if (ret->instrument == NULL)
		ret->instrument = base_text(base, "instrument");
	if (ret->instrument[0] == '\0')
		ret->instrument = wish->name;
	ret->zone = wish->zone;
	if (wish->zone == NULL)
		ret->zone = reply_text(base->schedule, "zone");
	else if (strcmp(wish->zone, ZONE_NONE) == 0)
		ret->zone = NULL;
	err = make_rule(wish, base, &ret->rule, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	return make_start(env, wish, base, ret);
}

static bool
is_same(const struct planned *planned, const json_t *schedule)
{
	const char *zone = reply_text(schedule, "zone");

	return strcmp(planned->instrument, ops_text(schedule, "instrument")) ==
		   0 &&
	       strcmp(buf_text(&planned->rule), ops_text(schedule, "rule")) ==
		   0 &&
	       strcmp(buf_text(&planned->start), ops_text(schedule, "start")) ==
		   0 &&
	       strcmp(planned->zone == NULL ? "" : planned->zone,
		   zone == NULL ? "" : zone) == 0;
}

/* "Changed: pulse is now Tue and Thu at 15:00, from tomorrow on." */
static void
say(struct cmd_env *env, const struct wish *wish, const struct planned *planned,
    const struct base *base, const json_t *reply)
{
	bool whole = wish->rule == NULL && wish->at == NULL &&
		     wish->on == NULL && wish->start == NULL;
	struct buf line;
	char day[11];

	steps_day(env, day);
	buf_init(&line, 2048);
	if (base->schedule != NULL)
		buf_fmt(&line, "Changed: %s is now ", wish->name);
	else
		buf_fmt(&line, "Planned%s: %s, ",
		    base->suggested != NULL && whole ? " as suggested" : "",
		    wish->name);
	buf_str(&line, ops_text(reply, "words"));
	if (strcmp(wish->name, planned->instrument) != 0)
		buf_fmt(&line, " (%s)", planned->instrument);
	if (planned->zone != NULL)
		buf_fmt(&line, ", %s time", planned->zone);
	if (reply_text(reply, "from") != NULL) {
		buf_str(&line, ", from ");
		reply_when(reply_text(reply, "from"), day, &line);
		buf_str(&line, " on");
	}
	out_line(env->out, "%s.%s", buf_text(&line),
	    base->schedule != NULL ? " What is due today stays as it is." : "");
	buf_done(&line);
	schedule_put_next(env, json_object_get(reply, "next"));
	out_json(env->out, reply);
}

static enum ek_err
add(struct cmd_env *env, const struct wish *wish, const struct base *base,
    const struct planned *planned)
{
	json_t *reply = NULL;
	enum ek_err err;

	if (base->schedule != NULL && is_same(planned, base->schedule)) {
		out_line(env->out,
		    "Nothing was changed; %s stays: %s. --at, --on and --rule "
		    "change it.",
		    wish->name, ops_text(base->schedule, "words"));
		schedule_put_next(env, json_object_get(base->schedule, "next"));
		out_json(env->out, base->schedule);
		return EK_OK;
	}
	err = steps_post_take(env, "/v1/schedules",
	    json_pack("{s:s,s:s,s:s,s:s,s:s*}", "name", wish->name,
		"instrument", planned->instrument, "rule",
		buf_text(&planned->rule), "start", buf_text(&planned->start),
		"zone", planned->zone),
	    &reply);
	if (err == EK_OK)
		say(env, wish, planned, base, reply);
	json_decref(reply);
	return err;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct wish wish = {.name = ""};
	struct ek_why why = {""};
	struct base base;
	struct planned planned;
	json_t *list = NULL;
	enum ek_err err;

	err = read_wish(argc, argv, &wish, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	err = ops_call(env, "GET", "/v1/schedules", NULL, &list);
	if (err != EK_OK)
		return err;
	base.schedule =
	    find_named(json_object_get(list, "schedules"), wish.name);
	base.suggested =
	    find_named(json_object_get(list, "suggested"), wish.name);
	buf_init(&planned.rule, EK_RULE_MAX);
	buf_init(&planned.start, EK_RULE_MAX);
	err = check_wish(&wish, &base, &why);
	if (err != EK_OK)
		out_fail(env->out, err, &why);
	else
		err = make_plan(env, &wish, &base, &planned);
	if (err == EK_OK)
		err = add(env, &wish, &base, &planned);
	buf_done(&planned.start);
	buf_done(&planned.rule);
	json_decref(list);
	return err;
}

static const struct cmd_opt opts[] = {
    {"--at", "HH:MM", "the time of day", NULL},
    {"--on", "DAYS", "the days, as in mon,wed,fri, weekdays or daily", NULL},
    {"--rule", "RRULE", "a rule as in RFC 5545, with --start", NULL},
    {"--start", "LOCAL", "where the rule begins, 2026-11-24T16:30", NULL},
    {"--zone", "ZONE",
	"keep to this time zone, as in Europe/London; none: to this computer's",
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
	    "suggested under that name; --at and --on say another time or "
	    "other days. The name of one that is planned already changes it, "
	    "from the next day on: what is not given stays as it is, so --at "
	    "alone keeps the days and --on alone keeps the time.",
    .flags = CMD_DAEMON,
    .opts = opts,
    .run = run,
};
