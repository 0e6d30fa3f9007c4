/*
 * cmd_schedule - when she is asked: what is planned, in words and with the
 * next three times; ending one; what comes next.  Adding is in
 * cmd_schedule_add.c.
 */
#include "cmd_schedule.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "cmds.h"
#include "evenkeel/limits.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "schedule_next.h"
#include "steps.h"

#define NEXT_SHOWN 10

static const struct cmd cmd_schedule_list, cmd_schedule_remove,
    cmd_schedule_next; /* below */

void
schedule_put_next(struct cmd_env *env, const json_t *next)
{
	const json_t *slot;
	struct buf line;
	char day[11];
	size_t i;

	if (json_array_size(next) == 0)
		return;
	steps_day(env, day);
	buf_init(&line, 1024);
	json_array_foreach(next, i, slot)
	{
		buf_str(&line, i == 0 ? "next: " : ", ");
		reply_when(reply_text(slot, "local"), day, &line);
	}
	out_text(env->out, OUT_PLAIN, 2, 6, "%s", buf_text(&line));
	buf_done(&line);
}

static void
put_schedule(struct cmd_env *env, const json_t *schedule, bool later)
{
	const char *name = ops_text(schedule, "name");
	const char *instrument = ops_text(schedule, "instrument");
	const char *zone = reply_text(schedule, "zone");
	struct buf line;

	buf_init(&line, 2048);
	buf_fmt(&line, "%s: %s", name, ops_text(schedule, "words"));
	if (strcmp(name, instrument) != 0)
		buf_fmt(&line, " (%s)", instrument);
	if (zone != NULL)
		buf_fmt(&line, ", %s time", zone);
	if (later) { /* an edit of the one above */
		buf_str(&line, "; from ");
		reply_when(reply_text(schedule, "from"), NULL, &line);
	}
	if (reply_text(schedule, "until") != NULL) {
		buf_str(&line, "; ends before ");
		reply_when(reply_text(schedule, "until"), NULL, &line);
	}
	out_text(env->out, OUT_PLAIN, 0, 2, "%s", buf_text(&line));
	schedule_put_next(env, json_object_get(schedule, "next"));
	buf_done(&line);
}

static void
put_suggested(const json_t *list, struct out *out)
{
	const json_t *one;
	bool first = true;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (ops_true(one, "added"))
			continue;
		out_gap(out);
		if (first)
			out_text(out, OUT_STRONG, 0, 0,
			    "Suggested, and not planned");
		first = false;
		out_text(out, OUT_PLAIN, 0, 2, "%s: %s. %s",
		    ops_text(one, "name"), ops_text(one, "words"),
		    ops_text(one, "why"));
		out_text(out, OUT_PLAIN, 2, 2, "keel schedule add %s",
		    ops_text(one, "name"));
	}
}

static enum ek_err
list_run(struct cmd_env *env, int argc, char **argv)
{
	const json_t *list, *schedule;
	const char *before = "";
	json_t *reply = NULL;
	size_t i;
	enum ek_err err;

	err = ops_none(env, &cmd_schedule_list, argc, argv);
	if (err == EK_OK)
		err = ops_call(env, "GET", "/v1/schedules", NULL, &reply);
	if (err != EK_OK)
		return err;
	list = json_object_get(reply, "schedules");
	if (json_array_size(list) == 0)
		out_line(env->out, "Nothing is planned.");
	json_array_foreach(list, i, schedule)
	{
		const char *name = ops_text(schedule, "name");

		if (i > 0)
			out_gap(env->out);
		put_schedule(env, schedule, strcmp(name, before) == 0);
		before = name;
	}
	put_suggested(json_object_get(reply, "suggested"), env->out);
	out_json(env->out, reply);
	json_decref(reply);
	return EK_OK;
}

static enum ek_err
remove_run(struct cmd_env *env, int argc, char **argv)
{
	json_t *reply = NULL;
	struct buf path, day;
	const char *name;
	enum ek_err err;

	err = steps_one_arg(env, &cmd_schedule_remove, argc, argv,
	    "the name of a schedule", &name);
	if (err != EK_OK)
		return err;
	buf_init(&path, EK_HTTP_PATH_MAX);
	buf_init(&day, 64);
	buf_str(&path, "/v1/schedules/");
	reply_url(name, &path);
	err = ops_call(env, "DELETE", buf_text(&path), NULL, &reply);
	if (err == EK_OK) {
		reply_when(reply_text(reply, "ends"), NULL, &day);
		out_line(env->out,
		    "Ended: from %s on it is not asked. Answers given so far "
		    "stay.",
		    buf_text(&day));
		out_json(env->out, reply);
	}
	buf_done(&day);
	buf_done(&path);
	json_decref(reply);
	return err;
}

/* --- next --- */

static int
by_local(const void *a, const void *b)
{
	const json_t *one = *(const json_t *const *)a;
	const json_t *other = *(const json_t *const *)b;

	return strcmp(ops_text(one, "local"), ops_text(other, "local"));
}

/* {"local","utc","name","instrument"} of all schedules, by time.  New
 * reference, NULL when out of memory. */
static json_t *
merge_next(const json_t *schedules)
{
	json_t *all = json_array(), *one;
	const json_t *schedule, *slot;
	json_t **sorted;
	size_t i, j, count;

	json_array_foreach(schedules, i, schedule)
	{
		json_array_foreach(json_object_get(schedule, "next"), j, slot)
		{
			json_array_append_new(
			    all, json_pack("{s:s,s:s,s:s,s:s}", "local",
				     ops_text(slot, "local"), "utc",
				     ops_text(slot, "utc"), "name",
				     ops_text(schedule, "name"), "instrument",
				     ops_text(schedule, "instrument")));
		}
	}
	count = json_array_size(all);
	sorted = calloc(count + 1, sizeof(*sorted));
	if (sorted != NULL) {
		json_t *list = json_array();

		json_array_foreach(all, i, one)
		{
			sorted[i] = one;
		}
		qsort(sorted, count, sizeof(*sorted), by_local);
		for (i = 0; i < count && i < NEXT_SHOWN; i++)
			json_array_append(list, sorted[i]);
		free(sorted);
		json_decref(all);
		return list;
	}
	json_decref(all);
	return NULL;
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

		buf_init(&when, 100);
		if (strcmp(member, "ends") == 0)
			buf_str(&when, "now, till ");
		reply_when(reply_text(slot, member), day, &when);
		out_line(env->out, "%-34s  %s", buf_text(&when),
		    name != NULL ? name : ops_text(slot, "instrument"));
		buf_done(&when);
	}
}

static enum ek_err
next_of_book(struct cmd_env *env)
{
	json_t *today = NULL, *schedules = NULL, *list, *open, *both;
	enum ek_err err;

	err = ops_call(env, "GET", "/v1/today", NULL, &today);
	if (err == EK_OK)
		err = ops_call(env, "GET", "/v1/schedules", NULL, &schedules);
	if (err != EK_OK)
		goto out;
	open = json_object_get(today, "open");
	list = merge_next(json_object_get(schedules, "schedules"));
	both = json_pack("{s:O?,s:o}", "open", open, "upcoming", list);
	if (both == NULL) {
		err = out_fail(env->out, EK_NOMEM, NULL);
		goto out;
	}
	put_times(env, open, "ends", ops_text(today, "day"));
	put_times(env, list, "local", ops_text(today, "day"));
	if (json_array_size(open) + json_array_size(list) == 0)
		out_line(env->out,
		    "Nothing is planned; `keel schedule list` shows what is "
		    "suggested.");
	out_json(env->out, both);
	json_decref(both);
out:
	json_decref(schedules);
	json_decref(today);
	return err;
}

/* With --rule no daemon is asked and no home is needed; so the client is made
 * here, for the other form only. */
static enum ek_err
next_run(struct cmd_env *env, int argc, char **argv)
{
	struct ek_why why = {""};
	enum ek_err err;

	if (argc > 1)
		return schedule_next_run(env, argc, argv);
	if (env->paths == NULL)
		return ops_fail(env, EK_INVALID,
		    "no home is to be found; set HOME, or give --home DIR");
	err = client_new(env->paths->sock, &env->client);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	err = next_of_book(env);
	client_free(env->client);
	env->client = NULL;
	return err;
}

/* --- the table --- */

static const struct cmd cmd_schedule_list = {
    .name = "list",
    .args = "",
    .summary = "what is planned, and what is suggested",
    .flags = CMD_DAEMON | CMD_READS,
    .run = list_run,
};

static const struct cmd cmd_schedule_remove = {
    .name = "remove",
    .args = "NAME",
    .summary = "end one, from tomorrow on",
    .flags = CMD_DAEMON,
    .run = remove_run,
};

static const struct cmd cmd_schedule_next = {
    .name = "next",
    .args = "[--rule RRULE --start LOCAL [--zone ZONE] [--exdate LOCAL]... "
	    "--count N]",
    .summary = "the next times: of all that is planned, or of a rule",
    .flags = CMD_READS,
    .opts = schedule_next_opts,
    .run = next_run,
};

static const struct cmd *const subs[] = {
    &cmd_schedule_add,
    &cmd_schedule_list,
    &cmd_schedule_next,
    &cmd_schedule_remove,
    NULL,
};

const struct cmd cmd_schedule = {
    .name = "schedule",
    .args = "",
    .summary = "when you are asked: list, add, remove, next",
    .help = "Nothing is asked that is not planned here. An edit is in force "
	    "from the next day; what is due today stays as it is. `keel "
	    "schedule` alone lists.",
    .flags = CMD_DAEMON | CMD_READS,
    .subs = subs,
    .run = list_run,
};
