/*
 * cmd_schedule - when she is asked: what is planned, in words and with the
 * next three times; ending one.  Adding is in cmd_schedule_add.c, what comes
 * next in cmd_schedule_next.c.
 */
#include "cmd_schedule.h"

#include <string.h>

#include "cmds.h"
#include "evenkeel/limits.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "steps.h"

static const struct cmd cmd_schedule_list, cmd_schedule_remove; /* below */

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
	if (err == EK_OK) /* keeld suggests to `start`, before there is one */
		err = ops_need_book(env);
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
