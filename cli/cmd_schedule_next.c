/*
 * cmd_schedule_next - what is asked next: the next times of all that is
 * planned in the book, or of a rule that is given.
 */
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "cmd_schedule.h"
#include "evenkeel/limits.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "schedule_rule.h"

static int
by_utc(const void *a, const void *b)
{
	const json_t *one = *(const json_t *const *)a;
	const json_t *other = *(const json_t *const *)b;

	return strcmp(ops_text(one, "utc"), ops_text(other, "utc"));
}

/* The next times of all schedules, each with whose it is.  New reference. */
static json_t *
flatten(const json_t *schedules)
{
	const json_t *schedule, *slot;
	json_t *all = json_array();
	size_t i, j;

	json_array_foreach(schedules, i, schedule)
	{
		json_array_foreach(json_object_get(schedule, "next"), j, slot)
		{
			json_array_append_new(
			    all, json_pack("{s:s,s:s,s:s,s:s,s:s?}", "local",
				     ops_text(slot, "local"), "utc",
				     ops_text(slot, "utc"), "name",
				     ops_text(schedule, "name"), "instrument",
				     ops_text(schedule, "instrument"), "zone",
				     reply_text(schedule, "zone")));
		}
	}
	return all;
}

/* The first of them by time, as many as wanted: each schedule gave that many.
 * New reference, NULL when out of memory. */
static json_t *
merge_next(const json_t *schedules, size_t wanted)
{
	json_t *all = flatten(schedules), *list = NULL, *one;
	size_t count = json_array_size(all), i;
	json_t **sorted = calloc(count + 1, sizeof(*sorted));

	if (sorted != NULL) {
		list = json_array();
		json_array_foreach(all, i, one)
		{
			sorted[i] = one;
		}
		qsort(sorted, count, sizeof(*sorted), by_utc);
		for (i = 0; i < count && i < wanted; i++)
			json_array_append(list, sorted[i]);
	}
	free(sorted);
	json_decref(all);
	return list;
}

static void
put_times(struct cmd_env *env, const json_t *list, const char *member,
    const char *day)
{
	const json_t *slot;
	struct buf when;
	size_t i;

	json_array_foreach(list, i, slot)
	{
		const char *name = reply_text(slot, "name");
		const char *zone = reply_text(slot, "zone");

		buf_init(&when, 200);
		if (strcmp(member, "ends") == 0)
			buf_str(&when, "now, till ");
		reply_when(reply_text(slot, member), day, &when);
		if (zone != NULL)
			buf_fmt(&when, ", %s time", zone);
		out_line(env->out, "%-34s  %s", buf_text(&when),
		    name != NULL ? name : ops_text(slot, "instrument"));
		buf_done(&when);
	}
}

static enum ek_err
put_book(struct cmd_env *env, const json_t *today, json_t *upcoming)
{
	json_t *open = json_object_get(today, "open");
	json_t *both =
	    json_pack("{s:O?,s:O}", "open", open, "upcoming", upcoming);

	if (both == NULL)
		return out_fail(env->out, EK_NOMEM, NULL);
	put_times(env, open, "ends", ops_text(today, "day"));
	put_times(env, upcoming, "local", ops_text(today, "day"));
	if (json_array_size(open) + json_array_size(upcoming) == 0)
		out_line(env->out,
		    "Nothing is planned; `keel schedule list` shows what is "
		    "suggested.");
	out_json(env->out, both);
	json_decref(both);
	return EK_OK;
}

static enum ek_err
next_of_book(struct cmd_env *env, int count)
{
	json_t *today = NULL, *schedules = NULL, *upcoming = NULL;
	char path[40];
	enum ek_err err;

	snprintf(path, sizeof(path), "/v1/schedules?next=%d", count);
	err = ops_need_book(env);
	if (err == EK_OK)
		err = ops_call(env, "GET", "/v1/today", NULL, &today);
	if (err == EK_OK)
		err = ops_call(env, "GET", path, NULL, &schedules);
	if (err == EK_OK) {
		upcoming = merge_next(
		    json_object_get(schedules, "schedules"), (size_t)count);
		err = put_book(env, today, upcoming);
	}
	json_decref(upcoming);
	json_decref(schedules);
	json_decref(today);
	return err;
}

/* *ret_rule: a rule is meant, rightly or not; schedule_rule judges it. */
static enum ek_err
read_args(
    int argc, char **argv, bool *ret_rule, int *ret_count, struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value, *count = NULL;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_schedule_next, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		if (opt != NULL && strcmp(opt->name, "--count") == 0)
			count = value;
		else
			*ret_rule = true;
	}
	if (err != EK_NOT_FOUND || *ret_rule)
		return err == EK_NOT_FOUND ? EK_OK : err;
	return schedule_rule_count(count, EK_UPCOMING_MAX, ret_count, why);
}

/* With --rule no daemon is asked and no home is needed; so the client is made
 * here, for the other form only. */
static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct ek_why why = {""};
	bool rule = false;
	int count = 0;
	enum ek_err err;

	err = read_args(argc, argv, &rule, &count, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	if (rule)
		return schedule_rule_run(env, argc, argv);
	if (env->paths == NULL)
		return out_fail(env->out, EK_INVALID, env->why_no_paths);
	err = client_new(env->paths->sock, &env->client);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	client_home(env->client, env->home);
	err = next_of_book(env, count);
	client_free(env->client);
	env->client = NULL;
	return err;
}

static const struct cmd_opt opts[] = {
    {"--rule", "RRULE", "a rule as in RFC 5545", NULL},
    {"--start", "LOCAL", "where it begins, 2025-03-29T09:00", NULL},
    {"--zone", "ZONE", "its time zone, Europe/London", NULL},
    {"--exdate", "LOCAL", "a time left out; may be given again", NULL},
    {"--count", "N", "how many; 10 without it", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_schedule_next = {
    .name = "next",
    .args = "[--count N] [--rule RRULE --start LOCAL [--zone ZONE] "
	    "[--exdate LOCAL]...]",
    .summary = "the next times: of all that is planned, or of a rule",
    .help = "Alone it tells when you are asked next, by all that is planned. "
	    "With --rule and --start it tells the next times of that rule, "
	    "and needs no book.",
    .flags = CMD_READS,
    .opts = opts,
    .run = run,
};
