/*
 * cmd_unlock - `keel unlock`: by keyring, passphrase or recovery phrase; then
 * what to do with entries made while it was locked.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "cmds.h"
#include "input.h"
#include "keyspec.h"
#include "ops.h"
#include "out.h"
#include "phrase.h"

struct wish {
	const char *with; /* "phrase", "passphrase"; NULL: as the book is */
	bool piped;       /* the words are on stdin */
	const char *keep; /* "yes", "no" or NULL */
	struct answers *answers;
};

static const struct cmd_opt opts[] = {
    {"--passphrase", "[-]",
	"open it with the passphrase; with - it is read from stdin", "-"},
    {"--phrase", "[-]",
	"open it with the recovery phrase; with - it is read from stdin", "-"},
    {"--answers", "-",
	"read lines passphrase=..., phrase=..., keep=yes|no from stdin", "-"},
    {"--keep", "yes|no", "keep entries made while it was locked, or drop them",
	"yes no"},
    {NULL, NULL, NULL, NULL},
};

static enum ek_err
read_answers(struct wish *wish, const char *value, struct ek_why *reterr_why)
{
	if (strcmp(value, "-") != 0)
		return ek_why(reterr_why, EK_USAGE,
		    "answers are read from stdin only; give --answers -");
	if (wish->answers != NULL)
		return ek_why(reterr_why, EK_USAGE,
		    "--answers was given twice; give it once");
	return answers_read(STDIN_FILENO, &wish->answers, reterr_why);
}

static enum ek_err
take_secret_opt(struct wish *wish, const struct cmd_opt *opt, const char *value,
    struct ek_why *reterr_why)
{
	if (value != NULL && strcmp(value, "-") != 0)
		return ek_why(reterr_why, EK_USAGE,
		    "words are never arguments; give %s - and the words on "
		    "stdin",
		    opt->name);
	if (wish->with != NULL)
		return ek_why(reterr_why, EK_USAGE,
		    "give one of --passphrase and --phrase, once");
	wish->with = opt->name + 2;
	wish->piped = value != NULL;
	return EK_OK;
}

static enum ek_err
read_wish(int argc, char **argv, struct wish *wish, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_unlock, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt == NULL)
			return ek_why(reterr_why, EK_USAGE,
			    "unlock takes no words as arguments; give "
			    "--passphrase - or --phrase - and the words on "
			    "stdin");
		if (strcmp(opt->name, "--keep") == 0)
			wish->keep = value;
		else if (strcmp(opt->name, "--answers") == 0)
			err = read_answers(wish, value, reterr_why);
		else
			err = take_secret_opt(wish, opt, value, reterr_why);
		if (err != EK_OK)
			return err;
	}
	if (wish->piped && wish->answers != NULL)
		return ek_why(reterr_why, EK_USAGE,
		    "stdin can be read once; give --answers - alone");
	if (wish->keep != NULL && strcmp(wish->keep, "yes") != 0 &&
	    strcmp(wish->keep, "no") != 0)
		return ek_why(reterr_why, EK_USAGE,
		    "--keep is yes or no; give one of them");
	return err == EK_NOT_FOUND ? EK_OK : err;
}

/* The words from the answers, stdin or the terminal. */
static enum ek_err
get_words(struct cmd_env *env, struct wish *wish, const char *with,
    struct buf *ret, struct ek_why *reterr_why)
{
	struct ask ask = {"Your passphrase", NULL,
	    "give --passphrase - and the passphrase on stdin", PHRASE_PASS_MAX};
	const char *given = NULL;
	enum ek_err err;

	if (strcmp(with, "phrase") == 0) {
		ask.question = "Your recovery phrase (eight words)";
		ask.instead = "give --phrase - and the eight words on stdin";
	}
	if (wish->answers != NULL)
		given = answers_take(wish->answers, with);
	if (given != NULL) {
		buf_str(ret, given);
		return buf_err(ret);
	}
	if (!wish->piped && strcmp(with, "phrase") == 0)
		return keyspec_ask_phrase(env, &ask, ret, reterr_why);
	if (!wish->piped)
		return input_secret(env, &ask, ret, reterr_why);
	err = input_text(STDIN_FILENO, "stdin", ret, reterr_why);
	input_trim(ret);
	return err;
}

/* How it is to be opened: what she said, what the answers hold, or what the
 * book's key is. */
static const char *
choose_with(const struct wish *wish, const json_t *key)
{
	const char *mode = ops_text(key, "mode");

	if (wish->with != NULL)
		return wish->with;
	if (strcmp(mode, "passphrase") == 0 || strcmp(mode, "keyring") == 0)
		return mode;
	return "phrase"; /* the file is gone or damaged */
}

static enum ek_err
unlock(struct cmd_env *env, struct wish *wish, struct ek_why *reterr_why)
{
	const char *with;
	json_t *key = NULL;
	json_t *body = NULL;
	struct buf words;
	enum ek_err err;

	buf_init(&words, PHRASE_PASS_MAX);
	err = client_call(
	    env->client, "GET", "/v1/key", NULL, NULL, &key, reterr_why);
	if (err != EK_OK)
		goto out;
	with = choose_with(wish, key);
	if (strcmp(with, "keyring") != 0)
		err = get_words(env, wish, with, &words, reterr_why);
	if (err == EK_OK && strcmp(with, "passphrase") == 0 &&
	    !json_is_object(json_object_get(key, "passphrase")))
		err = ek_why(reterr_why, EK_INVALID,
		    "this book has no passphrase; open it with: keel unlock, "
		    "or keel unlock --phrase");
	if (err == EK_OK)
		err = keyspec_open(with, &words, json_object_get(key, with),
		    &body, reterr_why);
	if (err == EK_OK)
		err = client_call(env->client, "POST", "/v1/unlock", body, NULL,
		    NULL, reterr_why);
	if (keyspec_no_keyring(err, reterr_why))
		err = EK_LOCKED;
out:
	buf_done(&words);
	keyspec_free(body);
	json_decref(key);
	return err;
}

/* Once: were the entries made while it was locked hers?  *ret_keep NULL:
 * nobody said. */
static enum ek_err
ask_keep(struct cmd_env *env, struct wish *wish, long long pending,
    const char **ret_keep, struct ek_why *reterr_why)
{
	char question[128];
	const struct ask ask = {question, "y", "give --keep yes or no", 64};
	bool yes;
	enum ek_err err;

	*ret_keep = wish->keep;
	if (*ret_keep != NULL || !env->tty_in || !env->tty_out || env->json)
		return EK_OK;
	snprintf(question, sizeof(question),
	    "%lld %s made while your book was locked. Keep %s?", pending,
	    pending == 1 ? "entry was" : "entries were",
	    pending == 1 ? "it" : "them");
	err = input_yes(env, &ask, &yes, reterr_why);
	if (err == EK_OK)
		*ret_keep = yes ? "yes" : "no";
	return err;
}

static enum ek_err
settle(struct cmd_env *env, struct wish *wish, long long pending,
    struct ek_why *reterr_why)
{
	const char *keep = NULL;
	json_t *reply = NULL;
	json_t *body;
	enum ek_err err;

	err = ask_keep(env, wish, pending, &keep, reterr_why);
	if (err != EK_OK)
		return err;
	if (keep == NULL) {
		out_note(env->out,
		    "%lld made while the book was locked; say whether to keep "
		    "them: keel unlock --keep yes|no",
		    pending);
		return EK_OK;
	}
	body = json_pack("{s:b}", "keep", strcmp(keep, "yes") == 0);
	if (body == NULL)
		return EK_NOMEM;
	err = client_call(
	    env->client, "POST", "/v1/pending", body, NULL, &reply, reterr_why);
	if (err == EK_OK)
		out_line(env->out, "%s",
		    strcmp(keep, "yes") == 0 ? "Kept." : "Dropped.");
	if (err == EK_OK)
		ops_say_aside(env, reply);
	json_decref(reply);
	json_decref(body);
	return err;
}

/* "keep" of the answers counts like --keep. */
static enum ek_err
settle_answers(struct wish *wish, struct ek_why *reterr_why)
{
	const char *keep;

	if (wish->answers == NULL)
		return EK_OK;
	keep = answers_take(wish->answers, "keep");
	if (keep != NULL && strcmp(keep, "yes") != 0 && strcmp(keep, "no") != 0)
		return ek_why(reterr_why, EK_USAGE,
		    "keep is yes or no; write one of them");
	if (keep != NULL)
		wish->keep = keep;
	return EK_OK;
}

static enum ek_err
unlock_and_settle(
    struct cmd_env *env, struct wish *wish, struct ek_why *reterr_why)
{
	json_t *status = NULL;
	const char *state;
	enum ek_err err;

	err = settle_answers(wish, reterr_why);
	if (err == EK_OK)
		err = client_call(env->client, "GET", "/v1/status", NULL, NULL,
		    &status, reterr_why);
	if (err != EK_OK)
		return err;
	state = ops_text(status, "state");
	if (strcmp(state, "open") != 0) {
		err = unlock(env, wish, reterr_why);
		json_decref(status);
		status = NULL;
		if (err == EK_OK)
			err = client_call(env->client, "GET", "/v1/status",
			    NULL, NULL, &status, reterr_why);
	} else {
		out_line(env->out, "Your book was open already.");
		state = NULL;
	}
	if (err == EK_OK && state != NULL)
		out_line(env->out, "Open.");
	if (err == EK_OK && wish->answers != NULL)
		err = answers_all_taken(wish->answers, reterr_why);
	if (err == EK_OK && ops_int(status, "pending") > 0)
		err = settle(env, wish, ops_int(status, "pending"), reterr_why);
	json_decref(status);
	return err;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct wish wish = {NULL, false, NULL, NULL};
	struct ek_why why = {""};
	enum ek_err err;

	err = read_wish(argc, argv, &wish, &why);
	if (err == EK_OK)
		err = unlock_and_settle(env, &wish, &why);
	answers_free(wish.answers);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}

const struct cmd cmd_unlock = {
    .name = "unlock",
    .args = "[--passphrase [-]] [--phrase [-]] [--keep yes|no]",
    .summary = "open the book",
    .help = "Opens it with the key in your login keyring or with your "
	    "passphrase, whichever your book is kept under. --phrase "
	    "opens it with the eight words of your recovery phrase.\n"
	    "Entries made while it was locked are asked about once.",
    .flags = CMD_DAEMON,
    .opts = opts,
    .run = run,
};
