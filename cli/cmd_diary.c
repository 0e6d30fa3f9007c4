/*
 * cmd_diary - her entries: reading and deleting them (mending is in
 * cmd_diary_fix.c).  What is deleted is gone from every file the book uses.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "cmds.h"
#include "diary.h"
#include "evenkeel/civil.h"
#include "evenkeel/limits.h"
#include "input.h"
#include "ops.h"
#include "out.h"
#include "page.h"
#include "reply.h"
#include "steps.h"

#define LINE_MAX_BYTES 65536

/* --- an entry --- */

static void
put_list(struct out *out, const char *name, const struct buf *list)
{
	if (list->len > 0)
		out_text(out, OUT_PLAIN, 2, 2, "%s%s", name, buf_text(list));
}

static void
put_answers(json_t *answers, struct out *out)
{
	const json_t *value;
	const char *id;
	struct buf list;

	buf_init(&list, LINE_MAX_BYTES);
	json_object_foreach(answers, id, value)
	{
		buf_fmt(&list, "%s%s %g", list.len == 0 ? "" : ", ", id,
		    json_number_value(value));
	}
	put_list(out, "", &list);
	buf_done(&list);
}

static void
put_scores(const json_t *scores, struct out *out)
{
	const json_t *score;
	struct buf list;
	size_t i;

	buf_init(&list, LINE_MAX_BYTES);
	json_array_foreach(scores, i, score)
	{
		const char *band = reply_text(score, "band");

		if (band != NULL)
			buf_fmt(&list, "%s%s %g, %s", list.len == 0 ? "" : "; ",
			    ops_text(score, "measure"),
			    json_number_value(json_object_get(score, "value")),
			    band);
	}
	put_list(out, "", &list);
	buf_done(&list);
}

static void
put_signs(const json_t *signs, struct out *out)
{
	const json_t *sign;
	struct buf list;
	size_t i;

	buf_init(&list, LINE_MAX_BYTES);
	json_array_foreach(signs, i, sign)
	{
		buf_fmt(&list, "%s%s (%s)", i == 0 ? "" : "; ",
		    ops_text(sign, "text"),
		    ops_int(sign, "level") > 1 ? "a lot" : "a little");
	}
	put_list(out, "signs: ", &list);
	buf_done(&list);
}

static void
put_used(const json_t *used, struct out *out)
{
	const json_t *strategy;
	struct buf list;
	size_t i;

	buf_init(&list, LINE_MAX_BYTES);
	json_array_foreach(used, i, strategy)
	{
		const json_t *helped = json_object_get(strategy, "helped");

		buf_fmt(&list, "%s%s", i == 0 ? "" : "; ",
		    ops_text(strategy, "text"));
		if (json_is_number(helped))
			buf_fmt(&list, " (helped %g of 3)",
			    json_number_value(helped));
	}
	put_list(out, "used: ", &list);
	buf_done(&list);
}

static void
put_notes(const json_t *notes, struct out *out)
{
	const json_t *note;
	size_t i;

	json_array_foreach(notes, i, note)
	{
		const char *question = reply_text(note, "question");

		if (question != NULL)
			out_text(out, OUT_DIM, 2, 2, "%s", question);
		out_text(out, OUT_PLAIN, question == NULL ? 2 : 4, 0, "%s%s",
		    question == NULL ? "note: " : "", ops_text(note, "text"));
	}
}

void
diary_put(json_t *entry, int digits, struct out *out)
{
	const char *title = reply_text(entry, "title");
	struct buf head;

	buf_init(&head, LINE_MAX_BYTES);
	buf_fmt(&head, "%.*s  ", digits, ops_text(entry, "id"));
	reply_when(reply_text(entry, "local"), NULL, &head);
	if (title == NULL)
		title = strcmp(ops_text(entry, "kind"), "hard-day") == 0
			    ? "A hard day"
			    : "From a file";
	buf_fmt(&head, "  %s%s", title,
	    ops_true(entry, "mended") ? " (mended)" : "");
	out_text(out, OUT_STRONG, 0, digits + 2, "%s", buf_text(&head));
	put_answers(json_object_get(entry, "answers"), out);
	put_scores(json_object_get(entry, "scores"), out);
	put_signs(json_object_get(entry, "signs"), out);
	put_used(json_object_get(entry, "used"), out);
	put_notes(json_object_get(entry, "notes"), out);
	buf_done(&head);
}

enum ek_err
diary_find(struct cmd_env *env, const char *prefix, json_t **ret)
{
	const json_t *found = NULL;
	struct ek_why why = {""};
	json_t *reply = NULL;
	enum ek_err err;

	err = ops_call(env, "GET", "/v1/diary", NULL, &reply);
	if (err != EK_OK)
		return err;
	err = reply_find(json_object_get(reply, "entries"), prefix, "an entry",
	    "keel diary", &found, &why);
	if (err == EK_OK)
		*ret = json_deep_copy(found);
	if (err == EK_OK && *ret == NULL)
		err = EK_NOMEM;
	json_decref(reply);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}

/* --- the list --- */

struct days {
	const char *since, *until; /* NULL: not given */
};

static enum ek_err
take_day(struct days *days, const struct cmd_opt *opt, const char *value,
    struct ek_why *reterr_why)
{
	const char **to =
	    strcmp(opt->name, "--since") == 0 ? &days->since : &days->until;
	struct civil ignored;

	if (!civil_parse_date(value, &ignored))
		return ek_why(reterr_why, EK_USAGE,
		    "%s wants a day; give it as %s 2026-11-01", opt->name,
		    opt->name);
	if (*to != NULL)
		return ek_why(reterr_why, EK_USAGE,
		    "%s is given twice; give one day", opt->name);
	*to = value;
	return EK_OK;
}

static enum ek_err
read_days(int argc, char **argv, struct days *ret, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_diary, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt == NULL)
			err = ek_why(reterr_why, EK_USAGE,
			    "diary takes no words; `keel help diary` says what "
			    "it takes");
		else
			err = take_day(ret, opt, value, reterr_why);
		if (err != EK_OK)
			return err;
	}
	if (err != EK_NOT_FOUND)
		return err;
	/* a day has one form, and text of it sorts by time */
	if (ret->since != NULL && ret->until != NULL &&
	    strcmp(ret->since, ret->until) > 0)
		return ek_why(reterr_why, EK_USAGE,
		    "--since is a later day than --until, so no day lies "
		    "between them; exchange the two");
	return EK_OK;
}

static void
put_path(const struct days *days, struct buf *ret)
{
	buf_str(ret, "/v1/diary");
	if (days->since != NULL)
		buf_fmt(ret, "?since=%s", days->since);
	if (days->until != NULL)
		buf_fmt(ret, "%cuntil=%s", days->since != NULL ? '&' : '?',
		    days->until);
}

static void
put_entries(json_t *entries, bool all, struct out *out)
{
	int digits = reply_short(entries);
	json_t *entry;
	size_t i;

	if (json_array_size(entries) == 0 && all)
		out_line(out,
		    "Your diary is empty; `keel checkin` writes the first "
		    "entry.");
	else if (json_array_size(entries) == 0)
		out_line(out, "No entry in these days.");
	json_array_foreach(entries, i, entry)
	{
		if (i > 0)
			out_gap(out);
		diary_put(entry, digits, out);
	}
}

static enum ek_err
list_run(struct cmd_env *env, int argc, char **argv)
{
	struct days days = {NULL, NULL};
	struct ek_why why = {""};
	json_t *reply = NULL;
	struct buf path;
	enum ek_err err;

	buf_init(&path, EK_HTTP_PATH_MAX);
	err = read_days(argc, argv, &days, &why);
	put_path(&days, &path);
	if (err != EK_OK)
		out_fail(env->out, err, &why);
	else
		err = ops_call(env, "GET", buf_text(&path), NULL, &reply);
	if (err == EK_OK && env->json)
		out_json(env->out, reply);
	else if (err == EK_OK)
		put_entries(json_object_get(reply, "entries"),
		    days.since == NULL && days.until == NULL, env->out);
	json_decref(reply);
	buf_done(&path);
	return err;
}

/* --- deleting --- */

static const struct cmd cmd_diary_delete; /* below */

static enum ek_err
delete_read(int argc, char **argv, const char **ret_id, bool *ret_yes,
    struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_diary_delete, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt != NULL)
			*ret_yes = true;
		else if (*ret_id == NULL)
			*ret_id = value;
		else
			return ek_why(reterr_why, EK_USAGE,
			    "one entry at a time is deleted; give one id");
	}
	if (err == EK_NOT_FOUND && *ret_id == NULL)
		return ek_why(reterr_why, EK_USAGE,
		    "delete wants the id of an entry; `keel diary` shows "
		    "them");
	return err == EK_NOT_FOUND ? EK_OK : err;
}

static enum ek_err
confirm(struct cmd_env *env, json_t *entry, bool *ret)
{
	const struct ask ask = {
	    .question = "Delete this entry for good, with its notes?",
	    .suggestion = "n",
	    .instead = "give --yes to delete it without being asked",
	};
	struct ek_why why = {""};
	enum ek_err err;

	diary_put(entry, 4, env->out);
	err = input_yes(env, &ask, ret, &why);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}

static enum ek_err
send_delete(struct cmd_env *env, const char *id)
{
	char path[64];
	json_t *reply = NULL;
	const json_t *copy;
	const char *state;
	enum ek_err err;

	snprintf(path, sizeof(path), "/v1/diary/%.32s", id);
	err = ops_call(env, "DELETE", path, NULL, &reply);
	if (err != EK_OK)
		return err;
	out_line(env->out,
	    "Deleted; its content is gone from every file your book uses.");
	ops_say_aside(env, reply);
	copy = json_object_get(reply, "copy");
	state = ops_text(copy, "state");
	if (strcmp(state, "late") == 0 || strcmp(state, "failed") == 0 ||
	    strcmp(state, "foreign") == 0)
		out_line(env->out,
		    "The sealed copy could not be written anew, so the copy "
		    "there may still hold it: %s",
		    ops_text(copy, "words"));
	out_json(env->out, reply);
	json_decref(reply);
	return EK_OK;
}

static enum ek_err
delete_run(struct cmd_env *env, int argc, char **argv)
{
	const char *prefix = NULL;
	struct ek_why why = {""};
	json_t *entry = NULL;
	bool yes = false;
	enum ek_err err;

	err = delete_read(argc, argv, &prefix, &yes, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	err = diary_find(env, prefix, &entry);
	if (err != EK_OK)
		return err;
	if (!yes)
		err = confirm(env, entry, &yes);
	if (err == EK_OK && !yes) {
		out_line(env->out, "Kept.");
		err = EK_INVALID;
	}
	if (err == EK_OK)
		err = send_delete(env, ops_text(entry, "id"));
	json_decref(entry);
	return err;
}

static const struct cmd_opt delete_opts[] = {
    {"--yes", NULL, "do not ask", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct cmd cmd_diary_delete = {
    .name = "delete",
    .args = "ID [--yes]",
    .summary = "delete an entry and its notes for good",
    .flags = CMD_DAEMON,
    .opts = delete_opts,
    .run = delete_run,
};

static const struct cmd *const subs[] = {
    &cmd_diary_delete,
    &cmd_diary_fix,
    NULL,
};

static const struct cmd_opt opts[] = {
    {"--since", "DAY", "from this day on", NULL},
    {"--until", "DAY", "up to this day", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_diary = {
    .name = "diary",
    .args = "[--since DAY] [--until DAY]",
    .summary = "read your check-ins, mend or delete one",
    .help = "Newest last. The digits before each entry are enough of its id "
	    "for fix and delete. A mended entry stands in the place of the "
	    "one it mends; a deleted one is gone from every file the "
	    "book uses, with its notes.",
    .flags = CMD_DAEMON | CMD_READS,
    .opts = opts,
    .subs = subs,
    .run = list_run,
};
