/*
 * restore_find - which copy to restore from.  See restore_find.h.
 */
#include "restore_find.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "input.h"
#include "ops.h"
#include "out.h"

#define NUMBER_MAX 16

/* A copy that says "erased" carries nothing that opens it. */
static bool
opens(const json_t *book)
{
	return json_is_object(json_object_get(book, "phrase_kdf")) ||
	       json_is_object(json_object_get(book, "passphrase_kdf")) ||
	       ops_true(book, "keyring");
}

static enum ek_err
keep_those_that_open(
    const json_t *found, json_t *books, struct ek_why *reterr_why)
{
	json_t *book;
	size_t i;

	json_array_foreach(found, i, book)
	{
		if (opens(book) && json_array_append(books, book) != 0)
			return EK_NOMEM;
	}
	if (json_array_size(books) > 0)
		return EK_OK;
	if (json_array_size(found) > 0)
		return ek_why(reterr_why, EK_ERASED,
		    "this book was erased by its owner and nothing is left of "
		    "it in the copy; begin anew with: keel start");
	return ek_why(reterr_why, EK_NOT_FOUND,
	    "there is no copy in that folder; give the folder that holds "
	    "evenkeel-....copy");
}

static enum ek_err
look(struct cmd_env *env, const char *folder, json_t *books,
    struct ek_why *reterr_why)
{
	json_t *body = json_pack("{s:s}", "place", folder);
	json_t *reply = NULL;
	enum ek_err err;

	if (body == NULL)
		return ek_why(reterr_why, EK_INVALID,
		    "the folder's name is not UTF-8; choose another");
	err = client_call(env->client, "POST", "/v1/restore/look", body, NULL,
	    &reply, reterr_why);
	if (err == EK_OK)
		err = keep_those_that_open(
		    json_object_get(reply, "books"), books, reterr_why);
	json_decref(reply);
	json_decref(body);
	return err;
}

/* From 1 to count. */
static enum ek_err
read_number(
    const char *text, size_t count, size_t *ret, struct ek_why *reterr_why)
{
	char *end = NULL;
	unsigned long n = 0;

	if (text[0] >= '0' && text[0] <= '9')
		n = strtoul(text, &end, 10);
	if (n < 1 || n > count || *end != '\0')
		return ek_why(reterr_why, EK_USAGE,
		    "the folder has %zu %s; say which by its number, from 1",
		    count, count == 1 ? "copy" : "copies");
	*ret = n;
	return EK_OK;
}

static enum ek_err
ask_number(struct cmd_env *env, const json_t *books, struct buf *ret,
    struct ek_why *reterr_why)
{
	const struct ask ask = {"Which one? (its number)", NULL,
	    "the folder has several copies: give --book N", NUMBER_MAX};
	const json_t *book;
	size_t i;

	json_array_foreach(books, i, book)
	{
		const char *written = ops_text(book, "written");
		const char *file = ops_text(book, "file");
		const char *slash = strrchr(file, '/');

		out_text(env->out, OUT_PLAIN, 2, 4, "%zu. %s%s%s", i + 1,
		    slash == NULL ? file : slash + 1,
		    written[0] != '\0' ? ", written " : "", written);
	}
	return input_line(env, &ask, ret, reterr_why);
}

static enum ek_err
choose(struct cmd_env *env, const json_t *books, const char *which, size_t *ret,
    struct ek_why *reterr_why)
{
	struct buf typed;
	enum ek_err err = EK_OK;

	*ret = 1;
	buf_init(&typed, NUMBER_MAX);
	if (which == NULL && json_array_size(books) > 1) {
		err = ask_number(env, books, &typed, reterr_why);
		which = buf_text(&typed);
	}
	if (err == EK_OK && which != NULL)
		err =
		    read_number(which, json_array_size(books), ret, reterr_why);
	buf_done(&typed);
	return err;
}

enum ek_err
restore_find(struct cmd_env *env, const char *folder, const char *which,
    json_t **ret, struct ek_why *reterr_why)
{
	json_t *books = json_array();
	size_t number = 1;
	enum ek_err err = books == NULL ? EK_NOMEM : EK_OK;

	if (err == EK_OK)
		err = look(env, folder, books, reterr_why);
	if (err == EK_OK)
		err = choose(env, books, which, &number, reterr_why);
	if (err == EK_OK)
		*ret = json_incref(json_array_get(books, number - 1));
	json_decref(books);
	return err;
}
