/*
 * cmd_import - `keel import FILE.tar`: an export back into a book.
 *
 * Everything is read and checked before anything is sent, and it is sent at
 * once: all of it is taken in or nothing.  Keys are never taken.
 */
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "client.h"
#include "cmds.h"
#include "evenkeel/limits.h"
#include "evenkeel/record.h"
#include "import_csv.h"
#include "input.h"
#include "keyspec.h"
#include "ops.h"
#include "out.h"
#include "phrase.h"
#include "save.h"

#define LINE_MAX_BYTES (4 * EK_PAYLOAD_MAX) /* JSON escapes a payload */

static const struct cmd_opt opts[] = {
    {"--key", "keyring|passphrase|file",
	"when there is no book yet: where its key is to be kept",
	"keyring passphrase file"},
    {"--answers", "-", "read lines key=, passphrase= from stdin", "-"},
    {NULL, NULL, NULL, NULL},
};

struct import {
	struct cmd_env *env;
	const char *file;
	const char *key_opt;
	struct answers *answers;
	json_t *records;
	bool no_book;
	enum keyspec_mode mode;
	bool chosen;
	struct buf passphrase;
	struct buf phrase;
};

static enum ek_err
read_args(int argc, char **argv, struct import *import, struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_import, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		if (opt == NULL && import->file != NULL)
			return ek_why(why, EK_USAGE,
			    "import takes one file; put quotes around a name "
			    "with spaces");
		if (opt == NULL) {
			import->file = value;
		} else if (strcmp(opt->name, "--key") == 0) {
			import->key_opt = value;
		} else if (strcmp(value, "-") != 0 || import->answers != NULL) {
			return ek_why(why, EK_USAGE,
			    "answers are read from stdin, once; give "
			    "--answers -");
		} else {
			err = answers_read(STDIN_FILENO, &import->answers, why);
			if (err != EK_OK)
				return err;
		}
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (import->file == NULL)
		return ek_why(why, EK_USAGE,
		    "import needs a file; give keel import FILE.tar, or keel "
		    "import csv FILE");
	return EK_OK;
}

/* --- reading --- */

/* One line of records.jsonl, checked as far as core can. */
static enum ek_err
take_record(json_t *list, const char *text, size_t len, size_t number,
    struct ek_why *why)
{
	struct record *rec = NULL;
	struct ek_why detail = {""};
	json_t *json = NULL;
	enum ek_err err;

	if (len == 0 || len > LINE_MAX_BYTES)
		return ek_why(why, EK_INVALID,
		    "line %zu of records.jsonl is empty or too long; give the "
		    "archive as `keel export` made it",
		    number);
	err = json_read(text, len, "a record", &json, &detail);
	if (err == EK_OK)
		err = record_from_json(json, &rec, &detail);
	record_free(rec);
	if (err == EK_OK && json_array_append(list, json) != 0)
		err = EK_NOMEM;
	else if (err != EK_OK && err != EK_NOMEM)
		err = ek_why(why, err,
		    "line %zu of records.jsonl is not a record (%s); give the "
		    "archive as `keel export` made it",
		    number, detail.text);
	json_decref(json);
	return err;
}

static enum ek_err
take_records(const struct buf *lines, json_t *list, struct ek_why *why)
{
	const char *text = buf_text(lines);
	size_t at = 0;
	size_t number = 0;
	enum ek_err err = EK_OK;

	while (err == EK_OK && at < lines->len) {
		const char *end = memchr(text + at, '\n', lines->len - at);
		size_t len =
		    end == NULL ? lines->len - at : (size_t)(end - text) - at;

		if (++number > EK_BOOK_RECORDS_MAX)
			return ek_why(why, EK_TOO_LARGE,
			    "records.jsonl has more than %d records; it "
			    "cannot be an export",
			    EK_BOOK_RECORDS_MAX);
		err = take_record(list, text + at, len, number, why);
		at += len + 1;
	}
	return err;
}

static enum ek_err
read_archive(struct import *import, struct ek_why *why)
{
	struct bundle bundle;
	struct buf tar;
	enum ek_err err;

	bundle_init(&bundle);
	buf_init(&tar, EK_IMPORT_MAX);
	err = save_load(import->file, &tar, why);
	if (err == EK_OK)
		err = bundle_unpack(buf_text(&tar), tar.len, &bundle, why);
	if (err == EK_OK) {
		import->records = json_array();
		err = import->records == NULL ? EK_NOMEM : EK_OK;
	}
	if (err == EK_OK)
		err = take_records(
		    &bundle.parts[BUNDLE_RECORDS], import->records, why);
	buf_done(&tar);
	bundle_done(&bundle);
	return err;
}

/* --- sending --- */

static enum ek_err
look_for_book(struct import *import, struct ek_why *why)
{
	json_t *status = NULL;
	const char *state;
	enum ek_err err;

	err = client_call(
	    import->env->client, "GET", "/v1/status", NULL, NULL, &status, why);
	if (err != EK_OK)
		return err;
	state = ops_text(status, "state");
	import->no_book = strcmp(state, "none") == 0;
	if (strcmp(state, "locked") == 0)
		err = ek_why(why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	else if (strcmp(state, "broken") == 0)
		err = ek_why(why, ek_err_from_code(ops_text(status, "code")),
		    "%s", ops_text(status, "message"));
	json_decref(status);
	return err;
}

static enum ek_err
try_import(struct import *import, json_t **ret, struct ek_why *why)
{
	json_t *body = json_pack("{s:O}", "records", import->records);
	json_t *spec = NULL;
	enum ek_err err = body == NULL ? EK_NOMEM : EK_OK;

	if (err == EK_OK && import->no_book)
		err = keyspec_make(import->mode, &import->passphrase,
		    &import->phrase, &spec, why);
	if (err == EK_OK && spec != NULL &&
	    json_object_set(body, "key", spec) != 0)
		err = EK_NOMEM;
	if (err == EK_OK)
		err = client_call(import->env->client, "POST", "/v1/import",
		    body, NULL, ret, why);
	if (err == EK_TOO_LARGE && why->text[0] == '\0')
		ek_why(why, err,
		    "the archive is too large to be taken in at once; export "
		    "without notes");
	json_decref(body);
	keyspec_free(spec);
	return err;
}

static void
print_end(struct import *import, json_t *reply)
{
	struct cmd_env *env = import->env;
	long long added = ops_int(reply, "added");
	long long known = ops_int(reply, "known");
	long long gone = ops_int(reply, "gone");

	if (import->no_book)
		(void)json_object_set_new(
		    reply, "phrase", json_string(buf_text(&import->phrase)));
	out_json(env->out, reply);
	out_line(env->out, "%lld record%s added, %lld known already.", added,
	    added == 1 ? "" : "s", known);
	if (gone > 0)
		out_line(env->out, "%lld that you deleted stayed away.", gone);
	if (import->no_book)
		keyspec_show_phrase(env, &import->phrase);
}

static enum ek_err
import_all(struct import *import, struct ek_why *why)
{
	json_t *reply = NULL;
	enum ek_err err;

	err = read_archive(import, why);
	if (err == EK_OK)
		err = look_for_book(import, why);
	if (err == EK_OK && import->no_book)
		err = keyspec_choose(import->env, import->key_opt,
		    import->answers, &import->mode, &import->chosen,
		    &import->passphrase, why);
	if (err == EK_OK && import->no_book && import->answers != NULL)
		err = answers_all_taken(import->answers, why);
	if (err == EK_OK)
		err = try_import(import, &reply, why);
	if (keyspec_no_keyring(err, why)) {
		err = keyspec_instead(import->env, import->chosen,
		    &import->mode, &import->passphrase, why);
		if (err == EK_OK)
			err = try_import(import, &reply, why);
	}
	if (err == EK_OK)
		print_end(import, reply);
	json_decref(reply);
	return err;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct import import = {.env = env};
	struct ek_why why = {""};
	enum ek_err err;

	buf_init(&import.passphrase, PHRASE_PASS_MAX);
	buf_init(&import.phrase, PHRASE_MAX);
	err = read_args(argc, argv, &import, &why);
	if (err == EK_OK)
		err = import_all(&import, &why);
	if (err != EK_OK)
		err = out_fail(env->out, err, &why);
	answers_free(import.answers);
	json_decref(import.records);
	buf_done(&import.phrase);
	buf_done(&import.passphrase);
	return err;
}

static const struct cmd *const subs[] = {&import_csv_cmd, NULL};

const struct cmd cmd_import = {
    .name = "import",
    .args = "FILE.tar [--key keyring|passphrase|file]",
    .summary = "take in an export, or history from a table",
    .help = "Takes in what an archive of `keel export` has and this book "
	    "lacks; a second time adds nothing. When there is no book it "
	    "makes one and shows its recovery phrase once. With --answers "
	    "- the lines key= and passphrase= say how its key is kept.",
    .flags = CMD_DAEMON | CMD_WORDS,
    .opts = opts,
    .subs = subs,
    .run = run,
};
