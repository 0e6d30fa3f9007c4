/*
 * schedule_rule - the first N instants of a rule from a start, in UTC.
 *
 * Whatever is wrong with what was given - a rule we refuse, a start that is
 * no time, an unknown zone - is a wrong command line: status 3.  Scripts
 * depend on the JSON; fields may be added, never changed.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd_schedule.h"
#include "evenkeel/limits.h"
#include "evenkeel/recur.h"
#include "out.h"
#include "reply.h"
#include "schedule_rule.h"
#include "zonefile.h"

#define COUNT_USUAL 10
#define DAY_SECS    86400

enum except_kind { EXCEPT_LOCAL, EXCEPT_DAY, EXCEPT_UTC };

struct except { /* an EXDATE */
	enum except_kind kind;
	int64_t secs; /* of a wall clock, its day, or UTC */
};

struct wish {
	const char *rule, *start, *zone, *count;
	struct except *excepts; /* as many as argv could hold */
	size_t except_count;
};

/* --- reading the command line ------------------------------------------- */

static enum ek_err
read_except(const char *text, struct except *ret, struct ek_why *why)
{
	struct civil civil;
	int offset;

	if (civil_parse_time(text, &civil)) {
		*ret = (struct except){EXCEPT_LOCAL, civil_secs(&civil)};
		return EK_OK;
	}
	if (civil_parse_date(text, &civil)) {
		*ret = (struct except){EXCEPT_DAY, civil_secs(&civil)};
		return EK_OK;
	}
	if (civil_parse_rfc3339(text, &ret->secs, &offset)) {
		ret->kind = EXCEPT_UTC;
		return EK_OK;
	}
	return ek_why(why, EK_USAGE,
	    "--exdate is no time; write it like 2025-03-29T09:00");
}

static enum ek_err
take(struct wish *wish, const char *opt, const char *value, struct ek_why *why)
{
	const struct {
		const char *name;
		const char **to;
	} single[] = {{"--rule", &wish->rule}, {"--start", &wish->start},
	    {"--zone", &wish->zone}, {"--count", &wish->count}};

	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
		if (strcmp(opt, single[i].name) != 0)
			continue;
		if (*single[i].to != NULL)
			return ek_why(
			    why, EK_USAGE, "%s is given twice; give one", opt);
		*single[i].to = value;
		return EK_OK;
	}
	return read_except(value, &wish->excepts[wish->except_count++], why);
}

static enum ek_err
read_args(int argc, char **argv, struct wish *wish, struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_schedule_next, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		if (opt == NULL)
			return ek_why(why, EK_USAGE,
			    "next takes options only; give --rule, --start and "
			    "--count");
		err = take(wish, opt->name, value, why);
		if (err != EK_OK)
			return err;
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (wish->rule == NULL || wish->start == NULL)
		return ek_why(why, EK_USAGE,
		    "%s is missing; give --rule and --start together, or "
		    "neither for what is planned in your book",
		    wish->rule == NULL ? "--rule" : "--start");
	return EK_OK;
}

enum ek_err
schedule_rule_count(
    const char *text, int max, int *ret, struct ek_why *reterr_why)
{
	int count = text == NULL ? COUNT_USUAL : 0;

	for (; text != NULL && *text != '\0'; text++) {
		/* past the limit is far enough */
		if (*text < '0' || *text > '9' || count > max) {
			count = 0;
			break;
		}
		count = count * 10 + (*text - '0');
	}
	if (count < 1 || count > max)
		return ek_why(reterr_why, EK_USAGE,
		    "--count is no number from 1 to %d; correct it", max);
	*ret = count;
	return EK_OK;
}

/* --- the set ------------------------------------------------------------ */

struct next {
	struct recur *recur;
	struct zone *zone;
	struct recur_due *due;
	struct civil start;
	int count;
};

static enum ek_err
prepare(const struct wish *wish, struct next *next, struct ek_why *why)
{
	enum ek_err err;

	if (!civil_parse_time(wish->start, &next->start))
		return ek_why(why, EK_USAGE,
		    "--start is no time; write it like 2025-03-29T09:00");
	err = schedule_rule_count(wish->count, EK_NEXT_MAX, &next->count, why);
	if (err == EK_OK)
		err = recur_parse(wish->rule, &next->recur, why);
	if (err == EK_OK)
		err = zonefile_read(wish->zone, &next->zone, why);
	if (err == EK_OK)
		err = recur_due_new(
		    next->recur, &next->start, next->zone, &next->due);
	/* A rule or zone we do not take is how the line was written. */
	if (err == EK_INVALID || err == EK_NOT_FOUND || err == EK_TOO_LARGE)
		err = EK_USAGE;
	return err;
}

static bool
is_left_out(const struct wish *wish, int64_t utc, const struct civil *local)
{
	int64_t wall = civil_secs(local);

	for (size_t i = 0; i < wish->except_count; i++) {
		const struct except *except = &wish->excepts[i];
		int64_t into = wall - except->secs;

		switch (except->kind) {
		case EXCEPT_LOCAL:
			if (into == 0)
				return true;
			break;
		case EXCEPT_DAY:
			if (into >= 0 && into < DAY_SECS)
				return true;
			break;
		case EXCEPT_UTC:
			if (utc == except->secs)
				return true;
			break;
		}
	}
	return false;
}

static void
put_words(struct out *out, const struct next *next)
{
	struct buf words;

	buf_init(&words, 4096);
	if (recur_words(next->recur, &next->start, &words) == EK_OK)
		out_text(out, OUT_HEAD, 0, 2, "%s", buf_text(&words));
	buf_done(&words);
}

static void
put_line(struct out *out, const struct civil *local, const char *utc)
{
	char text[CIVIL_TIME_LEN + 1];
	struct buf when;

	buf_init(&when, 100);
	civil_format_time(local, text);
	reply_when(text, NULL, &when);
	out_line(out, "%-26s  %s", buf_text(&when), utc);
	buf_done(&when);
}

static enum ek_err
put_slots(struct cmd_env *env, const struct wish *wish, struct next *next)
{
	json_t *slots = json_array(), *json;
	struct civil local;
	char text[21];
	int64_t utc;
	int left = next->count;
	int failed = 0;

	while (left > 0 && recur_due_next(next->due, &utc, &local)) {
		if (is_left_out(wish, utc, &local))
			continue;
		left--;
		civil_format_utc(utc, text);
		put_line(env->out, &local, text);
		failed |= json_array_append_new(slots, json_string(text));
	}
	if (left == next->count)
		out_line(env->out, "It never fires from this start.");
	else if (left > 0)
		out_line(env->out, "Then it ends.");
	json = json_pack("{s:o}", "slots", slots);
	if (json == NULL || failed != 0) {
		json_decref(json);
		return EK_NOMEM;
	}
	out_json(env->out, json);
	json_decref(json);
	return EK_OK;
}

enum ek_err
schedule_rule_run(struct cmd_env *env, int argc, char **argv)
{
	struct wish wish = {.rule = NULL};
	struct next next = {.recur = NULL};
	struct ek_why why = {""};
	enum ek_err err = EK_NOMEM;

	wish.excepts = calloc((size_t)argc + 1, sizeof(*wish.excepts));
	if (wish.excepts != NULL)
		err = read_args(argc, argv, &wish, &why);
	if (err == EK_OK)
		err = prepare(&wish, &next, &why);
	if (err == EK_OK) {
		put_words(env->out, &next);
		err = put_slots(env, &wish, &next);
	}
	recur_due_free(next.due);
	zone_free(next.zone);
	recur_free(next.recur);
	free(wish.excepts);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}
