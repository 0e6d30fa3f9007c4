/*
 * cmd_restore - `keel restore --from DIR`: a book from its sealed copy.
 *
 * The phrase typed stays the phrase of the book made here: same words, same
 * book on both desks.
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
#include "restore_find.h"

static const struct cmd_opt opts[] = {
    {"--from", "DIR", "the folder the copy is in", "dirs"},
    {"--with", "phrase|passphrase|keyring",
	"what opens the copy (the recovery phrase)",
	"phrase passphrase keyring"},
    {"--book", "N", "which of several copies in the folder", NULL},
    {"--key", "keyring|passphrase|file", "where the key is to be kept here",
	"keyring passphrase file"},
    {"--answers", "-",
	"read lines phrase=, passphrase=, book=, key= from stdin", "-"},
    {NULL, NULL, NULL, NULL},
};

struct restore {
	struct cmd_env *env;
	struct answers *answers;
	char from[EK_PATH_MAX];
	const char *with;
	const char *which; /* --book */
	const char *key_opt;
	json_t *book;     /* the copy chosen */
	struct buf words; /* that open it */
	enum keyspec_mode mode;
	bool chosen;
	struct buf passphrase; /* for the book here */
	struct buf phrase;
	bool new_phrase;
};

static enum ek_err
take_opt(struct restore *restore, const struct cmd_opt *opt, const char *value,
    struct ek_why *why)
{
	if (strcmp(opt->name, "--from") == 0)
		return ops_whole_path(
		    value, restore->from, sizeof(restore->from), why);
	if (strcmp(opt->name, "--with") == 0)
		restore->with = value;
	else if (strcmp(opt->name, "--book") == 0)
		restore->which = value;
	else if (strcmp(opt->name, "--key") == 0)
		restore->key_opt = value;
	else if (strcmp(value, "-") != 0 || restore->answers != NULL)
		return ek_why(why, EK_USAGE,
		    "answers are read from stdin, once; give --answers -");
	else
		return answers_read(STDIN_FILENO, &restore->answers, why);
	return EK_OK;
}

static enum ek_err
read_args(int argc, char **argv, struct restore *restore, struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_restore, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		if (opt == NULL)
			return ek_why(why, EK_USAGE,
			    "restore takes no words; give --from DIR");
		err = take_opt(restore, opt, value, why);
		if (err != EK_OK)
			return err;
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (restore->from[0] == '\0')
		return ek_why(why, EK_USAGE,
		    "restore needs the copy's folder; give --from DIR");
	if (restore->with == NULL)
		restore->with = "phrase";
	if (strcmp(restore->with, "phrase") != 0 &&
	    strcmp(restore->with, "passphrase") != 0 &&
	    strcmp(restore->with, "keyring") != 0)
		return ek_why(why, EK_USAGE,
		    "--with is phrase, passphrase or keyring; give one of "
		    "them");
	return EK_OK;
}

static enum ek_err
get_words(struct restore *restore, struct ek_why *why)
{
	bool phrase = strcmp(restore->with, "phrase") == 0;
	const struct ask ask = {phrase ? "The recovery phrase (eight words)"
				       : "The passphrase of the book",
	    NULL,
	    phrase ? "give --answers - with a line phrase=..."
		   : "give --answers - with a line passphrase=...",
	    PHRASE_PASS_MAX};
	const char *given;

	if (strcmp(restore->with, "keyring") == 0)
		return EK_OK;
	if (restore->answers == NULL && phrase)
		return keyspec_ask_phrase(
		    restore->env, &ask, &restore->words, why);
	if (restore->answers == NULL)
		return input_secret(restore->env, &ask, &restore->words, why);
	given = answers_take(restore->answers, restore->with);
	if (given == NULL)
		return ek_why(why, EK_USAGE,
		    "the answers have no %s; add a line %s=...", restore->with,
		    restore->with);
	buf_str(&restore->words, given);
	return buf_err(&restore->words);
}

/* How the key is kept on this desk.  A book that is here keeps its way. */
static enum ek_err
choose_key(struct restore *restore, struct ek_why *why)
{
	json_t *status = NULL;
	const char *key_opt = restore->key_opt;
	const char *mode;
	enum ek_err err;

	err = client_call(restore->env->client, "GET", "/v1/status", NULL, NULL,
	    &status, why);
	if (err != EK_OK)
		return err;
	mode = ops_text(json_object_get(status, "key"), "mode");
	if (key_opt == NULL && mode[0] != '\0' &&
	    (strcmp(ops_text(status, "state"), "open") == 0 ||
		strcmp(ops_text(status, "state"), "locked") == 0))
		key_opt = mode;
	/* Its passphrase opened the copy: it is the one to go on with. */
	if (key_opt != NULL && strcmp(key_opt, "passphrase") == 0 &&
	    strcmp(restore->with, "passphrase") == 0) {
		restore->mode = KEYSPEC_PASSPHRASE;
		restore->chosen = true;
		buf_add(&restore->passphrase, buf_text(&restore->words),
		    restore->words.len);
		err = buf_err(&restore->passphrase);
	} else {
		err = keyspec_choose(restore->env, key_opt, restore->answers,
		    &restore->mode, &restore->chosen, &restore->passphrase,
		    why);
	}
	json_decref(status);
	return err;
}

/* {"file","with","kek","key"} */
static enum ek_err
make_body(const struct restore *restore, const json_t *spec, json_t **ret,
    struct ek_why *why)
{
	const char *kdf = strcmp(restore->with, "phrase") == 0
			      ? "phrase_kdf"
			      : "passphrase_kdf";
	json_t *body = NULL;
	enum ek_err err;

	if (strcmp(restore->with, "keyring") != 0 &&
	    !json_is_object(json_object_get(restore->book, kdf)))
		return ek_why(why, EK_INVALID,
		    "this copy does not open with a %s; try --with phrase, "
		    "passphrase or keyring",
		    restore->with);
	err = keyspec_open(restore->with, &restore->words,
	    json_object_get(restore->book, kdf), &body, why);
	if (err != EK_OK)
		return err;
	if (json_object_set_new(body, "file",
		json_string(ops_text(restore->book, "file"))) != 0 ||
	    json_object_set_new(body, "key", json_deep_copy(spec)) != 0) {
		keyspec_free(body);
		return EK_NOMEM;
	}
	*ret = body;
	return EK_OK;
}

static enum ek_err
try_restore(struct restore *restore, json_t **ret, struct ek_why *why)
{
	json_t *spec = NULL;
	json_t *body = NULL;
	enum ek_err err;

	err = keyspec_make(
	    restore->mode, &restore->passphrase, &restore->phrase, &spec, why);
	if (err == EK_OK)
		err = make_body(restore, spec, &body, why);
	if (err == EK_OK)
		err = client_call(restore->env->client, "POST", "/v1/restore",
		    body, NULL, ret, why);
	keyspec_free(body);
	keyspec_free(spec);
	return err;
}

/* The typed phrase goes on as this desk's; else a new one is drawn. */
static enum ek_err
keep_phrase(struct restore *restore, struct ek_why *why)
{
	restore->new_phrase = strcmp(restore->with, "phrase") != 0;
	if (restore->new_phrase)
		return EK_OK;
	return phrase_normal(buf_text(&restore->words), restore->words.len,
	    &restore->phrase, why);
}

/* What opens the book from now on, in plain words. */
static void
print_key(struct cmd_env *env, const json_t *reply)
{
	const char *key = ops_text(reply, "key");

	if (strcmp(key, "kept") == 0)
		out_line(env->out,
		    "This copy was sealed with a key the book had before. The "
		    "book keeps the key and the recovery phrase it has now; "
		    "what opened this copy opens nothing newer.");
	else if (strcmp(key, "taken") == 0)
		out_line(env->out,
		    "The book's key was changed on another desk. This desk has "
		    "it now, too: what opened the copy opens this book.");
	else if (strcmp(key, "made") == 0)
		out_line(env->out,
		    "The copy was written on %.10s, and the book has the key "
		    "it had then. A recovery phrase or passphrase made after "
		    "that day opens newer copies only; if this one might be "
		    "known to others: keel key phrase.",
		    ops_text(reply, "written"));
}

/* At the copy's place lies one that this key does not open, or writing it
 * failed. */
static void
print_copy(struct cmd_env *env, const json_t *reply)
{
	const json_t *copy = json_object_get(reply, "copy");
	const char *state = ops_text(copy, "state");

	if (strcmp(state, "foreign") == 0)
		out_line(env->out,
		    "A sealed copy of this book in %s was not written over: "
		    "%s.",
		    ops_text(copy, "place"), ops_text(copy, "words"));
	else if (strcmp(state, "failed") == 0)
		out_line(env->out, "The sealed copy was not written: %s.",
		    ops_text(copy, "words"));
}

static void
print_end(struct restore *restore, json_t *reply)
{
	struct cmd_env *env = restore->env;
	long long added = ops_int(reply, "added");
	const char *key = ops_text(reply, "key");
	bool show = restore->new_phrase &&
		    (strcmp(key, "made") == 0 || strcmp(key, "taken") == 0);

	if (show)
		(void)json_object_set_new(
		    reply, "phrase", json_string(buf_text(&restore->phrase)));
	out_json(env->out, reply);
	if (ops_true(reply, "joined"))
		out_line(env->out,
		    "Joined: %lld record%s of the copy were not here yet.",
		    added, added == 1 ? "" : "s");
	else
		out_line(env->out, "Restored, with %lld record%s.", added,
		    added == 1 ? "" : "s");
	print_key(env, reply);
	print_copy(env, reply);
	if (show)
		keyspec_show_phrase(env, &restore->phrase);
}

static enum ek_err
restore_all(struct restore *restore, struct ek_why *why)
{
	json_t *reply = NULL;
	enum ek_err err;

	if (restore->which == NULL && restore->answers != NULL)
		restore->which = answers_take(restore->answers, "book");
	err = restore_find(
	    restore->env, restore->from, restore->which, &restore->book, why);
	if (err == EK_OK)
		err = get_words(restore, why);
	if (err == EK_OK)
		err = keep_phrase(restore, why);
	if (err == EK_OK)
		err = choose_key(restore, why);
	if (err == EK_OK && restore->answers != NULL)
		err = answers_all_taken(restore->answers, why);
	if (err == EK_OK)
		err = try_restore(restore, &reply, why);
	if (restore->mode == KEYSPEC_KEYRING && keyspec_no_keyring(err, why)) {
		err = keyspec_instead(restore->env, restore->chosen,
		    &restore->mode, &restore->passphrase, why);
		if (err == EK_OK)
			err = try_restore(restore, &reply, why);
	}
	if (err == EK_OK)
		print_end(restore, reply);
	json_decref(reply);
	return err;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct restore restore = {.env = env};
	struct ek_why why = {""};
	enum ek_err err;

	buf_init(&restore.words, PHRASE_PASS_MAX);
	buf_init(&restore.passphrase, PHRASE_PASS_MAX);
	buf_init(&restore.phrase, PHRASE_MAX);
	err = read_args(argc, argv, &restore, &why);
	if (err == EK_OK)
		err = restore_all(&restore, &why);
	if (err == EK_WRONG_KEY && strcmp(restore.with, "phrase") == 0)
		ek_why(&why, err,
		    "that is not the recovery phrase of this copy; look at "
		    "the words again (a phrase made later does not open an "
		    "older copy)");
	if (err != EK_OK)
		err = out_fail(env->out, err, &why);
	answers_free(restore.answers);
	json_decref(restore.book);
	buf_done(&restore.phrase);
	buf_done(&restore.passphrase);
	buf_done(&restore.words);
	return err;
}

const struct cmd cmd_restore = {
    .name = "restore",
    .args = "--from DIR [--with phrase|passphrase|keyring]",
    .summary = "bring the book back from its sealed copy",
    .help = "Asks for the recovery phrase. With --answers - it is read "
	    "from stdin: phrase=WORDS, and key=keyring, passphrase or file "
	    "for how the key is kept here.\n"
	    "A book that is here already is joined with the copy if it is "
	    "the same book; another book is never touched. An old copy, from "
	    "before the key was changed, opens with the phrase of then: what "
	    "it holds is taken in, and the book keeps its key.",
    .flags = CMD_DAEMON | CMD_WAKES,
    .opts = opts,
    .run = run,
};
