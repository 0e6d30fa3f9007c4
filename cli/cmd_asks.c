/*
 * cmd_asks - what she asked of somebody, and how long it is open.
 */
#include <string.h>

#include "cmds.h"
#include "evenkeel/limits.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "steps.h"

static const struct cmd cmd_asks_add, cmd_asks_done; /* below */

/* --- the list --- */

static void
put_ask(const json_t *ask, int digits, struct out *out)
{
	const char *owner = reply_text(ask, "owner");
	const char *done = reply_text(ask, "done");
	struct buf about;

	buf_init(&about, 400);
	if (owner != NULL)
		buf_fmt(&about, "%s, ", owner);
	if (done != NULL) {
		buf_str(&about, "done ");
		reply_when(done, NULL, &about);
	} else {
		long long days = ops_int(ask, "days_open");

		buf_str(&about, days > 0 ? "open " : "asked ");
		reply_days(days, &about);
	}
	out_text(out, OUT_PLAIN, 0, digits + 2, "%.*s  %s — %s", digits,
	    ops_text(ask, "id"), ops_text(ask, "text"), buf_text(&about));
	buf_done(&about);
}

static enum ek_err
list_run(struct cmd_env *env, int argc, char **argv)
{
	struct ek_why why = {""};
	const struct cmd_opt *opt;
	const char *value;
	const json_t *asks, *ask;
	json_t *reply = NULL;
	struct args args;
	bool all = false;
	size_t i;
	enum ek_err err;

	args_init(&args, &cmd_asks, argc, argv);
	while ((err = args_next(&args, &opt, &value, &why)) == EK_OK)
		if (opt == NULL)
			return out_fail(env->out,
			    ek_why(&why, EK_USAGE,
				"asks takes no words; `keel asks add -` reads "
				"one from stdin"),
			    &why);
		else
			all = true;
	if (err != EK_NOT_FOUND)
		return out_fail(env->out, err, &why);
	err = ops_call(
	    env, "GET", all ? "/v1/asks?all=1" : "/v1/asks", NULL, &reply);
	if (err != EK_OK)
		return err;
	asks = json_object_get(reply, "asks");
	if (json_array_size(asks) == 0)
		out_line(env->out,
		    all ? "Nothing was asked yet; `keel asks add` adds one."
			: "No ask is open; `keel asks add` adds one.");
	json_array_foreach(asks, i, ask)
	{
		put_ask(ask, reply_short(asks), env->out);
	}
	out_json(env->out, reply);
	json_decref(reply);
	return EK_OK;
}

/* --- adding and closing --- */

static enum ek_err
add_read(int argc, char **argv, const char **ret_owner, bool *ret_stdin,
    struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_asks_add, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt != NULL)
			*ret_owner = value;
		else if (strcmp(value, "-") == 0)
			*ret_stdin = true;
		else
			return ek_why(reterr_why, EK_USAGE,
			    "words are never arguments, where others of this "
			    "computer could read them; pipe them into "
			    "`keel asks add -`, or leave them out for the "
			    "editor");
	}
	return err == EK_NOT_FOUND ? EK_OK : err;
}

static enum ek_err
add_run(struct cmd_env *env, int argc, char **argv)
{
	struct steps_words how = {
	    .what = "the ask", .how = "keel asks add -", .suffix = ".txt"};
	const char *owner = NULL;
	struct ek_why why = {""};
	json_t *reply = NULL;
	struct buf text;
	enum ek_err err;

	err = add_read(argc, argv, &owner, &how.from_stdin, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	err = ops_need_book(env);
	if (err != EK_OK)
		return err;
	buf_init(&text, EK_ASK_MAX);
	err = steps_words(env, &how, &text);
	if (err == EK_OK)
		err = steps_post_take(env, "/v1/asks",
		    json_pack("{s:s%,s:s?}", "text", buf_text(&text), text.len,
			"owner", owner),
		    &reply);
	buf_done(&text);
	if (err != EK_OK)
		return err;
	out_line(env->out, "Added as %.8s.", ops_text(reply, "id"));
	out_json(env->out, reply);
	json_decref(reply);
	return EK_OK;
}

static enum ek_err
done_run(struct cmd_env *env, int argc, char **argv)
{
	const json_t *ask = NULL;
	struct ek_why why = {""};
	json_t *list = NULL;
	const char *id;
	struct buf path;
	enum ek_err err;

	err = steps_one_arg(
	    env, &cmd_asks_done, argc, argv, "the id of an ask", &id);
	if (err == EK_OK)
		err = ops_call(env, "GET", "/v1/asks", NULL, &list);
	if (err != EK_OK)
		return err;
	buf_init(&path, EK_HTTP_PATH_MAX);
	err = reply_find(json_object_get(list, "asks"), id, "an open ask",
	    "keel asks", &ask, &why);
	if (err == EK_OK) {
		buf_fmt(&path, "/v1/asks/%s/done", ops_text(ask, "id"));
		err =
		    steps_post_take(env, buf_text(&path), json_object(), NULL);
	} else {
		out_fail(env->out, err, &why);
	}
	if (err == EK_OK)
		out_line(env->out, "Done: %s", ops_text(ask, "text"));
	buf_done(&path);
	json_decref(list);
	return err;
}

static const struct cmd_opt add_opts[] = {
    {"--owner", "NAME", "whose it is to do", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct cmd cmd_asks_add = {
    .name = "add",
    .args = "[-] [--owner NAME]",
    .summary = "add an ask, from the editor or stdin",
    .flags = CMD_DAEMON,
    .opts = add_opts,
    .run = add_run,
};

static const struct cmd cmd_asks_done = {
    .name = "done",
    .args = "ID",
    .summary = "an ask was met",
    .flags = CMD_DAEMON,
    .run = done_run,
};

static const struct cmd *const subs[] = {
    &cmd_asks_add,
    &cmd_asks_done,
    NULL,
};

static const struct cmd_opt opts[] = {
    {"--all", NULL, "those that were met, too", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_asks = {
    .name = "asks",
    .args = "[--all]",
    .summary = "what you asked of others, oldest first",
    .help = "An ask is something you want of somebody: a quiet place, an "
	    "answer, a change. It stands here with the days it has been "
	    "open until you say it is done.",
    .flags = CMD_DAEMON | CMD_READS,
    .opts = opts,
    .subs = subs,
    .run = list_run,
};
