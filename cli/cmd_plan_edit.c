/*
 * cmd_plan_edit - changing the plan: in her editor, or from a file.
 *
 * A text that is refused, or that keeld was not there for, is never lost: it
 * is offered for editing again until it is saved or she throws it away.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "cmds.h"
#include "editor.h"
#include "evenkeel/limits.h"
#include "evenkeel/plan.h"
#include "evenkeel/text.h"
#include "file.h"
#include "input.h"
#include "ops.h"
#include "out.h"
#include "plan_view.h"
#include "reply.h"
#include "steps.h"

struct edit {
	struct cmd_env *env;
	struct buf text;
	char base[40]; /* the version the text began from; "" without a plan */
};

enum choice { CHOICE_EDIT, CHOICE_RETRY, CHOICE_MINE, CHOICE_DROP };

/* Her answer; the text is printed when there is nobody to answer. */
static enum choice
choose(struct edit *edit, const char *question, bool mine)
{
	const struct ask ask = {.question = question,
	    .suggestion = "e",
	    .instead = "use `keel plan import FILE` instead",
	    .max = 16};
	enum choice choice = CHOICE_DROP;
	struct ek_why why = {""};
	struct buf answer;
	char c;

	for (;;) {
		buf_init(&answer, ask.max);
		if (input_held(edit->env, &ask, &answer, &why) != EK_OK) {
			buf_done(&answer);
			out_gap(edit->env->out);
			out_line(edit->env->out,
			    "Nothing was saved. This is your text:");
			out_gap(edit->env->out);
			out_raw(edit->env->out, buf_text(&edit->text),
			    edit->text.len);
			return CHOICE_DROP;
		}
		c = buf_text(&answer)[0];
		buf_done(&answer);
		if (c == 'e' || c == 'E')
			return CHOICE_EDIT;
		if (c == 'r' || c == 'R')
			return CHOICE_RETRY;
		if (mine && (c == 'm' || c == 'M'))
			return CHOICE_MINE;
		if (c == 'd' || c == 'D')
			return choice;
	}
}

/* Somebody, or she on another desk, saved a version meanwhile. */
static enum choice
conflict(struct edit *edit)
{
	struct out *out = edit->env->out;
	json_t *plan = NULL, *reply = NULL;
	struct ek_why why = {""};
	enum choice choice;
	struct buf path;

	out_line(out,
	    "While you were editing, the plan was saved from another place. "
	    "Nothing is lost: your text is here, theirs is a version of its "
	    "own. This is what changed there:");
	out_gap(out);
	buf_init(&path, EK_HTTP_PATH_MAX);
	if (client_call(edit->env->client, "GET", "/v1/plan", NULL, NULL, &plan,
		&why) == EK_OK) {
		buf_fmt(&path, "/v1/plan/diff?from=%s&to=%.32s", edit->base,
		    ops_text(plan, "version"));
		if (edit->base[0] != '\0' &&
		    client_call(edit->env->client, "GET", buf_text(&path), NULL,
			NULL, &reply, &why) == EK_OK)
			plan_print_diff(out, ops_text(reply, "diff"));
		else
			plan_print(out, plan);
	}
	out_gap(out);
	choice = choose(edit,
	    "e edit your text again, m save yours as the newest, d drop "
	    "yours",
	    true);
	if (plan != NULL && (choice == CHOICE_MINE || choice == CHOICE_EDIT)) {
		/* she has seen it: from now on hers builds on it */
		snprintf(edit->base, sizeof(edit->base), "%s",
		    ops_text(plan, "version"));
	}
	buf_done(&path);
	json_decref(reply);
	json_decref(plan);
	return choice;
}

/* One try.  CHOICE_DROP with EK_OK: it is saved, nothing left to do. */
static enum ek_err
try_save(struct edit *edit, enum choice *ret)
{
	struct ek_why why = {""};
	struct plan *plan = NULL;
	json_t *reply = NULL;
	enum ek_err err;

	err = plan_parse(buf_text(&edit->text), edit->text.len, &plan, &why);
	plan_free(plan);
	if (err == EK_OK)
		err = plan_put(edit->env, &edit->text,
		    edit->base[0] == '\0' ? NULL : edit->base, &reply, &why);
	if (err == EK_OK) {
		plan_saved(edit->env, reply);
		json_decref(reply);
		*ret = CHOICE_DROP;
		return EK_OK;
	}
	if (err == EK_CONFLICT) {
		*ret = conflict(edit);
		return err;
	}
	out_fail(edit->env->out, err, &why);
	*ret = choose(edit,
	    "Your text is still here: e edit it again, r try to save it as "
	    "it is, d drop it",
	    false);
	return err;
}

static enum ek_err
edit_loop(struct edit *edit)
{
	enum choice choice = CHOICE_EDIT;
	struct ek_why why = {""};
	struct buf before;
	enum ek_err err;

	buf_init(&before, EK_PLAN_MAX + 1);
	buf_add(&before, buf_text(&edit->text), edit->text.len);
	do {
		if (choice == CHOICE_EDIT) {
			err = editor_run(edit->env, ".md", &edit->text, &why);
			if (err != EK_OK) {
				out_fail(edit->env->out, err, &why);
				break;
			}
			if (edit->text.len == before.len &&
			    memcmp(buf_text(&edit->text), buf_text(&before),
				before.len) == 0) {
				out_line(
				    edit->env->out, "Nothing was changed.");
				break;
			}
		}
		err = try_save(edit, &choice);
	} while (err != EK_OK && choice != CHOICE_DROP);
	buf_done(&before);
	return err;
}

static enum ek_err
begin(struct edit *edit, const char *lang)
{
	const struct plan_start start = {.lang = lang};
	struct ek_why why = {""};
	json_t *plan = NULL;
	enum ek_err err;

	err = ops_call(edit->env, "GET", "/v1/plan", NULL, &plan);
	if (err != EK_OK)
		return err;
	if (ops_text(plan, "text")[0] != '\0') {
		buf_str(&edit->text, ops_text(plan, "text"));
		snprintf(edit->base, sizeof(edit->base), "%s",
		    ops_text(plan, "version"));
	} else {
		err = plan_first(&start, &edit->text, &why);
	}
	json_decref(plan);
	if (err == EK_OK)
		err = buf_err(&edit->text);
	return err == EK_OK ? EK_OK : out_fail(edit->env->out, err, &why);
}

static enum ek_err
edit_run(struct cmd_env *env, int argc, char **argv)
{
	struct edit edit = {.env = env};
	enum ek_err err;

	err = ops_none(env, &cmd_plan_edit, argc, argv);
	if (err != EK_OK)
		return err;
	err = ops_need_book(env);
	if (err != EK_OK)
		return err;
	if (!env->tty_in || env->json)
		return ops_fail(env, EK_USAGE,
		    "there is no terminal for an editor; use `keel plan "
		    "export -` and `keel plan import -`");
	buf_init(&edit.text, EK_PLAN_MAX);
	err = begin(&edit, "en");
	if (err == EK_OK)
		err = edit_loop(&edit);
	buf_done(&edit.text);
	return err;
}

/* --- import --- */

static enum ek_err
read_plan(const char *path, struct buf *text, struct ek_why *reterr_why)
{
	struct plan *plan = NULL;
	enum ek_err err;

	err = file_read(path, text, reterr_why);
	if (err == EK_OK)
		err = plan_parse(buf_text(text), text->len, &plan, reterr_why);
	plan_free(plan);
	return err;
}

static enum ek_err
import_run(struct cmd_env *env, int argc, char **argv)
{
	struct ek_why why = {""};
	json_t *plan = NULL, *reply = NULL;
	const char *path;
	struct buf text;
	enum ek_err err;

	err = steps_one_arg(
	    env, &cmd_plan_import, argc, argv, "the file to read, or -", &path);
	if (err == EK_OK)
		err = ops_need_book(env);
	if (err != EK_OK)
		return err;
	buf_init(&text, EK_PLAN_MAX + 1);
	err = read_plan(path, &text, &why);
	if (err != EK_OK) {
		out_fail(env->out, err, &why);
		goto out;
	}
	err = ops_call(env, "GET", "/v1/plan", NULL, &plan);
	if (err != EK_OK)
		goto out;
	err = plan_put(env, &text, reply_text(plan, "version"), &reply, &why);
	if (err != EK_OK)
		out_fail(env->out, err, &why);
	else
		plan_saved(env, reply);
out:
	buf_done(&text);
	json_decref(plan);
	json_decref(reply);
	return err;
}

const struct cmd cmd_plan_edit = {
    .name = "edit",
    .args = "",
    .summary = "edit the plan in your editor",
    .help = "$VISUAL or $EDITOR is used, with its swap, undo and history "
	    "files off. A text that cannot be saved is never lost: you are "
	    "asked what to do with it.",
    .flags = CMD_DAEMON,
    .run = edit_run,
};

const struct cmd cmd_plan_import = {
    .name = "import",
    .args = "FILE",
    .summary = "take a Markdown file, or - for stdin, as the next version",
    .flags = CMD_DAEMON,
    .run = import_run,
};
