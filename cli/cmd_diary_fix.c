/*
 * cmd_diary_fix - mending an entry: on the screens with what it says filled
 * in, or from options and stdin.  Only what was changed is sent; the rest of
 * the entry stays.
 */
#include <stdio.h>
#include <string.h>

#include "cmds.h"
#include "diary.h"
#include "evenkeel/limits.h"
#include "form.h"
#include "given_opts.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "session.h"
#include "steps.h"

/* --- what the entry says --- */

static void
fill_answers(struct given *given, json_t *answers)
{
	const json_t *value;
	const char *id;
	char number[40];

	json_object_foreach(answers, id, value)
	{
		snprintf(
		    number, sizeof(number), "%.17g", json_number_value(value));
		/* an item the form no longer has stays as it is */
		if (given_answer(given, id, number, NULL) != EK_OK)
			continue;
	}
}

/* Signs and strategies go by their words: ids may have come to mean others
 * since. */
static size_t
find_text(const struct form_bullet *bullets, size_t count, const char *text)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(bullets[i].text, text) == 0)
			break;
	return i;
}

static void
fill_marks(struct given *given, const json_t *entry)
{
	const struct form *form = given->form;
	const json_t *list = json_object_get(entry, "signs"), *json;
	size_t i, at;

	json_array_foreach(list, i, json)
	{
		at = find_text(
		    form->signs, form->sign_count, ops_text(json, "text"));
		if (at < form->sign_count)
			given->signs[at] = ops_int(json, "level") > SIGN_LITTLE
					       ? SIGN_LOT
					       : SIGN_LITTLE;
	}
	list = json_object_get(entry, "used");
	json_array_foreach(list, i, json)
	{
		const json_t *helped = json_object_get(json, "helped");
		long long value = json_integer_value(helped);

		at = find_text(form->strategies, form->strategy_count,
		    ops_text(json, "text"));
		if (at < form->strategy_count)
			given->used[at] = json_is_integer(helped) &&
						  value >= 0 &&
						  value <= HELPED_MAX
					      ? (signed char)value
					      : USED_SAID;
	}
}

/* The first note is the entry's own; those added later stay as they are. */
static void
fill_words(struct given *given, const json_t *notes)
{
	const json_t *note;
	bool first = true;
	size_t i;

	json_array_foreach(notes, i, note)
	{
		const char *text = ops_text(note, "text");
		const char *item = reply_text(note, "item");
		enum ek_err err;

		if (item == NULL && !first)
			continue;
		first = first && item != NULL;
		err = item == NULL ? given_note(given, text, strlen(text), NULL)
				   : given_text(given, item, text, NULL);
		if (err != EK_OK)
			continue; /* no item of today's form */
	}
}

/* --- the command --- */

struct wish {
	const char *id;
	struct given_wish given;
	bool plain;
};

static enum ek_err
read_wish(int argc, char **argv, struct wish *ret, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;
	bool mine;

	args_init(&args, &cmd_diary_fix, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt != NULL) {
			err = given_opts_see(
			    &ret->given, opt, value, &mine, reterr_why);
			ret->plain = ret->plain || !mine;
		} else if (ret->id == NULL) {
			ret->id = value;
		} else {
			err = ek_why(reterr_why, EK_USAGE,
			    "one entry at a time is mended; give one id");
		}
		if (err != EK_OK)
			return err;
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (ret->id == NULL)
		return ek_why(reterr_why, EK_USAGE,
		    "fix wants the id of an entry; `keel diary` shows them");
	return given_opts_check(&ret->given, reterr_why);
}

static enum ek_err
send(struct cmd_env *env, const char *path, const struct given *given,
    json_t *before)
{
	json_t *change = given_change(given, before);
	json_t *reply = NULL;
	enum ek_err err;

	if (change != NULL && json_object_size(change) == 0) {
		json_decref(change);
		out_line(
		    env->out, "Nothing was changed; the entry is as it was.");
		return EK_OK;
	}
	err = steps_post_take(env, path, change, &reply);
	if (err != EK_OK)
		return err;
	out_line(env->out, "Mended; it is now %.8s.", ops_text(reply, "id"));
	out_json(env->out, reply);
	json_decref(reply);
	return EK_OK;
}

static enum ek_err
get_form(struct cmd_env *env, const json_t *entry, struct form **ret)
{
	struct ek_why why = {""};
	json_t *json = NULL;
	struct buf path;
	enum ek_err err;

	if (strcmp(ops_text(entry, "kind"), "check-in") != 0)
		return ops_fail(env, EK_INVALID,
		    "only check-ins can be mended; `keel diary delete` takes "
		    "this entry away");
	buf_init(&path, EK_HTTP_PATH_MAX);
	buf_str(&path, "/v1/form?instrument=");
	reply_url(ops_text(entry, "instrument"), &path);
	err = ops_call(env, "GET", buf_text(&path), NULL, &json);
	if (err == EK_OK) {
		/* the open question belongs to a new check-in */
		json_object_set_new(json, "ask_open_question", json_null());
		err = form_read(json, ret, &why);
		if (err != EK_OK)
			out_fail(env->out, err, &why);
	}
	json_decref(json);
	buf_done(&path);
	return err;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct wish wish = {.id = NULL};
	struct ek_why why = {""};
	json_t *entry = NULL, *before = NULL;
	struct form *form = NULL;
	struct given *given = NULL;
	char path[64];
	enum ek_err err;

	err = read_wish(argc, argv, &wish, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	if (!wish.given.scripted)
		err = steps_screens(env, "what changes");
	if (err == EK_OK)
		err = diary_find(env, wish.id, &entry);
	if (err == EK_OK)
		err = get_form(env, entry, &form);
	if (err != EK_OK)
		goto out;
	err = given_new(form, &given);
	if (err != EK_OK) {
		out_fail(env->out, err, NULL);
		goto out;
	}
	fill_answers(given, json_object_get(entry, "answers"));
	fill_marks(given, entry);
	fill_words(given, json_object_get(entry, "notes"));
	given_settle(given);
	before = given_body(given);
	snprintf(
	    path, sizeof(path), "/v1/diary/%.32s/fix", ops_text(entry, "id"));
	if (!wish.given.scripted)
		err = session_fix(env, given, path, before, wish.plain);
	else
		err = given_opts_take(
		    env, &cmd_diary_fix, argc, argv, &wish.given, given);
	if (err == EK_OK && wish.given.scripted)
		err = send(env, path, given, before);
out:
	json_decref(before);
	given_free(given);
	form_free(form);
	json_decref(entry);
	return err;
}

static const struct cmd_opt opts[] = {
    GIVEN_OPTS,
    {"--plain", NULL, "question by question, without screens", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_diary_fix = {
    .name = "fix",
    .args = "ID [--answers -] [--note [-]]",
    .summary = "mend an entry",
    .help = "On a terminal the screens come up with what the entry says; "
	    "change what is wrong. Otherwise only what the options or lines "
	    "name is changed. The mended entry keeps its day.",
    .flags = CMD_DAEMON,
    .opts = opts,
    .run = run,
};
