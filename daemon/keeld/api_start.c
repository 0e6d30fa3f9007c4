/*
 * api_start - a book's beginning, its key, opening and locking it.
 *
 * The first start checks all it is given before anything is made; then the
 * book, its plan, schedules and settings are one transaction: killed before its
 * end, there is no book, and the start is made again.
 */
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/api.h"
#include "keeld/api_key.h"
#include "keeld/aside.h"
#include "keeld/autostart.h"

#define LANG_MAX 16

/* --- the first start --- */

struct first {
	const char *lang;
	const char *text; /* the plan's, or NULL */
	struct plan *plan;
	bool shared;
	size_t count;
	struct schedule_new wishes[EK_SCHEDULES_MAX];
};

static enum ek_err
read_wishes(struct keeld *keeld, const json_t *list, struct first *ret,
    struct ek_why *why)
{
	size_t count = json_array_size(list), i, k;
	enum ek_err err = EK_OK;

	if (list != NULL && !json_is_array(list))
		return ek_why(
		    why, EK_INVALID, "schedules is not a list; give [...]");
	if (count > EK_SCHEDULES_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "there are more than %d schedules; give fewer",
		    EK_SCHEDULES_MAX);
	for (i = 0; err == EK_OK && i < count; i++) {
		err = api_wish(
		    keeld, json_array_get(list, i), NULL, &ret->wishes[i], why);
		for (k = 0; err == EK_OK && k < i; k++)
			if (strcmp(ret->wishes[k].name, ret->wishes[i].name) ==
			    0)
				err = ek_why(why, EK_INVALID,
				    "two schedules have one name; give each "
				    "its own");
	}
	ret->count = count;
	return err;
}

static enum ek_err
read_lang(const json_t *body, const char **ret, struct ek_why *why)
{
	enum ek_err err = EK_OK;
	const char *lang = json_text(body, "lang", LANG_MAX, &err, why);

	if (err != EK_OK)
		return err;
	if (lang != NULL && !text_is_name(lang))
		return ek_why(why, EK_INVALID,
		    "lang is not a language's short name; give one such as "
		    "\"en\"");
	*ret = lang == NULL ? "en" : lang;
	return EK_OK;
}

/* first->plan is the caller's to free, also on failure. */
static enum ek_err
read_first(struct keeld *keeld, const json_t *body, struct first *first,
    struct ek_why *why)
{
	enum ek_err err;

	err = json_only(body, "the request", why, "key", "lang", "plan",
	    "shared_login", "schedules", NULL);
	if (err == EK_OK)
		err = read_lang(body, &first->lang, why);
	if (err == EK_OK)
		first->text = json_text(body, "plan", EK_PLAN_MAX, &err, why);
	if (err == EK_OK && first->text != NULL)
		err = plan_parse(
		    first->text, strlen(first->text), &first->plan, why);
	if (err == EK_OK && first->plan != NULL)
		err = plan_ids_carry(first->plan, NULL, NULL);
	if (err == EK_OK)
		err =
		    api_bool(body, "shared_login", false, &first->shared, why);
	if (err == EK_OK)
		err = read_wishes(
		    keeld, json_object_get(body, "schedules"), first, why);
	return err;
}

static void
put_setting(struct batch *batch, const char *key, const char *value)
{
	struct record_build build;

	batch_begin(batch, &build, REC_SETTING);
	record_put_str(&build, SETTING_KEY, key);
	record_put_str(&build, SETTING_VALUE, value);
	batch_end(batch, &build);
}

static enum ek_err
put_first(struct keeld *keeld, const struct api_key *key,
    const struct first *first, struct ek_why *why)
{
	const struct record *before = api_before(keeld, key, REC_SETTING);
	struct moment now;
	struct batch batch;
	struct buf ids;
	enum ek_err err = EK_OK;
	size_t i;

	moment_now(keeld, &now);
	if (before != NULL) /* a repeat is of the day it was then */
		moment_at(keeld, before->time_ms, &now);
	batch_init(&batch, keeld, key);
	put_setting(&batch, "lang", first->lang);
	put_setting(&batch, "shared-login", first->shared ? "yes" : "no");
	buf_init(&ids, EK_PAYLOAD_MAX);
	if (first->plan != NULL) {
		err = plan_ids(first->plan, &ids);
		api_plan_put(
		    &batch, first->text, first->plan, buf_text(&ids), NULL);
	}
	for (i = 0; i < first->count; i++)
		api_wish_put(&batch, &first->wishes[i], now.date);
	if (err == EK_OK)
		err = batch_store(&batch, NULL, why);
	buf_done(&ids);
	batch_done(&batch);
	return err;
}

/* A book to put the first records in; *ret_made when it was not there. */
static enum ek_err
ready_book(struct key_job *job, bool *ret_made, struct ek_why *why)
{
	struct store *store = job->keeld->store;
	unsigned char rid[EK_ID_LEN];

	*ret_made = false;
	api_rid(&job->key, 0, rid);
	if (store_knows(store, rid))
		return EK_OK;
	*ret_made = true;
	return store_make(store, &job->spec, why);
}

static enum ek_err
book_act(struct key_job *job, json_t **ret, struct ek_why *why)
{
	struct first first = {
	    NULL, NULL, NULL, false, 0, {{NULL, NULL, NULL, NULL, NULL}}};
	struct keeld *keeld = job->keeld;
	bool made = false;
	enum ek_err err;

	err = read_first(keeld, job->body, &first, why);
	if (err == EK_OK)
		err = ready_book(job, &made, why);
	if (err == EK_OK && api_is_open(keeld)) {
		err = put_first(keeld, &job->key, &first, why);
		if (err == EK_OK && made)
			err = keeld_opened(keeld, why);
		if (err == EK_OK && made)
			autostart_want(keeld->autostart, true);
		if (err != EK_OK && made) /* nothing half */
			store_unmake(keeld->store);
	}
	plan_free(first.plan);
	if (err == EK_OK)
		*ret = json_pack("{s:b}", "made", 1);
	return err;
}

static const struct http_token *
book_post(struct http_req *req, void *arg)
{
	struct first first = {
	    NULL, NULL, NULL, false, 0, {{NULL, NULL, NULL, NULL, NULL}}};
	struct key_job *job = NULL;
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	enum ek_err err;

	err = key_job_new(keeld, req, &job, &why);
	if (err == EK_OK)
		err = read_first(keeld, job->body, &first, &why);
	plan_free(first.plan);
	if (err == EK_OK)
		err =
		    key_job_spec(job, json_object_get(job->body, "key"), &why);
	if (err != EK_OK) {
		key_job_free(job);
		return http_fail(req, err, &why);
	}
	job->act = book_act;
	job->status = 201;
	return key_job_run_take(job);
}

/* --- the key --- */

static json_t *
kdf_json(const struct store *store, bool phrase)
{
	char salt[33];
	struct kdf kdf;

	if (store_kdf(store, phrase, &kdf) != EK_OK)
		return json_null();
	text_hex(kdf.salt, sizeof(kdf.salt), salt);
	return json_pack("{s:s,s:I,s:I}", "salt", salt, "ops",
	    (json_int_t)kdf.ops, "mem_kib", (json_int_t)kdf.mem_kib);
}

static const struct http_token *
key_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	enum ek_err err = api_need_book(keeld, &why);

	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200,
	    json_pack("{s:s,s:o,s:o}", "mode",
		api_mode_name(store_key_mode(keeld->store)), "passphrase",
		kdf_json(keeld->store, false), "phrase",
		kdf_json(keeld->store, true)));
}

static enum ek_err
rekey_act(struct key_job *job, json_t **ret, struct ek_why *why)
{
	struct keeld *keeld = job->keeld;
	char old[17];
	enum ek_err err;

	memcpy(old, store_item(keeld->store), sizeof(old));
	err = api_need_open(keeld, why);
	if (err == EK_OK) /* erased on another desk, or another key there? */
		err = keeld_opened(keeld, why);
	if (err == EK_OK && copy_info(keeld->copy)->state == COPY_FOREIGN)
		err = ek_why(
		    why, EK_CONFLICT, "%s", copy_info(keeld->copy)->why.text);
	if (err == EK_OK)
		err = store_rekey(keeld->store, &job->spec,
		    loop_now_ms(keeld->loop),
		    copy_info(keeld->copy)->place[0] != '\0', why);
	if (err != EK_OK)
		return err;
	key_forget(keeld, old);
	/* joined and rewritten; when it is away the book has its new key all
	 * the same, and the old one waits for the copy (store_former) */
	(void)!keeld_copy(keeld, NULL);
	*ret =
	    json_pack("{s:b,s:o}", "changed", 1, "copy", api_copy_json(keeld));
	return EK_OK;
}

static const struct http_token *
key_put(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct key_job *job = NULL;
	struct ek_why why = {""};
	enum ek_err err;

	err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = key_job_new(keeld, req, &job, &why);
	if (err == EK_OK)
		err = json_only(job->body, "the request", &why, "key", NULL);
	if (err == EK_OK)
		err =
		    key_job_spec(job, json_object_get(job->body, "key"), &why);
	if (err != EK_OK) {
		key_job_free(job);
		return http_fail(req, err, &why);
	}
	job->act = rekey_act;
	return key_job_run_take(job);
}

/* --- unlock, lock, what came meanwhile --- */

static enum ek_err
unlock_act(struct key_job *job, json_t **ret, struct ek_why *why)
{
	struct keeld *keeld = job->keeld;
	enum ek_err err;

	err = store_unlock(keeld->store, job->with, job->kek, why);
	if (err == EK_OK)
		err = keeld_opened(keeld, why);
	if (err == EK_OK)
		*ret = json_pack("{s:s,s:I}", "state", "open", "pending",
		    (json_int_t)store_pending(keeld->store));
	return err;
}

static const struct http_token *
unlock_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct key_job *job = NULL;
	struct ek_why why = {""};
	enum ek_err err;

	err = api_need_book(keeld, &why);
	if (err == EK_OK)
		err = key_job_new(keeld, req, &job, &why);
	if (err == EK_OK)
		err = json_only(
		    job->body, "the request", &why, "with", "kek", NULL);
	if (err == EK_OK)
		err = key_job_with(job, store_item(keeld->store), &why);
	if (err != EK_OK) {
		key_job_free(job);
		return http_fail(req, err, &why);
	}
	if (api_is_open(keeld))
		job->look = false;
	job->act = unlock_act;
	return key_job_run_take(job);
}

static const struct http_token *
lock_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	const json_t *body;
	enum ek_err err;

	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the request", &why, NULL);
	if (err == EK_OK)
		err = api_need_book(keeld, &why);
	if (err == EK_OK && api_is_open(keeld)) {
		keeld_tick(keeld); /* what waits is not counted while locked */
		err = store_lock(keeld->store, &why);
	}
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200, json_pack("{s:s}", "state", "locked"));
}

static const struct http_token *
pending_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	const json_t *body;
	size_t kept = 0;
	bool keep = false;
	enum ek_err err;

	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the request", &why, "keep", NULL);
	if (err == EK_OK && json_object_get(body, "keep") == NULL)
		err = ek_why(&why, EK_INVALID,
		    "keep is missing; give true to keep, false to drop");
	if (err == EK_OK)
		err = api_bool(body, "keep", false, &keep, &why);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = store_pending_settle(keeld->store, keep, &kept, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200,
	    json_pack("{s:I,s:o}", "kept", (json_int_t)kept, "aside",
		keep ? json_array() : aside_json(keeld->store, keeld->copy)));
}

const struct http_route api_start_routes[] = {
    {"POST", "/v1/book", book_post, 0,
	"key, lang, plan, shared_login, schedules", "made",
	"makes the book: the first start"},
    {"GET", "/v1/key", key_get, 0, NULL, "mode, passphrase, phrase",
	"how a passphrase and the recovery phrase are to be stretched"},
    {"PUT", "/v1/key", key_put, 0, "key", "changed, copy: how it fares",
	"a new book key; book and copy are sealed anew"},
    {"POST", "/v1/unlock", unlock_post, 0, "with, kek", "state, pending",
	"opens a locked book"},
    {"POST", "/v1/lock", lock_post, 0, "{}", "state", "locks the book"},
    {"POST", "/v1/pending", pending_post, 0, "keep",
	"kept, aside: damaged files that may still hold what was dropped",
	"keeps or drops what was added while the book was locked"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
