/*
 * cmd_hard - a hard day: two keys, then her own words.  It says on itself
 * what it sends: nothing.
 */
#include <string.h>

#include "cmds.h"
#include "evenkeel/limits.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "session.h"
#include "steps.h"
#include "words_page.h"

struct wish {
	bool note, note_stdin, plain;
};

static enum ek_err
read_wish(int argc, char **argv, struct wish *ret, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_hard, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt == NULL || (value != NULL && strcmp(value, "-") != 0))
			return ek_why(reterr_why, EK_USAGE,
			    "words are never arguments, where others of this "
			    "computer could read them; give --note - and "
			    "pipe them in, or --note for the editor");
		if (strcmp(opt->name, "--plain") == 0) {
			ret->plain = true;
			continue;
		}
		ret->note = true;
		ret->note_stdin = value != NULL;
	}
	return err == EK_NOT_FOUND ? EK_OK : err;
}

static enum ek_err
send_note(struct cmd_env *env, const char *id, const struct buf *words)
{
	return steps_post_take(env, "/v1/notes",
	    json_pack(
		"{s:s,s:s%}", "of", id, "text", buf_text(words), words->len),
	    NULL);
}

static void
print(const json_t *reply, bool locked, struct out *out)
{
	out_line(out, "Written down. %s", ops_text(reply, "sends"));
	out_gap(out);
	words_print(json_object_get(reply, "words"), WORDS_HARD, locked, out);
	out_gap(out);
	out_text(out, OUT_DIM, 0, 0, "%s", ops_text(reply, "nobody"));
}

/* Piped words are read before anything is sent, so that a mistake in them
 * leaves nothing behind; the editor comes after her words are there, and may
 * be left without a word. */
static enum ek_err
run_plain(struct cmd_env *env, const struct wish *wish, bool locked)
{
	bool piped = wish->note && (wish->note_stdin || !env->tty_in);
	const struct steps_words how = {.what = "the note",
	    .how = "keel hard --note -",
	    .from_stdin = piped,
	    .may_be_empty = !piped,
	    .suffix = ".txt"};
	json_t *reply = NULL;
	struct buf words;
	enum ek_err err = EK_OK;

	buf_init(&words, EK_NOTE_MAX);
	if (piped)
		err = steps_words(env, &how, &words);
	if (err == EK_OK)
		err = steps_post_take(env, "/v1/hard", json_object(), &reply);
	if (err != EK_OK)
		goto out;
	print(reply, locked, env->out);
	if (wish->note && !piped)
		err = steps_words(env, &how, &words);
	if (err == EK_OK && words.len > 0)
		err = send_note(env, ops_text(reply, "id"), &words);
	else if (err == EK_OK && wish->note)
		out_line(env->out, "No note was written.");
	if (err == EK_OK)
		out_json(env->out, reply);
out:
	json_decref(reply);
	buf_done(&words);
	return err;
}

/* No book, so no words of hers; whom to call is there all the same. */
static enum ek_err
run_no_book(struct cmd_env *env, const json_t *status)
{
	const json_t *lines =
	    json_object_get(json_object_get(status, "help"), "lines");
	const json_t *line;
	size_t i;

	if (!env->json) {
		out_line(env->out, "%s", ops_text(status, "nobody"));
		json_array_foreach(lines, i, line)
		{
			if (json_is_string(line))
				out_text(env->out, OUT_PLAIN, 2, 2, "%s",
				    json_string_value(line));
		}
	}
	return ops_fail(env, EK_NO_BOOK, "%s", ek_err_text(EK_NO_BOOK));
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct wish wish = {false};
	struct ek_why why = {""};
	json_t *status = NULL;
	enum ek_err err;

	err = read_wish(argc, argv, &wish, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	err = ops_call(env, "GET", "/v1/status", NULL, &status);
	if (err != EK_OK)
		return err;
	if (strcmp(ops_text(status, "state"), "none") == 0)
		err = run_no_book(env, status);
	else if (wish.note || env->json || !env->tty_in || !env->tty_out)
		err = run_plain(env, &wish,
		    strcmp(ops_text(status, "state"), "locked") == 0);
	else
		err = session_hard(env, status, wish.plain);
	json_decref(status);
	return err;
}

static const struct cmd_opt opts[] = {
    {"--note", "[-]",
	"words of your own: from stdin, or in the editor without the -", NULL},
    {"--plain", NULL, "without screens", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_hard = {
    .name = "hard",
    .args = "[--note [-]]",
    .summary = "a hard day: your own words, in two keys; sends nothing",
    .help = "On a terminal: Enter writes it down in your own book and shows "
	    "your words; w shows them and writes nothing. Nothing is sent to "
	    "anyone, by either. Without a terminal it writes it down and "
	    "prints your words.",
    .flags = CMD_DAEMON | CMD_READS,
    .opts = opts,
    .run = run,
};
