/*
 * given_opts - see given_opts.h.
 */
#include "given_opts.h"

#include <string.h>
#include <unistd.h>

#include "input.h"
#include "ops.h"
#include "out.h"
#include "steps.h"

#define ID_MAX 80 /* bytes before the "=" of an option */

static bool
is_opt(const struct cmd_opt *opt, const char *name)
{
	return strcmp(opt->name, name) == 0;
}

static enum ek_err
see_note(struct given_wish *wish, const char *value, struct ek_why *reterr_why)
{
	if (value != NULL && strcmp(value, "-") != 0)
		return ek_why(reterr_why, EK_USAGE,
		    "a note is never an argument, where others of this "
		    "computer could read it; give --note - and pipe it in, or "
		    "--note for the editor");
	wish->note = value == NULL ? GIVEN_NOTE_EDITOR : GIVEN_NOTE_STDIN;
	return EK_OK;
}

enum ek_err
given_opts_see(struct given_wish *wish, const struct cmd_opt *opt,
    const char *value, bool *ret_mine, struct ek_why *reterr_why)
{
	enum ek_err err = EK_OK;

	*ret_mine = true;
	if (is_opt(opt, "--note")) {
		err = see_note(wish, value, reterr_why);
	} else if (is_opt(opt, "--answers")) {
		if (strcmp(value, "-") != 0)
			err = ek_why(reterr_why, EK_USAGE,
			    "--answers reads stdin; give --answers - and "
			    "pipe ID=VALUE lines in");
		wish->answers = true;
	} else if (!is_opt(opt, "--answer") && !is_opt(opt, "--sign") &&
		   !is_opt(opt, "--used")) {
		*ret_mine = false;
		return EK_OK;
	}
	wish->scripted = true;
	return err;
}

enum ek_err
given_opts_check(const struct given_wish *wish, struct ek_why *reterr_why)
{
	if (wish->answers && wish->note == GIVEN_NOTE_STDIN)
		return ek_why(reterr_why, EK_USAGE,
		    "--answers - and --note - both read stdin; put a line "
		    "note=... among the answers");
	return EK_OK;
}

typedef enum ek_err set_fn(struct given *given, const char *id,
    const char *value, struct ek_why *reterr_why);

/* "mood=7" from an option. */
static enum ek_err
set_pair(struct given *given, const struct cmd_opt *opt, const char *pair,
    set_fn *set, struct ek_why *reterr_why)
{
	size_t len = strcspn(pair, "=");
	char id[ID_MAX];

	if (len == 0 || len >= sizeof(id) ||
	    (pair[len] == '\0' && set != given_used))
		return ek_why(reterr_why, EK_USAGE, "%s wants %s; give that",
		    opt->name, opt->value);
	memcpy(id, pair, len);
	id[len] = '\0';
	return set(
	    given, id, pair[len] == '\0' ? NULL : pair + len + 1, reterr_why);
}

static enum ek_err
take_opts(struct given *given, const struct cmd *cmd, int argc, char **argv,
    struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, cmd, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		set_fn *set = NULL;

		if (opt == NULL)
			continue;
		if (is_opt(opt, "--answer"))
			set = given_answer;
		else if (is_opt(opt, "--sign"))
			set = given_sign;
		else if (is_opt(opt, "--used"))
			set = given_used;
		if (set != NULL)
			err = set_pair(given, opt, value, set, reterr_why);
		if (err != EK_OK)
			return err;
	}
	return err == EK_NOT_FOUND ? EK_OK : err;
}

static enum ek_err
take_line(struct given *given, const char *key, const char *value,
    struct ek_why *reterr_why)
{
	if (strcmp(key, "note") == 0)
		return given_note(given, value, strlen(value), reterr_why);
	if (strncmp(key, "sign.", 5) == 0)
		return given_sign(given, key + 5, value, reterr_why);
	if (strncmp(key, "used.", 5) == 0)
		return given_used(given, key + 5, value, reterr_why);
	return given_text(given, key, value, reterr_why);
}

static enum ek_err
take_lines(struct given *given, struct ek_why *reterr_why)
{
	struct answers *answers = NULL;
	const char *key, *value;
	size_t line;
	enum ek_err err;

	err = answers_read(STDIN_FILENO, &answers, reterr_why);
	while (err == EK_OK && answers_next(answers, &key, &value, &line)) {
		struct ek_why why = {""};

		err = take_line(given, key, value, &why);
		if (err != EK_OK)
			ek_why(reterr_why, err, "line %zu of the answers: %s",
			    line, why.text);
	}
	answers_free(answers);
	return err;
}

static enum ek_err
take_note(struct cmd_env *env, struct given *given, enum given_note from)
{
	const struct steps_words words = {.what = "the note",
	    .how = "--note -",
	    .from_stdin = from == GIVEN_NOTE_STDIN,
	    .suffix = ".txt"};

	if (from == GIVEN_NOTE_NONE)
		return EK_OK;
	return steps_words(env, &words, &given->note);
}

enum ek_err
given_opts_take(struct cmd_env *env, const struct cmd *cmd, int argc,
    char **argv, const struct given_wish *wish, struct given *given)
{
	struct ek_why why = {""};
	enum ek_err err;

	err = take_opts(given, cmd, argc, argv, &why);
	if (err == EK_OK && wish->answers)
		err = take_lines(given, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	return take_note(env, given, wish->note);
}
