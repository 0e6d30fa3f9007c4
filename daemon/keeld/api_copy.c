/*
 * api_copy - the sealed copy: where, when, now; and opening one here.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evenkeel/text.h"
#include "keeld/api.h"
#include "keeld/api_key.h"
#include "keeld/autostart.h"

#define FOUND_MAX 16

static const struct http_token *
copy_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	enum ek_err err = http_query_only(req, &why, NULL);

	return err == EK_OK ? api_reply(req, 200, api_copy_json(keeld))
			    : http_fail(req, err, &why);
}

/* The place is kept in evenkeel.ini: it must be known when the book is not.
 * A copy at the place before is not touched; the answer names it. */
static const struct http_token *
copy_put(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	char before[EK_PATH_MAX + 64];
	struct ek_why why = {""};
	const char *place = NULL;
	const json_t *body;
	json_t *reply;
	enum ek_err err;

	snprintf(before, sizeof(before), "%s", copy_info(keeld->copy)->file);
	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the request", &why, "place", NULL);
	if (err == EK_OK)
		place = json_text(body, "place", EK_PATH_MAX, &err, &why);
	if (err == EK_OK)
		err = copy_set_place(keeld->copy, place, &why);
	if (err == EK_OK)
		err = conf_write_place(keeld->paths.config, place, &why);
	if (err == EK_OK &&
	    place == NULL) /* its copy is no more ours to join */
		err = store_former_set(keeld->store, NULL, &why);
	if (err == EK_OK && api_is_open(keeld))
		err = keeld_copy(keeld, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	reply = api_copy_json(keeld);
	if (reply != NULL && before[0] != '\0' && access(before, F_OK) == 0 &&
	    strcmp(before, copy_info(keeld->copy)->file) != 0)
		json_object_set_new(reply, "left", json_string(before));
	return api_reply(req, 200, reply);
}

static const struct http_token *
copy_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	const json_t *body;
	enum ek_err err;

	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the request", &why, NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK && copy_info(keeld->copy)->place[0] == '\0')
		err = ek_why(&why, EK_NOT_FOUND,
		    "no place was chosen for the sealed copy; run: keel copy "
		    "set DIR");
	if (err == EK_OK)
		err = keeld_copy(keeld, &why);
	return err == EK_OK ? api_reply(req, 200, api_copy_json(keeld))
			    : http_fail(req, err, &why);
}

/* --- restoring --- */

static json_t *
kdf_json(const struct kdf *kdf)
{
	char salt[33];

	if (kdf->ops == 0)
		return json_null();
	text_hex(kdf->salt, sizeof(kdf->salt), salt);
	return json_pack("{s:s,s:I,s:I}", "salt", salt, "ops",
	    (json_int_t)kdf->ops, "mem_kib", (json_int_t)kdf->mem_kib);
}

static json_t *
found_json(const struct copy_found *found, size_t count)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		if (json_array_append_new(list,
			json_pack("{s:s,s:o,s:o,s:o,s:o,s:b}", "file",
			    found[i].file, "book", api_hex(found[i].book16),
			    "written", api_utc(found[i].made_ms), "phrase_kdf",
			    kdf_json(&found[i].phrase), "passphrase_kdf",
			    kdf_json(&found[i].passphrase), "keyring",
			    (int)(found[i].item[0] != '\0'))) != 0)
			break;
	return json_pack("{s:o}", "books", list);
}

static const struct http_token *
look_post(struct http_req *req, void *arg)
{
	struct copy_found found[FOUND_MAX];
	struct ek_why why = {""};
	const json_t *body;
	const char *place = NULL;
	size_t count = 0;
	enum ek_err err;

	(void)arg;
	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the request", &why, "place", NULL);
	if (err == EK_OK)
		err = api_text(body, "place", EK_PATH_MAX - 80, &place, &why);
	if (err == EK_OK && place[0] != '/')
		err = ek_why(&why, EK_INVALID,
		    "place does not begin with /; give the whole path");
	if (err == EK_OK)
		err = copy_look(place, found, FOUND_MAX, &count, &why);
	if (err == EK_OK && count == 0)
		err = ek_why(&why, EK_NOT_FOUND,
		    "there is no sealed copy in this folder; give the folder "
		    "that holds evenkeel-….copy");
	return err == EK_OK ? api_reply(req, 200, found_json(found, count))
			    : http_fail(req, err, &why);
}

static const char *
key_word(enum copy_key key)
{
	switch (key) {
	case COPY_MADE:
		return "made";
	case COPY_SAME:
		return "same";
	case COPY_NEWER:
		return "taken";
	case COPY_EARLIER:
		return "kept";
	}
	return "same";
}

/* Of the login keyring's two items, the one that opens the book stays. */
static void
forget_items(struct key_job *job, const char *before)
{
	const char *now = store_item(job->keeld->store);

	if (job->stored && strcmp(job->spec.item, now) != 0)
		key_forget(job->keeld, job->spec.item);
	if (strcmp(before, now) != 0)
		key_forget(job->keeld, before);
}

static enum ek_err
restore_act(struct key_job *job, json_t **ret, struct ek_why *why)
{
	const struct copy_wish wish = {
	    json_string_value(json_object_get(job->body, "file")), job->with,
	    job->kek, &job->spec};
	struct keeld *keeld = job->keeld;
	struct copy_restored restored;
	char before[17] = "";
	enum ek_err err;

	if (store_state(keeld->store) == STORE_OPEN)
		memcpy(before, store_item(keeld->store), sizeof(before));
	err = copy_restore(keeld->copy, keeld->store, &wish, &restored, why);
	if (err == EK_OK)
		err = keeld_opened(keeld, why);
	/* a copy of the key that is the book's no more is not left waiting */
	if (err == EK_OK &&
	    (restored.key == COPY_NEWER || restored.key == COPY_EARLIER) &&
	    keeld_copy(keeld, why) == EK_ERASED)
		err = EK_ERASED;
	if (err != EK_OK)
		return err;
	if (restored.key == COPY_MADE)
		autostart_want(keeld->autostart, true);
	forget_items(job, before);
	*ret = json_pack("{s:I,s:I,s:b,s:s,s:o,s:o}", "added",
	    (json_int_t)restored.taken.added, "known",
	    (json_int_t)restored.taken.known, "joined",
	    (int)(restored.key != COPY_MADE), "key", key_word(restored.key),
	    "written", api_utc(restored.made_ms), "copy", api_copy_json(keeld));
	return EK_OK;
}

/* The keyring's item that a copy names, or "". */
static enum ek_err
item_of(const char *file, char *ret, struct ek_why *why)
{
	struct copy_found found[FOUND_MAX];
	char place[EK_PATH_MAX];
	const char *slash = strrchr(file, '/');
	size_t count = 0, i;

	ret[0] = '\0';
	if (slash == NULL || (size_t)(slash - file) >= sizeof(place))
		return EK_OK;
	memcpy(place, file, (size_t)(slash - file));
	place[slash - file] = '\0';
	if (copy_look(place, found, FOUND_MAX, &count, NULL) != EK_OK)
		return EK_OK;
	for (i = 0; i < count; i++) {
		if (strcmp(found[i].file, file) != 0)
			continue;
		if (found[i].damaged)
			return ek_why(why, EK_CORRUPT,
			    "this copy is damaged; look for another copy");
		memcpy(ret, found[i].item, sizeof(found[i].item));
	}
	return EK_OK;
}

static const struct http_token *
restore_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct key_job *job = NULL;
	struct ek_why why = {""};
	const char *file = NULL;
	char item[17] = "";
	enum ek_err err;

	err = key_job_new(keeld, req, &job, &why);
	if (err == EK_OK)
		err = json_only(job->body, "the request", &why, "file", "with",
		    "kek", "key", NULL);
	if (err == EK_OK)
		err = api_text(job->body, "file", EK_PATH_MAX, &file, &why);
	if (err == EK_OK)
		err = item_of(file, item, &why);
	if (err == EK_OK)
		err = key_job_with(job, item, &why);
	if (err == EK_OK)
		err =
		    key_job_spec(job, json_object_get(job->body, "key"), &why);
	if (err != EK_OK) {
		key_job_free(job);
		return http_fail(req, err, &why);
	}
	job->act = restore_act;
	return key_job_run_take(job);
}

const struct http_route api_copy_routes[] = {
    {"GET", "/v1/copy", copy_get, 0, NULL, "place, file, written, state, words",
	"where the sealed copy lies and how it last went"},
    {"PUT", "/v1/copy", copy_put, 0, "place: a folder, or null for none",
	"place, file, written, state, words, left: a copy elsewhere",
	"chooses the folder of the sealed copy and writes it"},
    {"POST", "/v1/copy", copy_post, 0, "{}",
	"place, file, written, state, words", "writes the sealed copy now"},
    {"POST", "/v1/restore/look", look_post, 0, "place",
	"books: file, book, written, phrase_kdf, passphrase_kdf, keyring",
	"the sealed copies in a folder, and how keel is to stretch what opens "
	"them"},
    {"POST", "/v1/restore", restore_post, 0, "file, with, kek, key",
	"added, known, joined, key: made, same, taken (it was changed on "
	"another desk) or kept (it was changed since the copy was written), "
	"written: when the copy was, copy: the one at our place",
	"opens a sealed copy: makes the book here, or joins it into ours"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
