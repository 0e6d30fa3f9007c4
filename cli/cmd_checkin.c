/*
 * cmd_checkin - one check-in: screens on a terminal, or all of it from
 * options and stdin.  Words never come as arguments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmds.h"
#include "form.h"
#include "given_opts.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "session.h"
#include "steps.h"
#include "words_page.h"

struct wish { /* what the arguments say, before the form is known */
	const char *instrument;
	struct given_wish given;
	bool off_record, took_place, plain;
};

static enum ek_err
read_opt(struct wish *wish, const struct cmd_opt *opt, const char *value,
    struct ek_why *reterr_why)
{
	enum ek_err err;
	bool mine;

	err = given_opts_see(&wish->given, opt, value, &mine, reterr_why);
	if (err != EK_OK || mine)
		return err;
	if (strcmp(opt->name, "--off-record") == 0)
		wish->off_record = true;
	else if (strcmp(opt->name, "--took-place") == 0)
		wish->took_place = true;
	else
		wish->plain = true;
	return EK_OK;
}

static enum ek_err
check_wish(const struct wish *wish, struct ek_why *reterr_why)
{
	if (wish->took_place && !wish->off_record)
		return ek_why(reterr_why, EK_USAGE,
		    "--took-place belongs to --off-record; give both");
	if (wish->off_record && wish->given.note == GIVEN_NOTE_EDITOR)
		return ek_why(reterr_why, EK_USAGE,
		    "an editor would write the note into a file, and off the "
		    "record it is in none; pipe it in with --note -");
	return given_opts_check(&wish->given, reterr_why);
}

/* As questionnaires have them: "who-5". */
static bool
is_name(const char *word)
{
	size_t len = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQR"
				  "STUVWXYZ0123456789-._");

	return len > 0 && word[len] == '\0';
}

static enum ek_err
read_wish(int argc, char **argv, struct wish *ret, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_checkin, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt != NULL)
			err = read_opt(ret, opt, value, reterr_why);
		else if (!is_name(value))
			err = ek_why(reterr_why, EK_USAGE,
			    "words are never arguments, where others of this "
			    "computer could read them; give --note - and pipe "
			    "them in, or --note alone for the editor");
		else if (ret->instrument == NULL)
			ret->instrument = value;
		else
			err = ek_why(reterr_why, EK_USAGE,
			    "checkin takes one instrument; leave out the "
			    "rest, words are never arguments");
		if (err != EK_OK)
			return err;
	}
	return err == EK_NOT_FOUND ? check_wish(ret, reterr_why) : err;
}

/* --- scripted --- */

static void
print_scores(const json_t *scores, struct out *out)
{
	const json_t *score;
	size_t i;

	json_array_foreach(scores, i, score)
	{
		const char *band = reply_text(score, "band");

		if (band != NULL)
			out_line(out, "%s: %g, %s (a score, not a judgement).",
			    ops_text(score, "measure"),
			    json_number_value(json_object_get(score, "value")),
			    band);
	}
}

static void
print_saved(const struct given *given, const json_t *reply, struct out *out)
{
	if (!given->off_record)
		out_line(out, "Saved.");
	else if (given->took_place)
		out_line(out, "Off the record; only that it took place.");
	else
		out_line(out, "Off the record; nothing of it was kept.");
	print_scores(json_object_get(reply, "scores"), out);
	out_gap(out);
	words_print(json_object_get(reply, "words"), WORDS_CHECKIN,
	    given->form->locked, out);
	out_gap(out);
	out_text(out, OUT_DIM, 0, 0, "%s", given->form->nobody);
}

static enum ek_err
run_scripted(struct cmd_env *env, const struct wish *wish, struct given *given,
    int argc, char **argv)
{
	struct ek_why why = {""};
	json_t *reply = NULL;
	enum ek_err err;

	err =
	    given_opts_take(env, &cmd_checkin, argc, argv, &wish->given, given);
	if (err != EK_OK)
		return err;
	if (given_is_empty(given))
		return out_fail(env->out,
		    ek_why(&why, EK_USAGE,
			"no answer was given, so nothing was saved; give "
			"ID=VALUE lines with --answers -"),
		    &why);
	err = steps_post_take(env, "/v1/checkins", given_body(given), &reply);
	if (err != EK_OK)
		return err;
	if (env->json)
		out_json(env->out, reply);
	else
		print_saved(given, reply, env->out);
	json_decref(reply);
	return EK_OK;
}

/* --- both --- */

/* Without a name: the pulse; on the screens also the one other that waits,
 * if the pulse does not. */
static enum ek_err
choose(struct cmd_env *env, struct wish *wish, char *out, size_t size)
{
	const char *name = "pulse";
	const json_t *open, *slot;
	json_t *today = NULL;
	size_t i;
	enum ek_err err;

	if (wish->instrument != NULL || wish->given.scripted) {
		snprintf(out, size, "%s",
		    wish->instrument == NULL ? name : wish->instrument);
		return EK_OK;
	}
	err = ops_call(env, "GET", "/v1/today", NULL, &today);
	if (err != EK_OK)
		return err;
	open = json_object_get(today, "open");
	json_array_foreach(open, i, slot)
	{
		if (strcmp(ops_text(slot, "instrument"), "pulse") == 0)
			break;
	}
	if (json_array_size(open) == 1 && i == 1)
		name = ops_text(json_array_get(open, 0), "instrument");
	snprintf(out, size, "%s", name);
	json_decref(today);
	return EK_OK;
}

static enum ek_err
get_form(struct cmd_env *env, struct wish *wish, struct form **ret)
{
	char name[EK_ITEM_ID_MAX + 1];
	struct ek_why why = {""};
	json_t *json = NULL;
	struct buf path;
	enum ek_err err;

	err = choose(env, wish, name, sizeof(name));
	if (err != EK_OK)
		return err;
	buf_init(&path, EK_HTTP_PATH_MAX);
	buf_str(&path, "/v1/form?instrument=");
	reply_url(name, &path);
	err = ops_call(env, "GET", buf_text(&path), NULL, &json);
	if (err == EK_OK) {
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
	struct wish wish = {.instrument = NULL};
	struct ek_why why = {""};
	struct form *form = NULL;
	struct given *given = NULL;
	enum ek_err err;

	err = read_wish(argc, argv, &wish, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	if (!wish.given.scripted)
		err = steps_screens(env, "the answers");
	if (err == EK_OK)
		err = get_form(env, &wish, &form);
	if (err != EK_OK)
		return err;
	err = given_new(form, &given);
	if (err != EK_OK) {
		out_fail(env->out, err, NULL);
		goto out;
	}
	given->off_record = wish.off_record;
	given->took_place = wish.took_place;
	if (wish.given.scripted)
		err = run_scripted(env, &wish, given, argc, argv);
	else
		err = session_checkin(env, given, wish.plain);
out:
	given_free(given);
	form_free(form);
	return err;
}

static const struct cmd_opt opts[] = {
    GIVEN_OPTS,
    {"--off-record", NULL, "nothing of it is written anywhere", NULL},
    {"--took-place", NULL, "with --off-record: keep that it took place", NULL},
    {"--plain", NULL, "question by question, without screens", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_checkin = {
    .name = "checkin",
    .args = "[INSTRUMENT] [--answers -] [--note [-]] [--off-record]",
    .summary = "check in; your own words come back",
    .help =
	"On a terminal: at most five screens. A digit answers and moves on, "
	"Enter goes on, b goes back, q leaves and keeps nothing; where words "
	"are written, Up goes back and Esc leaves. Your signs and strategies "
	"are asked with the pulse only.\n"
	"\n"
	"In a script: --answers - reads lines from stdin, so that nobody sees "
	"them among the processes of this computer. Answers go by the id of "
	"the item, signs and strategies by their id in the plan, and note= "
	"may stand more than once, a line each:\n"
	"  mood=7\n"
	"  sign.s1=1\n"
	"  used.h2=3\n"
	"  note=A long day\n"
	"\n"
	"All of it is saved in one piece or not at all. With --off-record "
	"nothing of it is ever written down.",
    .flags = CMD_DAEMON | CMD_READS,
    .opts = opts,
    .run = run,
};
