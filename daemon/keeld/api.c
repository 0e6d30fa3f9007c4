/*
 * api - the handlers' common ground.
 */
#include "keeld/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/seal.h"
#include "evenkeel/text.h"

/* --- the moment --- */

void
moment_now(struct keeld *keeld, struct moment *ret)
{
	if (zones_look(keeld->zones))
		keeld_tick(keeld); /* floating slots moved with the zone */
	moment_at(keeld, loop_now_ms(keeld->loop), ret);
}

void
moment_at(struct keeld *keeld, int64_t ms, struct moment *ret)
{
	ret->ms = ms;
	ret->utc = ret->ms / 1000;
	ret->zone = zones_local(keeld->zones);
	zone_local(ret->zone, ret->utc, &ret->civil);
	ret->day =
	    civil_days(ret->civil.year, ret->civil.month, ret->civil.day);
	civil_format_time(&ret->civil, ret->local);
	civil_format_date(&ret->civil, ret->date);
}

bool
day_of_text(const char *text, size_t len, int64_t *ret_day)
{
	char copy[CIVIL_TIME_LEN + 1];
	struct civil civil;

	if (text == NULL || len > CIVIL_TIME_LEN)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (!civil_parse_date(copy, &civil) && !civil_parse_time(copy, &civil))
		return false;
	*ret_day = civil_days(civil.year, civil.month, civil.day);
	return true;
}

void
day_text(int64_t day, char *out)
{
	struct civil civil;

	civil_from_days(day, &civil);
	civil_format_date(&civil, out);
}

/* --- guards --- */

bool
api_is_open(const struct keeld *keeld)
{
	return store_state(keeld->store) == STORE_OPEN;
}

static enum ek_err
guard(const struct keeld *keeld, bool open, struct ek_why *why)
{
	switch (store_state(keeld->store)) {
	case STORE_OPEN:
		return EK_OK;
	case STORE_LOCKED:
		if (!open)
			return EK_OK;
		return ek_why(why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	case STORE_NONE:
		return ek_why(why, EK_NO_BOOK, "%s", ek_err_text(EK_NO_BOOK));
	case STORE_BROKEN:
		return ek_why(why, store_err(keeld->store), "%s",
		    store_why(keeld->store));
	}
	return EK_BUG;
}

enum ek_err
api_need_open(const struct keeld *keeld, struct ek_why *why)
{
	return guard(keeld, true, why);
}

enum ek_err
api_need_book(const struct keeld *keeld, struct ek_why *why)
{
	return guard(keeld, false, why);
}

const struct http_token *
api_reply(struct http_req *req, int status, json_t *json_take)
{
	if (json_take == NULL)
		return http_fail(req, EK_NOMEM, NULL);
	return http_reply(req, status, json_take);
}

/* --- what comes in --- */

enum ek_err
api_key(const struct http_req *req, struct api_key *ret, struct ek_why *why)
{
	const char *hex = http_header(req, "Idempotency-Key");

	if (hex == NULL) {
		seal_random(ret->bytes, sizeof(ret->bytes));
		return EK_OK;
	}
	if (!text_unhex(hex, ret->bytes, sizeof(ret->bytes)))
		return ek_why(why, EK_INVALID,
		    "Idempotency-Key is not 32 hexadecimal digits; draw new "
		    "ones for each request");
	return EK_OK;
}

enum ek_err
api_limit(const struct http_req *req, size_t *ret, struct ek_why *why)
{
	const char *text = http_query(req, "limit");
	size_t count = 0;

	if (text == NULL)
		return EK_OK;
	for (; *text >= '0' && *text <= '9' && count <= EK_LIST_MAX; text++)
		count = count * 10 + (size_t)(*text - '0');
	if (*text != '\0' || count < 1 || count > EK_LIST_MAX)
		return ek_why(why, EK_INVALID,
		    "limit is no number from 1 to %d; correct it", EK_LIST_MAX);
	*ret = count;
	return EK_OK;
}

void
api_rid(const struct api_key *key, unsigned index, unsigned char *rid)
{
	seal_derive_rid(key->bytes, sizeof(key->bytes), index, rid);
}

const struct record *
api_before(
    const struct keeld *keeld, const struct api_key *key, enum record_kind kind)
{
	unsigned char rid[EK_ID_LEN];
	const struct record *rec;

	if (!api_is_open(keeld))
		return NULL;
	api_rid(key, 0, rid);
	rec = book_find(store_book(keeld->store), rid);
	return rec != NULL && rec->kind == kind ? rec : NULL;
}

enum ek_err
api_clean(const char *text, const char *what, bool line, struct ek_why *why)
{
	if (!text_plain_ok(text, strlen(text)))
		return ek_why(why, EK_INVALID,
		    "%s has control characters; take them out", what);
	if (line && strpbrk(text, "\n\t") != NULL)
		return ek_why(why, EK_INVALID,
		    "%s has line breaks or tabs; write it on one line", what);
	if (text[strspn(text, " \n\t")] == '\0')
		return ek_why(why, EK_INVALID,
		    "%s is empty; write something or leave it out", what);
	return EK_OK;
}

enum ek_err
api_text(const json_t *object, const char *key, size_t max, const char **ret,
    struct ek_why *why)
{
	enum ek_err err = EK_OK;
	const char *text = json_text(object, key, max, &err, why);

	if (err != EK_OK)
		return err;
	if (text == NULL)
		return ek_why(why, EK_INVALID, "%s is missing; give it", key);
	*ret = text;
	return EK_OK;
}

enum ek_err
api_bool(const json_t *object, const char *key, bool otherwise, bool *ret,
    struct ek_why *why)
{
	const json_t *value = json_object_get(object, key);

	if (value != NULL && !json_is_boolean(value))
		return ek_why(why, EK_INVALID,
		    "%s is neither true nor false; give one of them", key);
	*ret = value == NULL ? otherwise : json_is_true(value);
	return EK_OK;
}

enum ek_err
api_hex_id(const json_t *object, const char *key, unsigned char *ret,
    bool *ret_has, struct ek_why *why)
{
	const json_t *value = json_object_get(object, key);
	const char *hex = json_string_value(value);

	if (value == NULL || json_is_null(value)) {
		*ret_has = false;
		return EK_OK;
	}
	if (hex == NULL || !text_unhex(hex, ret, EK_ID_LEN))
		return ek_why(why, EK_INVALID,
		    "%s is not an id of 32 hexadecimal digits; give the whole "
		    "id, or null",
		    key);
	*ret_has = true;
	return EK_OK;
}

enum ek_err
api_find(const struct record *const *list, size_t count, const char *text,
    const struct record **ret, struct ek_why *why)
{
	char hex[2 * EK_ID_LEN + 1], want[2 * EK_ID_LEN + 1];
	size_t len = strlen(text), i;
	const struct record *found = NULL;

	if (len < 4 || len > 2 * EK_ID_LEN ||
	    strspn(text, "0123456789abcdefABCDEF") != len)
		return ek_why(why, EK_INVALID,
		    "an id is 4 to 32 hexadecimal digits; copy it from the "
		    "list");
	for (i = 0; i <= len; i++) /* what came may be in capitals */
		want[i] = (char)(text[i] >= 'A' && text[i] <= 'F'
				     ? text[i] - 'A' + 'a'
				     : text[i]);
	for (i = 0; i < count; i++) {
		text_hex(list[i]->rid, EK_ID_LEN, hex);
		if (memcmp(hex, want, len) != 0)
			continue;
		if (found != NULL)
			return ek_why(why, EK_CONFLICT,
			    "more than one id begins so; give more digits");
		found = list[i];
	}
	if (found == NULL)
		return ek_why(why, EK_NOT_FOUND,
		    "there is none of this id; list what there is");
	*ret = found;
	return EK_OK;
}

/* --- records --- */

void
batch_init(struct batch *batch, struct keeld *keeld, const struct api_key *key)
{
	int64_t now = loop_now_ms(keeld->loop);

	memset(batch, 0, sizeof(*batch));
	batch->keeld = keeld;
	batch->key = *key;
	batch->ms = api_is_open(keeld)
			? book_next_ms(store_book(keeld->store), now)
			: now;
}

void
batch_done(struct batch *batch)
{
	size_t i;

	for (i = 0; i < batch->count; i++)
		record_free(batch->recs[i]);
	free(batch->recs);
	memset(batch, 0, sizeof(*batch));
}

void
batch_begin(
    struct batch *batch, struct record_build *build, enum record_kind kind)
{
	int64_t ms = batch->ms + (int64_t)batch->count;
	unsigned char rid[EK_ID_LEN];

	api_rid(&batch->key, (unsigned)batch->count, rid);
	record_begin(
	    build, kind, rid, ms < EK_TIME_MS_MAX ? ms : EK_TIME_MS_MAX);
}

void
batch_end(struct batch *batch, struct record_build *build)
{
	struct record **recs;
	struct record *rec = NULL;
	size_t cap = batch->cap == 0 ? 8 : batch->cap * 2;
	enum ek_err err = record_end(build, &rec);

	if (err == EK_OK && batch->count == batch->cap) {
		recs = realloc(batch->recs, cap * sizeof(struct record *));
		if (recs == NULL) {
			err = EK_NOMEM;
		} else {
			batch->recs = recs;
			batch->cap = cap;
		}
	}
	if (err != EK_OK || batch->err != EK_OK) {
		record_free(rec);
		if (batch->err == EK_OK)
			batch->err = err;
		return;
	}
	batch->recs[batch->count++] = rec;
}

static enum ek_err
used_for_another(struct ek_why *why)
{
	return ek_why(why, EK_CONFLICT,
	    "this request's key was used for another request; use a new one");
}

/* The store compares records, but not while it cannot read them. */
static enum ek_err
tag_of(const struct batch *batch, unsigned char *ret_tag, bool *ret_has)
{
	const struct said *said = batch->keeld->said;

	*ret_has = said != NULL && batch->body != NULL && batch->count > 0;
	return *ret_has ? said_tag(said, batch->key.bytes, batch->body, ret_tag)
			: EK_OK;
}

/* Was something else said under this key, and is it kept where the store
 * cannot look into it? */
static bool
is_other(const struct batch *batch, const unsigned char *tag)
{
	const struct keeld *keeld = batch->keeld;
	const unsigned char *rid = batch_rid(batch, 0);

	return said_other(keeld->said, rid, tag) &&
	       (store_waits(keeld->store, rid) ||
		   (!api_is_open(keeld) && store_knows(keeld->store, rid)));
}

enum ek_err
batch_store(struct batch *batch, bool *ret_again, struct ek_why *why)
{
	struct store *store = batch->keeld->store;
	unsigned char rid[EK_ID_LEN], tag[SAID_TAG_LEN];
	bool again = false, has_tag = false;
	enum ek_err err;

	if (batch->err != EK_OK)
		return ek_why(why, batch->err, "%s", ek_err_text(batch->err));
	err = tag_of(batch, tag, &has_tag);
	if (err == EK_OK && has_tag && is_other(batch, tag))
		return used_for_another(why);
	if (err == EK_OK && batch->count > 0)
		err =
		    store_add(store, (const struct record *const *)batch->recs,
			batch->count, &again, why);
	if (err != EK_OK)
		return err;
	/* the same request made no more records than this one */
	api_rid(&batch->key, (unsigned)batch->count, rid);
	if ((again || batch->count == 0) && store_knows(store, rid))
		return used_for_another(why);
	if (has_tag && !again)
		said_note(batch->keeld->said, batch_rid(batch, 0), tag);
	if (ret_again != NULL)
		*ret_again = again;
	return EK_OK;
}

const unsigned char *
batch_rid(const struct batch *batch, size_t index)
{
	return batch->recs[index]->rid;
}

/* --- small JSON --- */

json_t *
api_hex(const unsigned char *id)
{
	char hex[2 * EK_ID_LEN + 1];

	if (id == NULL)
		return json_null();
	text_hex(id, EK_ID_LEN, hex);
	return json_string(hex);
}

json_t *
api_textn(const char *text, size_t len)
{
	return text == NULL ? json_null() : json_stringn(text, len);
}

json_t *
api_field(const struct record *rec, enum record_field field)
{
	size_t len;
	const char *text = record_text(rec, field, &len);

	return api_textn(text, len);
}

json_t *
api_map(const struct record *rec, enum record_field field)
{
	json_t *object = json_object();
	struct record_pair pair;
	char key[EK_ITEM_ID_MAX + 1];
	size_t at = 0;

	while (record_map_next(rec, field, &at, &pair)) {
		if (pair.key_len > EK_ITEM_ID_MAX)
			continue;
		memcpy(key, pair.key, pair.key_len);
		key[pair.key_len] = '\0';
		if (json_object_set_new(
			object, key, json_from_double(pair.value)) != 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

json_t *
api_local(const struct moment *now, int64_t utc)
{
	char text[CIVIL_TIME_LEN + 1];
	struct civil civil;

	zone_local(now->zone, utc, &civil);
	civil_format_time(&civil, text);
	return json_string(text);
}

json_t *
api_utc(int64_t ms)
{
	char text[32];

	if (ms == 0)
		return json_null();
	civil_format_utc(ms / 1000, text);
	return json_string(text);
}

/* --- what several nouns ask for --- */

enum ek_err
api_schedules(struct keeld *keeld, struct schedules **ret)
{
	return schedules_new(
	    store_book(keeld->store), zones_cb, keeld->zones, ret);
}

enum ek_err
api_instrument(const struct keeld *keeld, const char *name,
    const struct instrument **ret, struct ek_why *why)
{
	const struct instrument *one =
	    instruments_find(keeld->instruments, name, strlen(name));

	if (one == NULL)
		return ek_why(why, EK_NOT_FOUND,
		    "there is no instrument of this name; `keel instrument "
		    "list` "
		    "lists them");
	if (!instruments_on(keeld->instruments, one))
		return ek_why(why, EK_INVALID,
		    "the instrument %s is off; put it after \"on =\" under "
		    "[instruments] in evenkeel.ini",
		    instrument_name(one));
	*ret = one;
	return EK_OK;
}
