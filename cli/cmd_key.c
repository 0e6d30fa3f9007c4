/*
 * cmd_key - `keel key`: how the book's key is kept, a new passphrase, a new
 * recovery phrase.
 *
 * Each change makes a new book key and with it a new phrase: PROTOCOL.md.
 */
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "cmds.h"
#include "input.h"
#include "keyspec.h"
#include "ops.h"
#include "out.h"
#include "phrase.h"

static const struct cmd_opt pass_opts[] = {
    {"--passphrase", "-", "read the passphrase from stdin", "-"},
    {"--yes", NULL, "do not ask; the old recovery phrase ends", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct cmd_opt yes_opts[] = {
    {"--yes", NULL, "do not ask; the old recovery phrase ends", NULL},
    {NULL, NULL, NULL, NULL},
};

/* --passphrase -: one line on stdin. */
static enum ek_err
piped(const struct cmd *cmd, int argc, char **argv, struct buf *ret,
    bool *ret_yes, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, cmd, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt != NULL && strcmp(opt->name, "--yes") == 0) {
			*ret_yes = true;
			continue;
		}
		if (opt == NULL || strcmp(value, "-") != 0 || ret->len > 0)
			return ek_why(reterr_why, EK_USAGE,
			    "words are never arguments; give --passphrase - "
			    "and the passphrase on stdin");
		err = input_text(STDIN_FILENO, "stdin", ret, reterr_why);
		input_trim(ret);
		if (err == EK_OK)
			err = keyspec_check_passphrase(ret, reterr_why);
		if (err != EK_OK)
			return err;
	}
	return err == EK_NOT_FOUND ? EK_OK : err;
}

/* A copy that was away still opens with the old phrase, until it is back. */
static void
say_copy(struct cmd_env *env, const json_t *copy)
{
	if (strcmp(ops_text(copy, "state"), "failed") != 0)
		return;
	out_line(env->out,
	    "The sealed copy could not be written anew, so it still opens with "
	    "the old recovery phrase: %s. It is joined and written anew when "
	    "it can be reached; to try now: keel copy now.",
	    ops_text(copy, "words"));
}

static enum ek_err
change(struct cmd_env *env, enum keyspec_mode mode,
    const struct buf *passphrase, struct ek_why *reterr_why)
{
	json_t *spec = NULL;
	json_t *body = NULL;
	json_t *done = NULL;
	json_t *reply = NULL;
	struct buf phrase;
	enum ek_err err;

	buf_init(&phrase, PHRASE_MAX);
	err = keyspec_make(mode, passphrase, &phrase, &spec, reterr_why);
	if (err == EK_OK) {
		body = json_pack("{s:O}", "key", spec);
		err = body == NULL ? EK_NOMEM : EK_OK;
	}
	if (err == EK_OK)
		err = client_call(env->client, "PUT", "/v1/key", body, NULL,
		    &reply, reterr_why);
	if (keyspec_no_keyring(err, reterr_why))
		err = EK_INVALID;
	if (err == EK_OK) {
		done = json_pack("{s:b,s:s,s:O?}", "changed", 1, "phrase",
		    buf_text(&phrase), "copy", json_object_get(reply, "copy"));
		out_json(env->out, done);
		out_line(env->out,
		    "The book has a new key and was written anew. The old "
		    "recovery phrase opens it no more; copies made before "
		    "still open with what was true then.");
		say_copy(env, json_object_get(reply, "copy"));
		keyspec_show_phrase(env, &phrase);
	}
	json_decref(reply);
	json_decref(done);
	json_decref(body);
	keyspec_free(spec);
	buf_done(&phrase);
	return err;
}

/* The mode named by the subcommand; "phrase" keeps the one there is.
 * *ret_done: it is a file and is to be one. */
static enum ek_err
find_mode(struct cmd_env *env, const char *name, enum keyspec_mode *ret,
    bool *ret_done, struct ek_why *reterr_why)
{
	json_t *key = NULL;
	enum ek_err err;

	err = client_call(
	    env->client, "GET", "/v1/key", NULL, NULL, &key, reterr_why);
	if (err == EK_OK)
		err = keyspec_mode_from(ops_text(key, "mode"), ret, reterr_why);
	if (err == EK_OK && strcmp(name, "phrase") != 0) {
		*ret_done = *ret == KEYSPEC_FILE && strcmp(name, "file") == 0;
		err = keyspec_mode_from(name, ret, reterr_why);
	}
	json_decref(key);
	return err;
}

/* What she wrote on paper stops working: not without her word. */
static enum ek_err
confirm(struct cmd_env *env, struct ek_why *reterr_why)
{
	const struct ask ask = {
	    "This makes a new recovery phrase; the one you wrote down ends at "
	    "once. Go on?",
	    "n", "the old recovery phrase would end at once; give --yes", 64};
	bool yes = false;
	enum ek_err err;

	if (!env->tty_in || !env->tty_out || env->json)
		return ek_why(reterr_why, EK_USAGE,
		    "this ends the old recovery phrase at once; give --yes to "
		    "go on");
	err = input_yes(env, &ask, &yes, reterr_why);
	if (err == EK_OK && !yes)
		err = ek_why(reterr_why, EK_INVALID,
		    "nothing was changed; the old recovery phrase still opens "
		    "the book");
	return err;
}

static enum ek_err
say_done(struct cmd_env *env)
{
	json_t *done = json_pack("{s:b}", "changed", 0);

	if (done != NULL)
		out_json(env->out, done);
	json_decref(done);
	out_line(env->out, "The key already lies in a file; nothing was "
			   "changed. For a new key: keel key file --yes");
	return EK_OK;
}

static enum ek_err
run_as(struct cmd_env *env, const struct cmd *cmd, int argc, char **argv)
{
	enum keyspec_mode mode = KEYSPEC_FILE;
	struct ek_why why = {""};
	struct buf passphrase;
	bool yes = false;
	bool done = false;
	enum ek_err err;

	buf_init(&passphrase, PHRASE_PASS_MAX);
	err = piped(cmd, argc, argv, &passphrase, &yes, &why);
	if (err == EK_OK)
		err = find_mode(env, cmd->name, &mode, &done, &why);
	if (err == EK_OK && done && !yes) {
		buf_done(&passphrase);
		return say_done(env);
	}
	if (err == EK_OK && !yes)
		err = confirm(env, &why);
	if (err == EK_OK && mode == KEYSPEC_PASSPHRASE && passphrase.len == 0)
		err = keyspec_ask_passphrase(env, &passphrase, &why);
	if (err == EK_OK)
		err = change(env, mode, &passphrase, &why);
	buf_done(&passphrase);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}

static enum ek_err run_file(struct cmd_env *env, int argc, char **argv);
static enum ek_err run_keyring(struct cmd_env *env, int argc, char **argv);
static enum ek_err run_passphrase(struct cmd_env *env, int argc, char **argv);
static enum ek_err run_phrase(struct cmd_env *env, int argc, char **argv);

static const struct cmd sub_file = {
    .name = "file",
    .summary = "keep the key in a file only you can open",
    .args = "[--yes]",
    .flags = CMD_DAEMON,
    .opts = yes_opts,
    .run = run_file,
};

static const struct cmd sub_keyring = {
    .name = "keyring",
    .summary = "keep the key in your login keyring",
    .args = "[--yes]",
    .flags = CMD_DAEMON,
    .opts = yes_opts,
    .run = run_keyring,
};

static const struct cmd sub_passphrase = {
    .name = "passphrase",
    .args = "[--passphrase -] [--yes]",
    .summary = "open the book with a passphrase from now on",
    .flags = CMD_DAEMON,
    .opts = pass_opts,
    .run = run_passphrase,
};

static const struct cmd sub_phrase = {
    .name = "phrase",
    .args = "[--passphrase -] [--yes]",
    .summary = "make a new recovery phrase; the old one ends",
    .help = "A book under a passphrase asks for the passphrase to use "
	    "from now on.",
    .flags = CMD_DAEMON,
    .opts = pass_opts,
    .run = run_phrase,
};

static enum ek_err
run_file(struct cmd_env *env, int argc, char **argv)
{
	return run_as(env, &sub_file, argc, argv);
}

static enum ek_err
run_keyring(struct cmd_env *env, int argc, char **argv)
{
	return run_as(env, &sub_keyring, argc, argv);
}

static enum ek_err
run_passphrase(struct cmd_env *env, int argc, char **argv)
{
	return run_as(env, &sub_passphrase, argc, argv);
}

static enum ek_err
run_phrase(struct cmd_env *env, int argc, char **argv)
{
	return run_as(env, &sub_phrase, argc, argv);
}

static enum ek_err
run_show(struct cmd_env *env, int argc, char **argv)
{
	json_t *status = NULL;
	const json_t *key;
	const char *state;
	enum ek_err err = ops_none(env, &cmd_key, argc, argv);

	if (err == EK_OK)
		err = ops_state(env, &state, &status);
	if (err != EK_OK)
		return err;
	key = json_object_get(status, "key");
	if (!json_is_object(key)) {
		json_decref(status);
		return ops_fail(env, EK_NO_BOOK, "%s", ek_err_text(EK_NO_BOOK));
	}
	out_json(env->out, key);
	out_line(env->out, "%s", ops_text(key, "words"));
	json_decref(status);
	return EK_OK;
}

static const struct cmd *const subs[] = {
    &sub_file, &sub_keyring, &sub_passphrase, &sub_phrase, NULL};

const struct cmd cmd_key = {
    .name = "key",
    .args = "[file | keyring | passphrase | phrase]",
    .summary = "say or change how the book's key is kept",
    .help = "Alone it says where the key is and who could therefore read "
	    "the book. Each change makes a new key and a new recovery "
	    "phrase, and writes book and copy anew; other desks of yours "
	    "then ask for the new phrase once.",
    .flags = CMD_DAEMON | CMD_READS,
    .subs = subs,
    .run = run_show,
};
