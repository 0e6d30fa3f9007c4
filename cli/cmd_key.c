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
    {NULL, NULL, NULL, NULL},
};

/* --passphrase -: one line on stdin. */
static enum ek_err
piped(const struct cmd *cmd, int argc, char **argv, struct buf *ret,
    struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, cmd, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
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

static enum ek_err
change(struct cmd_env *env, enum keyspec_mode mode,
    const struct buf *passphrase, struct ek_why *reterr_why)
{
	json_t *spec = NULL;
	json_t *body = NULL;
	json_t *done = NULL;
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
		    NULL, reterr_why);
	if (keyspec_no_keyring(err, reterr_why))
		err = EK_INVALID;
	if (err == EK_OK) {
		done = json_pack(
		    "{s:b,s:s}", "changed", 1, "phrase", buf_text(&phrase));
		out_json(env->out, done);
		out_line(env->out,
		    "The book has a new key and was written anew. The old "
		    "recovery phrase opens it no more; copies made before "
		    "still open with what was true then.");
		keyspec_show_phrase(env, &phrase);
	}
	json_decref(done);
	json_decref(body);
	keyspec_free(spec);
	buf_done(&phrase);
	return err;
}

/* The mode named by the subcommand; "phrase" keeps the one there is. */
static enum ek_err
find_mode(struct cmd_env *env, const char *name, enum keyspec_mode *ret,
    struct ek_why *reterr_why)
{
	json_t *key = NULL;
	enum ek_err err;

	if (strcmp(name, "phrase") != 0)
		return keyspec_mode_from(name, ret, reterr_why);
	err = client_call(
	    env->client, "GET", "/v1/key", NULL, NULL, &key, reterr_why);
	if (err == EK_OK)
		err = keyspec_mode_from(ops_text(key, "mode"), ret, reterr_why);
	json_decref(key);
	return err;
}

static enum ek_err
run_as(struct cmd_env *env, const struct cmd *cmd, int argc, char **argv)
{
	enum keyspec_mode mode = KEYSPEC_FILE;
	struct ek_why why = {""};
	struct buf passphrase;
	enum ek_err err;

	buf_init(&passphrase, PHRASE_PASS_MAX);
	err = piped(cmd, argc, argv, &passphrase, &why);
	if (err == EK_OK)
		err = find_mode(env, cmd->name, &mode, &why);
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
    .flags = CMD_DAEMON,
    .run = run_file,
};

static const struct cmd sub_keyring = {
    .name = "keyring",
    .summary = "keep the key in your login keyring",
    .flags = CMD_DAEMON,
    .run = run_keyring,
};

static const struct cmd sub_passphrase = {
    .name = "passphrase",
    .args = "[--passphrase -]",
    .summary = "open the book with a passphrase from now on",
    .flags = CMD_DAEMON,
    .opts = pass_opts,
    .run = run_passphrase,
};

static const struct cmd sub_phrase = {
    .name = "phrase",
    .args = "[--passphrase -]",
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
