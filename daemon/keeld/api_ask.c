/*
 * api_ask - what she asked of whom, and how many days it has been open.
 */
#include <stdlib.h>
#include <string.h>

#include "keeld/api.h"

/* The day an ask was done, or NULL. */
static const struct record *
done_of(const struct book *book, const struct record *ask)
{
	const struct record *const *list;
	size_t count, i;

	list = book_list(book, REC_ASK_DONE, &count);
	for (i = 0; i < count; i++) {
		const unsigned char *id = record_id(list[i], ASK_DONE_ASK);

		if (id != NULL && memcmp(id, ask->rid, EK_ID_LEN) == 0)
			return list[i];
	}
	return NULL;
}

static int64_t
days_between(const struct record *ask, const struct record *done, int64_t today)
{
	const char *text;
	int64_t from, to = today;
	size_t len;

	text = record_text(ask, ASK_DAY, &len);
	if (!day_of_text(text, len, &from))
		return 0;
	if (done != NULL) {
		text = record_text(done, ASK_DONE_DAY, &len);
		if (!day_of_text(text, len, &to))
			to = from;
	}
	return to > from ? to - from : 0;
}

static json_t *
ask_json(const struct record *ask, const struct record *done, int64_t today)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:I,s:o}", "id", api_hex(ask->rid),
	    "text", api_field(ask, ASK_TEXT), "owner",
	    api_field(ask, ASK_OWNER), "day", api_field(ask, ASK_DAY),
	    "days_open", (json_int_t)days_between(ask, done, today), "done",
	    done == NULL ? json_null() : api_field(done, ASK_DONE_DAY));
}

json_t *
api_asks(struct keeld *keeld, bool all)
{
	const struct book *book = store_book(keeld->store);
	const struct record *const *list;
	const struct record *done;
	json_t *asks = json_array();
	struct moment now;
	size_t count, i;

	moment_now(keeld, &now);
	list = book_list(book, REC_ASK, &count);
	for (i = 0; i < count; i++) {
		done = done_of(book, list[i]);
		if (done != NULL && !all)
			continue;
		if (json_array_append_new(
			asks, ask_json(list[i], done, now.day)) != 0) {
			json_decref(asks);
			return NULL;
		}
	}
	return asks;
}

static const struct http_token *
asks_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	const char *all;
	enum ek_err err;

	err = http_query_only(req, &why, "all", NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	all = http_query(req, "all");
	if (err == EK_OK && all != NULL && strcmp(all, "1") != 0 &&
	    strcmp(all, "0") != 0)
		err = ek_why(
		    &why, EK_INVALID, "all is not 0 or 1; give one of them");
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200,
	    json_pack("{s:o}", "asks",
		api_asks(keeld, all != NULL && strcmp(all, "1") == 0)));
}

static enum ek_err
read_ask(const json_t *body, const char **ret_text, const char **ret_owner,
    struct ek_why *why)
{
	enum ek_err err;

	err = json_only(body, "the request", why, "text", "owner", NULL);
	if (err == EK_OK)
		err = api_text(body, "text", EK_ASK_MAX, ret_text, why);
	if (err == EK_OK)
		err = api_clean(*ret_text, "text", false, why);
	if (err == EK_OK)
		*ret_owner = json_text(body, "owner", EK_NAME_MAX, &err, why);
	if (err == EK_OK && *ret_owner != NULL)
		err = api_clean(*ret_owner, "owner", true, why);
	return err;
}

static const struct http_token *
asks_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	const char *text = NULL, *owner = NULL;
	const struct record *before;
	struct ek_why why = {""};
	struct record_build build;
	struct moment now;
	struct api_key key;
	struct batch batch;
	const json_t *body;
	json_t *id = NULL;
	enum ek_err err;

	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = read_ask(body, &text, &owner, &why);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &key, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	moment_now(keeld, &now);
	before = api_before(keeld, &key, REC_ASK);
	batch_init(&batch, keeld, &key);
	batch_begin(&batch, &build, REC_ASK);
	record_put_str(&build, ASK_TEXT, text);
	record_put_str(&build, ASK_OWNER, owner);
	if (before != NULL) { /* a repeat is of the day it was then */
		size_t len;
		const char *day = record_text(before, ASK_DAY, &len);

		record_put_text(&build, ASK_DAY, day, len);
	} else {
		record_put_str(&build, ASK_DAY, now.date);
	}
	batch_end(&batch, &build);
	err = batch_store(&batch, NULL, &why);
	if (err == EK_OK)
		id = api_hex(batch_rid(&batch, 0));
	batch_done(&batch);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 201, json_pack("{s:o}", "id", id));
}

static const struct http_token *
done_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	const struct record *const *list;
	const struct record *ask = NULL;
	struct ek_why why = {""};
	struct record_build build;
	struct moment now;
	struct api_key key;
	struct batch batch;
	size_t count;
	enum ek_err err;

	err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &key, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	list = book_list(store_book(keeld->store), REC_ASK, &count);
	err = api_find(list, count, http_segment(req, "id"), &ask, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	if (done_of(store_book(keeld->store), ask) == NULL) {
		moment_now(keeld, &now);
		batch_init(&batch, keeld, &key);
		batch_begin(&batch, &build, REC_ASK_DONE);
		record_put_id(&build, ASK_DONE_ASK, ask->rid);
		record_put_str(&build, ASK_DONE_DAY, now.date);
		batch_end(&batch, &build);
		err = batch_store(&batch, NULL, &why);
		batch_done(&batch);
	}
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200, json_pack("{s:b}", "done", 1));
}

const struct http_route api_ask_routes[] = {
    {"GET", "/v1/asks", asks_get, 0, "all: 1 also those that are done",
	"asks: id, text, owner, day, days_open, done",
	"what she asked for, oldest first"},
    {"POST", "/v1/asks", asks_post, 0, "text, owner", "id", "a new ask"},
    {"POST", "/v1/asks/:id/done", done_post, 0, "{}", "done",
	"this ask was met"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
